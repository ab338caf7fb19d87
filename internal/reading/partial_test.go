package reading

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestAssemble(t *testing.T) {
	text := func(path, body string) *Piece {
		return &Piece{Path: path, Kind: "text/plain", Header: []byte("Content-Type: text/plain\r\n\r\n"), Body: []byte(body)}
	}
	file := func(path string) *Piece {
		return &Piece{Path: path, Kind: "application/pdf", Header: []byte("Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n"), Away: true, Size: 7800}
	}
	mixed := func(header string, children ...*Piece) *Piece {
		return &Piece{Kind: "multipart/mixed", Header: []byte(header), Children: children}
	}
	const head = "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
	for name, c := range map[string]struct {
		root *Piece
		ok   bool
	}{
		"text and file":            {mixed(head, text("1", "hello"), file("2")), true},
		"without a header":         {mixed("", text("1", "hello"), file("2")), false},
		"without a boundary":       {mixed("Content-Type: multipart/mixed\r\n\r\n", text("1", "hello"), file("2")), false},
		"of another kind":          {mixed(strings.Replace(head, "mixed", "related", 1), text("1", "hello"), file("2")), false},
		"a boundary in the text":   {mixed(head, text("1", "hello\r\n--b\r\n\r\nmore"), file("2")), false},
		"a header that runs over":  {mixed(head, &Piece{Path: "1", Kind: "text/plain", Header: []byte("--b--\r\n")}, file("2")), false},
		"a path that is another":   {mixed(head, text("2", "hello"), file("1")), false},
		"nothing in it":            {mixed(head), false},
		"a message that is closed": {mixed(head, text("1", "hello"), &Piece{Path: "2", Kind: "message/rfc822", Header: []byte("Content-Type: message/rfc822"), Away: true, Size: 9}), true},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Assemble(c.root)
			if c.ok != (err == nil) || err != nil && !errors.Is(err, ErrDisagree) {
				t.Fatalf("error is %v", err)
			}
			if !c.ok {
				return
			}
			m := ParsePartial(p)
			if m.Text() != "hello" || m.Whole() || m.Source() != nil || len(m.Attachments) != 1 || !m.Attachments[0].Away {
				t.Errorf("text %q, attachments %+v", m.Text(), m.Attachments)
			}
			if _, err := io.ReadAll(m.Open(m.Attachments[0])); !errors.Is(err, ErrAway) {
				t.Errorf("opening the file: %v", err)
			}
			if r, ok := m.OpenPart("2"); !ok {
				t.Error("there is no part 2")
			} else if _, err := io.ReadAll(r); !errors.Is(err, ErrAway) {
				t.Errorf("opening part 2: %v", err)
			}
			if _, ok := m.PartText("2", 100); ok {
				t.Error("what is away has a text")
			}
		})
	}
}

func TestDecodedSize(t *testing.T) {
	encode64 := func(data []byte) string {
		var out strings.Builder
		for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(data)), 76) {
			out.Write(line)
			out.WriteString("\r\n")
		}
		return out.String()
	}
	for _, n := range []int{0, 1, 56, 57, 58, 1000, 123_456} {
		data := bytes.Repeat([]byte("x"), n)
		for name, encoded := range map[string]string{"base64": encode64(data), "8bit": string(data), "": string(data)} {
			if got := DecodedSize(name, int64(len(encoded))); got < int64(n)-3 || got > int64(n)+3 {
				t.Errorf("%d bytes in %q are said to be %d", n, name, got)
			}
		}
	}
}

// A stranger cannot make a part of a message pass for one that is away, or the
// other way round: it is not the bytes that say so.
func TestOnlyPartialsAreAway(t *testing.T) {
	m := Parse([]byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n\r\n--b--\r\n"))
	if !m.Whole() || m.Source() == nil || m.Attachments[0].Away {
		t.Error("an empty part passes for one that is away")
	}
}

func FuzzAssemble(f *testing.F) {
	f.Add("Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n", "Content-Type: text/plain\r\n\r\n", "hello", "Content-Type: application/pdf\r\n\r\n", "bytes")
	f.Add("Content-Type: multipart/alternative; boundary=\"--b\"\r\n\r\n", "", "--b--", "Content-Type: message/rfc822\r\n\r\n", "Subject: y\r\n\r\ntext")
	f.Add("Content-Type: multipart/mixed; boundary=b", "\r\n\r\n--b", "\r\n--b\r\n", "--b--", "")
	f.Fuzz(func(t *testing.T, head, mime, text, mime2, file string) {
		kind := func(header, standard string) string {
			n := &node{}
			n.fields, _, _ = splitHeader([]byte(header))
			n.readContentFields(standard, func(string) {})
			return n.kind
		}
		root := &Piece{Kind: kind(head, "text/plain"), Header: []byte(head), Children: []*Piece{
			{Path: "1", Kind: kind(mime, "text/plain"), Header: []byte(mime), Body: []byte(text)},
			{Path: "2", Kind: kind(mime2, "text/plain"), Header: []byte(mime2), Away: true, Size: int64(len(file))},
		}}
		p, err := Assemble(root)
		if err != nil {
			if !errors.Is(err, ErrDisagree) {
				t.Fatal(err)
			}
			return
		}
		if len(p.Away) != 1 || p.Away[0].Path != "2" {
			t.Fatalf("away are %+v", p.Away)
		}
		m := ParsePartial(p)
		_, _ = m.Text(), m.Lines(80, LayoutOptions{})
		p.Parts = map[string][]byte{"2": []byte(file)}
		full := ParsePartial(p)
		_, _ = full.Text(), full.Lines(80, LayoutOptions{})
		for _, at := range full.Attachments {
			if _, err := io.ReadAll(full.Open(at)); err != nil {
				t.Fatalf("opening what is here: %v", err)
			}
		}
		r, ok := full.OpenPart("2")
		if !ok {
			return // it is a multipart
		}
		if _, err := io.ReadAll(r); err != nil {
			t.Fatalf("reading part 2: %v", err)
		}
	})
}
