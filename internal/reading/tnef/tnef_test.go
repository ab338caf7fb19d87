package tnef

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"postea/internal/reading/rtf"
)

// Writers of the format, for tests.

func u16(n uint16) []byte { return binary.LittleEndian.AppendUint16(nil, n) }
func u32(n uint32) []byte { return binary.LittleEndian.AppendUint32(nil, n) }

func join(parts ...[]byte) (out []byte) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func attr(id uint32, data []byte) []byte {
	return join([]byte{1}, u32(id), u32(uint32(len(data))), data, u16(0))
}

func envelope(attrs ...[]byte) []byte {
	return join(u32(signature), u16(1), join(attrs...))
}

func padded(b []byte) []byte {
	return join(u32(uint32(len(b))), b, make([]byte, (4-len(b)%4)%4))
}

func unicodeProp(id uint16, s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s + "\x00")) {
		b = append(b, u16(u)...)
	}
	return join(u16(typeUnicode), u16(id), u32(1), padded(b))
}

func binaryProp(id uint16, b []byte) []byte {
	return join(u16(typeBinary), u16(id), u32(1), padded(b))
}

func props(list ...[]byte) []byte { return join(u32(uint32(len(list))), join(list...)) }

func describe(c *Content) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s|%s|%s|%s|%v", c.Subject, c.Text, c.HTML, rtf.Text(c.RTF), c.Damaged)
	for _, f := range c.Files {
		fmt.Fprintf(&b, "|%s %s %s %q", f.Name, f.Type, f.ContentID, f.Data)
	}
	return b.String()
}

func TestParse(t *testing.T) {
	named := join(u16(typeInt32), u16(0x8001), make([]byte, 16), u32(1), padded([]byte("n\x00a\x00")), u32(7))
	multi := join(u16(typeMulti|typeString8), u16(0x1234), u32(2), padded([]byte("a")), padded([]byte("bc")))
	inner := envelope(attr(attSubject, []byte("Inside\x00")), attr(attBody, []byte("deep")),
		attr(attRenderData, nil), attr(attTitle, []byte("b.bin\x00")), attr(attData, []byte("B")))
	tests := []struct {
		name string
		in   []byte
		want string
	}{
		{"body and file", envelope(attr(attCodepage, u32(1252)), attr(attSubject, []byte("S\x00")), attr(attBody, []byte("gr\xfc\xdfe")),
			attr(attRenderData, nil), attr(attTitle, []byte("A.TXT\x00")), attr(attData, []byte("data"))), `S|grüße||||A.TXT   "data"`},
		{"data before name", envelope(attr(attRenderData, nil), attr(attData, []byte("x")), attr(attTitle, []byte("n"))), `||||false|n   "x"`},
		{"properties", envelope(attr(attProps, props(named, multi, unicodeProp(0x37, "Über"), binaryProp(0x1013, []byte("<b>h</b>")))),
			attr(attRenderData, nil), attr(attTitle, []byte("SHORT~1.PDF")), attr(attData, []byte("x")),
			attr(attAttachProps, props(unicodeProp(0x3707, "a long name.pdf"), unicodeProp(0x370E, "Application/PDF"), unicodeProp(0x3712, "<c@x>")))),
			`Über||<b>h</b>||false|a long name.pdf application/pdf c@x "x"`},
		{"rtf", envelope(attr(attProps, props(binaryProp(0x1009, join(u32(99), u32(20), u32(0x414C454D), u32(0), []byte(`{\rtf1 a\par b\'e9}`)))))), "|||a\nbé|false"},
		{"a message inside", envelope(attr(attRenderData, nil), attr(attAttachProps, props(join(u16(typeInt32), u16(0x3705), u32(methodEmbedded)),
			join(u16(typeObject), u16(0x3701), u32(1), padded(join(make([]byte, 16), inner)))))), `||||false|Inside.txt text/plain  "deep"|b.bin   "B"`},
		{"cut", envelope(attr(attBody, []byte("abcdef")))[:18], "|abc|||true"},
		{"length lies", join(envelope(), []byte{1}, u32(attBody), u32(1<<31), []byte("xy")), "|xy|||true"},
		{"property length lies", envelope(attr(attProps, join(u32(1), u16(typeBinary), u16(0x1013), u32(1), u32(1<<31), []byte("ab")))), "||||true"},
		{"endless values", envelope(attr(attProps, join(u32(1<<31), u16(typeMulti|typeInt32), u16(1), u32(1<<31)))), "||||true"},
		{"file without data", envelope(attr(attRenderData, nil), attr(attTitle, []byte("n"))), "||||true"},
	}
	tests[0].want = `S|grüße|||false|A.TXT   "data"`
	for _, tt := range tests {
		c, err := Parse(tt.in)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := describe(c); got != tt.want {
			t.Errorf("%s:\n got  %s\n want %s", tt.name, got, tt.want)
		}
	}
	for _, in := range []string{"", "x", "not TNEF at all"} {
		if _, err := Parse([]byte(in)); !errors.Is(err, ErrNoTNEF) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// TestLZFu: the compressed bytes are the example of [MS-OXRTFCP] §3.1.1, and
// one of a run that overlaps itself.
func TestLZFu(t *testing.T) {
	in := []byte{0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03, 0x00, 0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68, 0x65, 0x6c, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0}
	got, ok := decompressRTF(in)
	if want := "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"; !ok || string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if s := rtf.Text(got); s != "hello world" {
		t.Errorf("text %q", s)
	}
	in = []byte{0x1a, 0, 0, 0, 0x1c, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xe2, 0xd4, 0x4b, 0x51, 0x41, 0x00, 0x04, 0x20, 0x57, 0x58, 0x59, 0x5a, 0x0d, 0x6e, 0x7d, 0x01, 0x0e, 0xb0}
	if got, _ := decompressRTF(in); string(got) != "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}" {
		t.Errorf("overlap: %q", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(envelope(attr(attBody, []byte("a")), attr(attRenderData, nil), attr(attTitle, []byte("n")), attr(attData, []byte("d"))))
	f.Add(envelope(attr(attProps, props(unicodeProp(0x37, "s"), binaryProp(0x1009, join(u32(9), u32(20), u32(0x75465A4C), u32(0), []byte("\x03\x00\x0a\x00abc")))))))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := Parse(b)
		if err != nil {
			return
		}
		held := 0
		for _, f := range c.Files {
			held += len(f.Data)
		}
		if len(c.Files) > maxFiles || held > maxDepth*len(b) {
			t.Errorf("%d files with %d bytes out of %d", len(c.Files), held, len(b))
		}
		rtf.Text(c.RTF)
	})
}
