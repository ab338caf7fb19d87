// Package vcf reads contact cards of every version: those of 3.0 and 4.0 (RFC 2426,
// RFC 6350), and those of 2.1, which telephones and Outlook write, in which
// parameters have no names and values are in quoted-printable.
package vcf

import (
	"bytes"
	"errors"
	"io"
	"mime/quotedprintable"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-vcard"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// ErrBroken says that a card cannot be read.
var ErrBroken = errors.New("broken card")

// Decode reads one card of those that Split gives. No card takes the program down.
func Decode(raw []byte) (card vcard.Card, err error) {
	defer func() {
		if recover() != nil {
			card, err = nil, ErrBroken
		}
	}()
	card, err = vcard.NewDecoder(bytes.NewReader(raw)).Decode()
	for _, fields := range card {
		for _, f := range fields {
			plain(f)
		}
	}
	return card, err
}

// plain undoes the coding that version 2.1 has for values beyond ASCII.
func plain(f *vcard.Field) {
	if !strings.EqualFold(f.Params.Get("ENCODING"), "QUOTED-PRINTABLE") {
		return
	}
	b, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(f.Value)))
	if err != nil {
		return
	}
	delete(f.Params, "ENCODING")
	f.Value = string(b)
	if utf8.Valid(b) {
		return
	}
	charset, err := htmlindex.Get(f.Params.Get("CHARSET"))
	if err != nil {
		charset = charmap.Windows1252 // what a computer without a word about it wrote
	}
	if b, err = charset.NewDecoder().Bytes(b); err == nil {
		f.Value = string(b)
	}
}

// Split cuts a file at its BEGIN lines, so that a broken card costs no
// other one. Lines that are folded, or that version 2.1 breaks with a =, are joined.
func Split(data []byte) [][]byte {
	var out [][]byte
	var card []byte
	flush := func() {
		if len(bytes.TrimSpace(card)) > 0 {
			out = append(out, UTF8(card))
		}
		card = nil
	}
	soft := false
	for line := range bytes.Lines(marked(data)) {
		line = bytes.TrimRight(line, "\r\n")
		if bytes.EqualFold(bytes.TrimSpace(line), []byte("BEGIN:VCARD")) {
			flush()
		}
		soft = soft || bytes.Contains(bytes.ToUpper(line), []byte("QUOTED-PRINTABLE"))
		if soft && bytes.HasSuffix(line, []byte("=")) {
			card = append(card, line[:len(line)-1]...)
			continue
		}
		soft = false
		switch {
		case len(line) == 0:
		case line[0] == ' ' || line[0] == '\t': // it goes on; one that reads the card would copy what was before for each
			card, line = bytes.TrimSuffix(card, []byte("\r\n")), line[1:]
		default:
			line = []byte(withNames(string(line)))
		}
		card = append(append(card, line...), '\r', '\n')
	}
	flush()
	return out
}

// UTF8 gives a text that does not name its charset in UTF-8: by the mark that it begins
// with, and what is no UTF-8 is taken for that of Windows.
func UTF8(text []byte) []byte {
	if text = marked(text); utf8.Valid(text) {
		return text
	}
	return fromWindows(text)
}

// marked reads what a mark in front names, such as UTF-16.
func marked(text []byte) []byte {
	if b, _, err := transform.Bytes(unicode.BOMOverride(encoding.Nop.NewDecoder()), text); err == nil {
		return b
	}
	return text
}

func fromWindows(text []byte) []byte {
	if b, err := charmap.Windows1252.NewDecoder().Bytes(text); err == nil {
		return b
	}
	return text
}

// withNames gives the parameters that version 2.1 writes without a name theirs.
func withNames(line string) string {
	head, value, ok := strings.Cut(line, ":")
	if !ok || !strings.Contains(head, ";") || strings.Contains(head, `"`) {
		return line
	}
	params := strings.Split(head, ";")
	for i, p := range params[1:] {
		switch {
		case strings.Contains(p, "="):
		case strings.EqualFold(p, "QUOTED-PRINTABLE"):
			params[i+1] = "ENCODING=" + p
		default:
			params[i+1] = "TYPE=" + p
		}
	}
	return strings.Join(params, ";") + ":" + value
}
