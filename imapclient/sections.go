package imapclient

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	imap "github.com/emersion/go-imap/v2"
)

// Sections are pieces of a message by the name of their section, in upper case:
// "HEADER", "TEXT", "1.MIME", "1", "2.HEADER" (RFC 9051 §6.4.5). What the server
// says is not there is empty.
type Sections map[string][]byte

// SectionRequest asks for pieces of a message.
type SectionRequest struct {
	UID      imap.UID
	Sections []string
}

// FetchSections gives pieces of messages of the open folder to each, in few round
// trips. A message is left out where the server refuses it, does not give all
// that was asked for, or gives a piece larger than limit bytes. The bytes are the
// caller's. For errors, and what each may do, see FetchHeaders.
func (c *Client) FetchSections(ctx context.Context, list []SectionRequest, limit int64, each func(imap.UID, Sections) error) error {
	const op = "FETCH"
	if err := c.needsFolder(op); err != nil {
		return err
	}
	var cmds []*command
	var all []*fetching
	for _, r := range list {
		var items []string
		for _, s := range r.Sections {
			if !validSection(s) {
				return invalid(op, fmt.Errorf("section %q %w", printable(s), ErrArgument))
			}
			items = append(items, "BODY.PEEK["+s+"]")
		}
		f := c.newFetching([]span{{uint32(r.UID), uint32(r.UID)}}, nil)
		f.needSections, f.eachSections, f.uncut = r.Sections, each, true
		f.limits = limits{line: maxLine, literal: limit, total: limit + maxTotal}
		cmd := newCommand("UID FETCH " + setText(f.asked) + " (UID " + strings.Join(items, " ") + ")")
		cmd.op, cmd.limits, cmd.data = op, f.limits, f.take
		cmds, all = append(cmds, cmd), append(all, f)
	}
	if len(cmds) == 0 {
		return nil
	}
	answers, err := c.runAll(ctx, cmds)
	if err != nil {
		return err
	}
	for _, r := range answers {
		if e := refusal(op, r); e != nil && e.Throttled() {
			return e
		}
	}
	for _, f := range all {
		if f.err != nil {
			return f.err
		}
	}
	return nil
}

// validSection accepts what section names are made of.
func validSection(s string) bool {
	return s != "" && len(s) <= maxWord && strings.Trim(s, ".0123456789ADEHIMRTX") == ""
}

// FetchWindow returns size bytes of a section of a message, from an offset on, as
// they are encoded: fewer at its end, and none behind it. The section "" is the
// whole message. The error is KindNo with ErrNotFound for a message that is not
// there, and KindUnsupported where the server gives other bytes than those that
// were asked for.
func (c *Client) FetchWindow(ctx context.Context, uid imap.UID, section string, offset, size int64) ([]byte, error) {
	const op = "FETCH"
	if err := c.needsFolder(op); err != nil {
		return nil, err
	}
	if section != "" && !validSection(section) || offset < 0 || size <= 0 || offset+size > largestBody {
		return nil, invalid(op, fmt.Errorf("section %q from %d %w", printable(section), offset, ErrArgument))
	}
	f := c.newFetching([]span{{uint32(uid), uint32(uid)}}, nil)
	f.limits = limits{line: maxLine, literal: size + 1, total: size + maxTotal}
	f.needSections = []string{section}
	var got []byte
	found := false
	f.origin = offset
	f.eachSections = func(_ imap.UID, s Sections) error {
		got, found = s[section], true
		return nil
	}
	err := c.fetch(ctx, f, fmt.Sprintf("(UID BODY.PEEK[%s]<%d.%d>)", section, offset, size), "")
	switch {
	case err != nil:
		return nil, err
	case !found && f.misplaced, int64(len(got)) > size:
		return nil, &Error{Op: op, Kind: KindUnsupported, Err: errors.New("the server does not give parts of a message by windows")}
	case !found:
		return nil, &Error{Op: op, Kind: KindNo, Err: ErrNotFound}
	}
	return got, nil
}

// takeSection keeps a piece that was asked for. Its name may carry where a window
// begins: "BODY[2]<4096>" (RFC 9051 §7.5.2).
func (d *fetchData) takeSection(s *scanner, item string) error {
	name, tail, _ := strings.Cut(strings.TrimPrefix(item, "BODY["), "]")
	raw, err := s.str()
	if err != nil {
		return err
	}
	origin, _ := strconv.ParseInt(strings.Trim(tail, "<>"), 10, 64) // without one it is the beginning
	if origin != d.origin && len(raw) > 0 {
		d.misplaced = true
		return nil
	}
	if d.sections == nil {
		d.sections = Sections{}
	}
	d.sections[name] = raw
	return nil
}

func (d *fetchData) all(sections []string) bool {
	for _, s := range sections {
		if _, ok := d.sections[s]; !ok {
			return false
		}
	}
	return true
}
