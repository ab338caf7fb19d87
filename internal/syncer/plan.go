package syncer

import (
	"fmt"
	"strconv"
	"strings"

	"postea/imapclient"
	"postea/internal/reading"
)

const (
	smallPart   = 16 << 10  // fetched along with the text, whatever it is
	smallParts  = 64 << 10  // all of those together
	usefulPart  = 256 << 10 // of a kind that says something about the message
	picturePart = 64 << 10  // within the text
	pictures    = 256 << 10 // all of those together
)

// plan is which pieces of a message are asked for.
type plan struct {
	root     *reading.Piece
	headers  map[*reading.Piece]string // the sections that they are
	bodies   map[*reading.Piece]string
	sections []string // all of them, as imapclient.FetchSections takes them
	bytes    int64    // of the bodies
	away     int      // how many parts are left at the server

	small, shown int64 // what was taken of smallParts and pictures
	report       bool  // within a report
	returned     bool  // within the message that it is about, of which only the header says something
}

// planFor chooses what is fetched of a message: all that the reader shows of it
// at once, and small things.
func planFor(s *shape) *plan {
	p := &plan{headers: map[*reading.Piece]string{}, bodies: map[*reading.Piece]string{}}
	p.lay(s)
	return p
}

func (p *plan) lay(s *shape) {
	if s.multipart() {
		p.root = p.piece(s, "", "HEADER", "")
	} else {
		// All servers agree on what TEXT is, and few on what else there is of a
		// message without parts.
		p.root = p.leaf(s, "1", "HEADER", "TEXT")
	}
}

// piece plans an entity of a path, whose header and body are known as sections.
func (p *plan) piece(s *shape, path, header, body string) *reading.Piece {
	if !s.multipart() {
		return p.leaf(s, path, header, body)
	}
	out := &reading.Piece{Kind: s.Type}
	p.header(out, header)
	defer func(was bool) { p.report = was }(p.report)
	p.report = p.report || s.Type == "multipart/report"
	for i := range s.Children {
		child := childPath(path, i+1)
		out.Children = append(out.Children, p.piece(&s.Children[i], child, child+".MIME", child))
	}
	return out
}

func (p *plan) header(of *reading.Piece, section string) {
	p.headers[of] = section
	p.sections = append(p.sections, section)
}

// leaf plans a part without parts. A message that is too large to come along is
// looked into: its parts count on from it, RFC 9051 §6.4.5.
func (p *plan) leaf(s *shape, path, header, body string) *reading.Piece {
	out := &reading.Piece{Path: path, Kind: s.Type, Size: s.Size}
	p.header(out, header)
	if p.takes(s) {
		p.bytes += s.Size
		p.bodies[out] = body
		p.sections = append(p.sections, body)
		return out
	}
	out.Away = true
	p.away++
	if len(s.Children) == 1 {
		within := path
		if !s.Children[0].multipart() {
			within += ".1"
		}
		defer func(was bool) { p.returned = was }(p.returned)
		p.returned = p.returned || p.report
		out.Children = []*reading.Piece{p.piece(&s.Children[0], within, path+".HEADER", path+".TEXT")}
	}
	return out
}

func childPath(path string, n int) string {
	if path == "" {
		return strconv.Itoa(n)
	}
	return path + "." + strconv.Itoa(n)
}

// takes tells whether a leaf comes along.
func (p *plan) takes(s *shape) bool {
	kind, _, _ := strings.Cut(s.Type, "/")
	switch {
	case p.returned:
		return false
	case (kind == "text" || s.Type == "application/rtf" || s.Type == "application/x-rtf") && !s.File: // the reader shows these by their words
		return true
	case (useful(s.Type) || s.message() && len(s.Children) == 0) && s.Size <= usefulPart:
		return true
	case kind == "image" && s.Embedded && s.Size <= picturePart && p.shown+s.Size <= pictures:
		p.shown += s.Size
		return true
	case s.Size <= smallPart && p.small+s.Size <= smallParts:
		p.small += s.Size
		return true
	}
	return false
}

// useful tells of parts that the reader makes something of.
func useful(kind string) bool {
	switch kind {
	case "application/pkcs7-mime", "application/x-pkcs7-mime",
		"text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/rfc822-headers",
		"message/rfc822-headers", "message/global-headers", "message/delivery-status", "message/global-delivery-status", "message/disposition-notification", "message/feedback-report",
		"application/ms-tnef", "application/vnd.ms-tnef", "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature":
		return true
	}
	return false
}

// pays tells whether a message of that size is worth fetching in parts.
func (p *plan) pays(size int64) bool { return p.away > 0 && p.bytes < size*3/4 }

// fill puts what came into the pieces. Servers are wrong about sizes, but not
// about whether there is something.
func (p *plan) fill(got imapclient.Sections) error {
	for piece, section := range p.headers {
		var ok bool
		if piece.Header, ok = got[section]; !ok {
			return fmt.Errorf("%w: %s did not come", reading.ErrDisagree, section)
		}
	}
	for piece, section := range p.bodies {
		var ok bool
		if piece.Body, ok = got[section]; !ok || len(piece.Body) == 0 && piece.Size > 0 {
			return fmt.Errorf("%w: %s did not come", reading.ErrDisagree, section)
		}
	}
	return nil
}
