package corpus

import (
	"cmp"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"mime/quotedprintable"
	"strings"
	"testing"

	"postea/internal/reading"
)

// entity is what mime4j's tests assert of one: its fields, and either a body as
// it stands in the message, or the parts, or the message that it holds.
type entity struct {
	fields   []string
	children []*entity // of a multipart; nil where it is none
	inner    *entity
	body     string
	leaf     bool
}

// readEntity reads the result of a test up to the end of the element it is in.
func readEntity(t *testing.T, d *xml.Decoder) *entity {
	t.Helper()
	e := &entity{}
	where := ""
	for {
		tok, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			switch where = tok.Name.Local; where {
			case "field":
				e.fields = append(e.fields, "")
			case "multipart":
				e.children = []*entity{}
			case "body-part":
				e.children = append(e.children, readEntity(t, d))
			case "message":
				e.inner = readEntity(t, d)
			case "body":
				e.leaf = true
			}
		case xml.CharData:
			switch where {
			case "field":
				e.fields[len(e.fields)-1] += string(tok)
			case "body":
				e.body += string(tok)
			}
		case xml.EndElement:
			where = ""
			if name := tok.Name.Local; name == "message" || name == "body-part" {
				return e
			}
		}
	}
}

func (e *entity) leaves() int {
	n := 0
	for _, c := range e.children {
		n += c.leaves()
	}
	if e.inner != nil {
		n += e.inner.leaves()
	}
	if e.leaf {
		n++
	}
	return n
}

func (e *entity) field(name string) string {
	for _, f := range e.fields {
		if n, v, _ := strings.Cut(f, ":"); strings.EqualFold(strings.TrimSpace(n), name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// content undoes the encoding by other means than ours.
func (e *entity) content() string {
	switch strings.ToLower(e.field("Content-Transfer-Encoding")) {
	case "base64":
		b, _ := io.ReadAll(base64.NewDecoder(base64.RawStdEncoding, strings.NewReader(strings.TrimRight(e.body, "= \r\n"))))
		return string(b)
	case "quoted-printable":
		b, _ := io.ReadAll(quotedprintable.NewReader(strings.NewReader(e.body)))
		return string(b)
	}
	return e.body
}

// mime4j compares the number of leaves, the fields of every entity in their order,
// and every content.
func (a *asserted) mime4j(file, result string) {
	m := reading.Parse(read(a.t, file))
	d := xml.NewDecoder(strings.NewReader(forXML(string(read(a.t, result)))))
	d.Strict = false
	for {
		tok, err := d.Token()
		if err != nil {
			a.t.Fatal(err)
		}
		if s, ok := tok.(xml.StartElement); ok && s.Name.Local == "message" {
			break
		}
	}
	e := readEntity(a.t, d)
	ours := 0
	for i, p := range m.Parts {
		inner := i+1 < len(m.Parts) && strings.HasPrefix(m.Parts[i+1].Path, p.Path+".")
		if !strings.HasPrefix(p.Type, "multipart/") && !inner {
			ours++
		}
	}
	a.field(file, "leaves", fmt.Sprint(ours), fmt.Sprint(e.leaves()))
	a.mime4jEntity(file, "", m, "", e)
}

// mime4jEntity compares what stands at a path of a message; within says where that
// message stands in the file.
func (a *asserted) mime4jEntity(file, within string, m *reading.Message, path string, e *entity) {
	header := m.Header
	if path != "" {
		header, _ = m.PartHeader(path)
	}
	at := strings.TrimSpace(within + " " + path)
	a.mime4jFields(file, at, header, e.fields)
	switch {
	case e.children != nil:
		for i, c := range e.children {
			a.mime4jEntity(file, within, m, strings.TrimPrefix(fmt.Sprintf("%s.%d", path, i+1), "."), c)
		}
	case e.inner != nil:
		a.mime4jEntity(file, strings.TrimSpace(at+" in"), reading.Parse(contentOf(m, cmp.Or(path, "1"))), "", e.inner)
	case e.leaf:
		a.field(file, strings.TrimSpace(at+" body"), squeeze(forXML(string(contentOf(m, cmp.Or(path, "1"))))), squeeze(forXML(e.content())))
	}
}

func contentOf(m *reading.Message, path string) []byte {
	r, _ := m.OpenPart(path)
	b, _ := io.ReadAll(r)
	return b
}

// mime4jFields compares the fields in their order, as they stand but for folding,
// and the subject as it reads.
func (a *asserted) mime4jFields(file, at string, h reading.Header, fields []string) {
	subject := false
	for i, f := range fields {
		name, value, _ := strings.Cut(f, ":")
		have := reading.Field{Name: "none"}
		if all := h.All(); i < len(all) {
			have = all[i]
		}
		theirs := squeeze(name) + ": " + squeeze(value)
		a.field(file, strings.TrimSpace(fmt.Sprintf("%s field %d", at, i)), squeeze(forXML(have.Name))+": "+squeeze(forXML(have.Value)), theirs)
		if !subject && strings.EqualFold(strings.TrimSpace(name), "subject") && !strings.Contains(value, "=?") {
			subject = true
			a.field(file, strings.TrimSpace(at+" subject"), squeeze(h.Subject), squeeze(value))
		}
	}
}
