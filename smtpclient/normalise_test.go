package smtpclient

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// wire returns what the normaliser makes of pieces.
func wire(stuff bool, pieces ...[]byte) ([]byte, error) {
	n := &normaliser{stuff: stuff}
	for _, piece := range pieces {
		if err := n.write(piece); err != nil {
			return nil, err
		}
	}
	n.finish()
	return n.block, nil
}

func TestNormalise(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", ""},
		{"a", "a\r\n"},
		{"a\r\n", "a\r\n"},
		{"a\n", "a\r\n"},
		{"a\r", "a\r\n"},
		{"a\r\n\r\n", "a\r\n\r\n"},
		{"a\n\rb", "a\r\n\r\nb\r\n"},
		{"a\r\r\nb", "a\r\n\r\nb\r\n"},
		{".", "..\r\n"},
		{"..a", "...a\r\n"},
		{"a.b\r\n.c", "a.b\r\n..c\r\n"},
		// The known ways to smuggle an end of data.
		{"a\n.\nb", "a\r\n..\r\nb\r\n"},
		{"a\n.\r\nb", "a\r\n..\r\nb\r\n"},
		{"a\r\n.\nb", "a\r\n..\r\nb\r\n"},
		{"a\r.\rb", "a\r\n..\r\nb\r\n"},
		{"a\r\n.\rb", "a\r\n..\r\nb\r\n"},
		{"a\r.\r\nb", "a\r\n..\r\nb\r\n"},
		{"a\r\r\n.\r\r\nb", "a\r\n\r\n..\r\n\r\nb\r\n"},
		{strings.Repeat("x", maxLine), strings.Repeat("x", maxLine) + "\r\n"},
		{"." + strings.Repeat("x", maxLine-1), ".." + strings.Repeat("x", maxLine-1) + "\r\n"},
	}
	for _, tt := range tests {
		for cut := range len(tt.in) + 1 {
			got, err := wire(true, []byte(tt.in[:cut]), []byte(tt.in[cut:]))
			if err != nil || string(got) != tt.want {
				t.Fatalf("%.40q cut at %d: %.60q, %v; want %.60q", tt.in, cut, got, err, tt.want)
			}
		}
	}
	if got, err := wire(false, []byte(".a\n")); err != nil || string(got) != ".a\r\n" {
		t.Errorf("without stuffing: %q, %v", got, err)
	}
}

func TestNormaliseRefuses(t *testing.T) {
	for in, want := range map[string]error{
		"a\x00b":                           ErrNUL,
		"\r\n\x00.\r\n":                    ErrNUL,
		strings.Repeat("x", maxLine+1):     ErrLineTooLong,
		"a\r\n" + strings.Repeat("x", 1e6): ErrLineTooLong,
	} {
		if _, err := wire(true, []byte(in)); !errors.Is(err, want) {
			t.Errorf("%.20q: %v, want %v", in, err, want)
		}
	}
}

func FuzzNormalise(f *testing.F) {
	for _, seed := range []string{"", "a\n.\nb", "\r\r\n.\r\r\n", ".", "\n.", "a\r", "\r\n.\r\n", "x\x00"} {
		f.Add([]byte(seed), 1)
	}
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		if cut < 0 || cut > len(in) {
			cut = 0
		}
		got, err := wire(true, in[:cut], in[cut:])
		if err != nil {
			return
		}
		if whole, err := wire(true, in); err != nil || !bytes.Equal(whole, got) {
			t.Fatalf("%q depends on the cut at %d", in, cut)
		}
		if bare := bytes.ReplaceAll(got, crlf, nil); bytes.ContainsAny(bare, "\r\n\x00") {
			t.Fatalf("bare CR, LF or NUL in %q", got)
		}
		if bytes.Contains(append([]byte("\r\n"), got...), []byte("\r\n.\r\n")) {
			t.Fatalf("an end of data inside %q", got)
		}
		if len(got) > 0 && !bytes.HasSuffix(got, crlf) {
			t.Fatalf("no final CRLF in %q", got)
		}
		unstuffed := bytes.ReplaceAll(append([]byte("\r\n"), got...), []byte("\r\n."), crlf)[2:]
		if plain, err := wire(false, in); err != nil || !bytes.Equal(plain, unstuffed) {
			t.Fatalf("%q comes back as %q, want %q", in, unstuffed, plain)
		}
	})
}
