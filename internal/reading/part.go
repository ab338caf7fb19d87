package reading

import (
	"bytes"
	"io"
)

// OpenPart gives the decoded content of a part by its path; ok is false where
// there is none, or where it is a multipart.
func (m *Message) OpenPart(path string) (content io.Reader, ok bool) {
	n := m.part(path)
	if n == nil {
		return bytes.NewReader(nil), false
	}
	return n.reader(), true
}

// PartText gives a part as text, in whatever charset it says it is, of at most
// limit bytes; ok is false where it holds none.
func (m *Message) PartText(path string, limit int64) (text string, ok bool) {
	n := m.part(path)
	if n == nil {
		return "", false
	}
	data, ok := fileText(n, limit)
	if !ok {
		return "", false
	}
	return n.textOf(data), true
}

// PartHeader gives the fields that stand above a part, a multipart too; ok is
// false where there is no such part.
func (m *Message) PartHeader(path string) (h Header, ok bool) {
	n := m.entity(path)
	if n == nil {
		return Header{}, false
	}
	return newHeader(n.fields, nil), true
}

// part is what stands at a path and has a content.
func (m *Message) part(path string) *node {
	if n := m.entity(path); n != nil && !n.multipart() {
		return n
	}
	return nil
}

func (m *Message) entity(path string) *node {
	for n, i := range m.paths {
		if m.Parts[i].Path == path && !m.within[n] {
			return n
		}
	}
	return nil
}
