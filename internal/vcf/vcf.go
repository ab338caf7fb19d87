// Package vcf reads contact cards of every version: those of 3.0 and 4.0 (RFC 2426,
// RFC 6350), and those of 2.1, which telephones and Outlook write, in which
// parameters have no names and values are in quoted-printable.
package vcf

import (
	"bytes"
	"errors"
	"io"
	"mime/quotedprintable"
	"net/url"
	"regexp"
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

// Decode reads one card of those that Split gives, with a field for each of its
// categories. No card takes the program down.
func Decode(raw []byte) (card vcard.Card, err error) {
	defer func() {
		if recover() != nil {
			card, err = nil, ErrBroken
		}
	}()
	asWritten := bytes.ReplaceAll(raw, []byte(`\`), []byte(`\\`)) // a comma that is escaped parts no list
	card, err = vcard.NewDecoder(bytes.NewReader(asWritten)).Decode()
	for key, fields := range card {
		for _, f := range fields {
			plain(f)
		}
		if key == vcard.FieldCategories {
			card[key] = parted(fields)
		}
		for _, f := range card[key] {
			f.Value = unescape.Replace(f.Value)
		}
	}
	return card, err
}

var unescape = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\N`, "\n", `\,`, ",")

// listItem is one of a list, as it is written.
var listItem = regexp.MustCompile(`(?:[^,\\]|\\.)+`)

// parted gives each of the values in lists a field of its own.
func parted(lists []*vcard.Field) (out []*vcard.Field) {
	for _, f := range lists {
		for _, value := range listItem.FindAllString(f.Value, -1) {
			out = append(out, &vcard.Field{Value: value, Params: f.Params, Group: f.Group})
		}
	}
	return out
}

// Address gives the address of a value that may be a mailto URL (RFC 6350 §6.6.5),
// and whether it is one.
func Address(value string) (address string, isURL bool) {
	value = strings.TrimSpace(value)
	const scheme = "mailto:"
	if len(value) < len(scheme) || !strings.EqualFold(value[:len(scheme)], scheme) {
		return value, false
	}
	address, _, _ = strings.Cut(value[len(scheme):], "?")
	if decoded, err := url.PathUnescape(address); err == nil {
		address = decoded
	}
	return address, true
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
