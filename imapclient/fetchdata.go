package imapclient

import (
	"strings"
	"time"

	imap "github.com/emersion/go-imap/v2"
)

// fetchData is a message as its responses come in.
type fetchData struct {
	Message
	hasHeader, hasFlags, hasSize bool
	utf8Names                    bool
	body                         []byte
	cut                          bool // a literal was longer than allowed
	held                         int  // bytes of the parts so far

	pieces    bool // sections are kept, those that begin at origin
	origin    int64
	misplaced bool // another window came
	sections  Sections
}

// parse reads "(item value …)", RFC 9051 §7.5.2. What was read before an error
// stays.
func (d *fetchData) parse(s *scanner) error {
	if !s.take('(') {
		return errSyntax
	}
	for !s.take(')') {
		item, err := fetchItem(s)
		if err != nil {
			return err
		}
		if s.spaces(); s.peek() == ')' {
			continue // one server leaves the value of an empty part out
		}
		if err := d.value(s, item); err != nil {
			return err
		}
	}
	return nil
}

// fetchItem reads the name of an item with its section and partial range.
func fetchItem(s *scanner) (string, error) {
	s.spaces()
	start := s.i
	inside := false
	for ; !s.end(); s.i++ {
		switch c := s.b[s.i]; {
		case c == '[':
			inside = true
		case c == ']':
			inside = false
		case inside:
		case isDelimiter(c):
			if s.i == start {
				return "", errSyntax
			}
			return strings.ToUpper(string(s.b[start:s.i])), nil
		}
	}
	return "", errSyntax
}

func (d *fetchData) value(s *scanner, item string) (err error) {
	switch item {
	case "UID":
		var n uint32
		n, err = s.number32()
		d.UID = imap.UID(n)
		return err
	case "FLAGS":
		if s.peek() != '(' {
			return errSyntax
		}
		d.Flags, d.hasFlags = parseFlags(s), true
		return nil
	case "X-GM-LABELS":
		d.Labels, err = parseLabels(s, d.utf8Names)
		return err
	case "THREADID":
		d.ThreadID, err = parseObjectID(s)
		return err
	case "X-GM-THRID":
		d.ThreadID, err = parseGmailThread(s)
		return err
	case "RFC822.SIZE":
		var n uint64
		n, err = s.number()
		d.Size, d.hasSize = int64(n), true
		return err
	case "INTERNALDATE":
		var raw []byte
		raw, err = s.str()
		d.InternalDate = parseDate(string(raw))
		return err
	case "MODSEQ":
		if !s.take('(') {
			return errSyntax
		}
		if d.ModSeq, err = s.number(); err != nil {
			return err
		}
		if !s.take(')') {
			return errSyntax
		}
		return nil
	case "BODYSTRUCTURE":
		return d.structure(s)
	}
	return d.section(s, item)
}

// section takes the contents of a message, and passes over everything unknown.
func (d *fetchData) section(s *scanner, item string) error {
	switch {
	case d.pieces && strings.HasPrefix(item, "BODY["):
		return d.takeSection(s, item)
	case strings.HasPrefix(item, "BODY[HEADER"):
		raw, err := s.str()
		d.Header, d.hasHeader = raw, err == nil
		return err
	case strings.HasPrefix(item, "BODY[]"):
		raw, err := s.str()
		if err == nil && raw == nil {
			raw = []byte{} // NIL: there is nothing in it
		}
		d.body = raw
		return err
	}
	return s.skip()
}

// structure reads a BODYSTRUCTURE; one that is garbled is passed over if its
// end can be found.
func (d *fetchData) structure(s *scanner) error {
	from := *s
	if err := s.skip(); err != nil {
		return err
	}
	value := scanner{b: from.b[from.i:s.i]}
	if bs, err := parseStructure(&value, 0); err == nil {
		d.Structure = bs
	}
	return nil
}

// parseDate reads a date-time (RFC 9051 §9); zero for what is none.
func parseDate(text string) time.Time {
	for _, layout := range []string{"_2-Jan-2006 15:04:05 -0700", "2-Jan-2006 15:04:05 -0700", "_2-Jan-2006 15:04:05 MST"} {
		if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return t
		}
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	return time.Time{}
}
