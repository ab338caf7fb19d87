package syncer

import (
	"encoding/json"
	"strings"

	imap "github.com/emersion/go-imap/v2"
)

// shape is how a message is built, as far as it matters for fetching it in parts.
// It is kept as JSON.
type shape struct {
	Type     string  `json:"t"` // media type in lower case
	Size     int64   `json:"n,omitempty"`
	File     bool    `json:"f,omitempty"` // an attachment, or a named part that is not inline
	Embedded bool    `json:"i,omitempty"` // shown within a text
	Children []shape `json:"c,omitempty"` // of a message within the message: that message

	plain bool // not encoded
}

const (
	maxShapeDepth  = 10
	maxShapeLeaves = 100 // of a message that is fetched in parts
)

// shapeOf reads a structure; nil where the message is better fetched whole: it is
// odd, or signed or encrypted, which only the whole of it can show.
func shapeOf(s imap.BodyStructure) *shape {
	var r shaper
	root, ok := r.shape(s, 0, false)
	if !ok || root.message() {
		return nil
	}
	return &root
}

type shaper struct {
	leaves int
	within int // messages around
}

// shape reads an entity; versions tells that it is a version of a text, of which a
// name makes no file.
func (r *shaper) shape(s imap.BodyStructure, depth int, versions bool) (shape, bool) {
	if s == nil || depth > maxShapeDepth {
		return shape{}, false
	}
	out := shape{Type: strings.ToLower(s.MediaType())}
	switch p := s.(type) {
	case *imap.BodyStructureMultiPart:
		protected := out.Type == "multipart/signed" || out.Type == "multipart/encrypted"
		if len(p.Children) == 0 || protected && r.within == 0 {
			return out, false
		}
		for _, child := range p.Children {
			c, ok := r.shape(child, depth+1, versions || out.Type == "multipart/alternative")
			if !ok {
				return out, false
			}
			out.Children = append(out.Children, c)
		}
	case *imap.BodyStructureSinglePart:
		if r.leaves++; r.leaves > maxShapeLeaves || p.Type == "" || p.Subtype == "" {
			return out, false
		}
		switch out.Type {
		case "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted":
			if r.within == 0 {
				return out, false
			}
		}
		out.describe(p, depth == 0, versions)
		if m := p.MessageRFC822; m != nil && m.BodyStructure != nil && out.plain {
			r.within++
			if inner, ok := r.shape(m.BodyStructure, depth+1, false); ok { // what is odd within it is not looked into
				out.Children = []shape{inner}
			}
			r.within--
		}
	default:
		return out, false
	}
	return out, true
}

// describe takes over what a leaf says of itself, as the reader will see it.
func (s *shape) describe(p *imap.BodyStructureSinglePart, alone, version bool) {
	s.Size = int64(p.Size)
	switch strings.ToLower(p.Encoding) {
	case "", "7bit", "8bit", "binary":
		s.plain = true
	}
	named := p.Filename() != ""
	s.Embedded = p.ID != ""
	d := p.Disposition()
	switch {
	case d == nil:
		s.File = named && !alone && !version
	case strings.EqualFold(d.Value, "attachment"):
		s.File = named || !version
	case strings.EqualFold(d.Value, "inline"):
		s.Embedded = true
	default:
		s.File = named && !alone && !version
	}
}

// parseShape gives nil for a message that is to be fetched whole, and for "".
func parseShape(text string) *shape {
	var s shape
	if text == toBeWhole || json.Unmarshal([]byte(text), &s) != nil {
		return nil
	}
	return &s
}

// toBeWhole stands for the structure of a message that is not fetched in parts.
const toBeWhole = "-"

// structureOf is what parseShape reads; "" where the server has told nothing.
func structureOf(s imap.BodyStructure) string {
	if s == nil {
		return ""
	}
	shape := shapeOf(s)
	if shape == nil {
		return toBeWhole
	}
	b, err := json.Marshal(shape)
	if err != nil {
		return toBeWhole
	}
	return string(b)
}

func (s *shape) multipart() bool { return strings.HasPrefix(s.Type, "multipart/") }

func (s *shape) message() bool {
	return s.Type == "message/rfc822" || s.Type == "message/global"
}
