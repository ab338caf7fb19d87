package imapclient

import (
	"encoding/base64"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	imap "github.com/emersion/go-imap/v2"
)

const inbox = "INBOX"

// divisionSlash stands for a "/" within a level, where the server parts levels
// by something else.
const divisionSlash = "\u2215"

// utf7 is the alphabet of modified UTF-7, RFC 3501 §5.1.3.
var utf7 = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

var errUTF7 = errors.New("no modified UTF-7")

// decodeUTF7 reads a mailbox name in modified UTF-7.
func decodeUTF7(s string) (string, error) {
	var b strings.Builder
	for {
		plain, rest, found := strings.Cut(s, "&")
		b.WriteString(plain)
		if !found {
			return b.String(), nil
		}
		code, after, closed := strings.Cut(rest, "-")
		if !closed {
			return "", errUTF7
		}
		if code == "" {
			b.WriteByte('&')
		} else if err := decodeShift(&b, code); err != nil {
			return "", err
		}
		s = after
	}
}

// DecodeName reads the name of a level in modified UTF-7, as Maildirs have it too;
// what is none stays as it is.
func DecodeName(level string) string {
	if decoded, err := decodeUTF7(level); err == nil {
		return decoded
	}
	return level
}

func decodeShift(b *strings.Builder, code string) error {
	raw, err := utf7.DecodeString(code)
	if err != nil || len(raw)%2 != 0 {
		return errUTF7
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
	}
	for _, r := range utf16.Decode(units) {
		if r == utf8.RuneError {
			return errUTF7
		}
		b.WriteRune(r)
	}
	return nil
}

// encodeUTF7 is the inverse of decodeUTF7.
func encodeUTF7(s string) string {
	var b strings.Builder
	var shifted []rune
	flush := func() {
		if len(shifted) == 0 {
			return
		}
		var raw []byte
		for _, unit := range utf16.Encode(shifted) {
			raw = append(raw, byte(unit>>8), byte(unit))
		}
		b.WriteString("&" + utf7.EncodeToString(raw) + "-")
		shifted = shifted[:0]
	}
	for _, r := range s {
		if r < ' ' || r >= 0x7f {
			shifted = append(shifted, r)
			continue
		}
		flush()
		if b.WriteRune(r); r == '&' {
			b.WriteByte('-')
		}
	}
	flush()
	return b.String()
}

// utf8Names tells whether names go over the wire as UTF-8, RFC 9051 §5.1: on
// servers that know nothing else.
func (c *Client) utf8Names() bool {
	_, rev1 := c.caps[imap.CapIMAP4rev1]
	_, rev2 := c.caps[imap.CapIMAP4rev2]
	return rev2 && !rev1
}

// decodeName turns a wire name into one for people. A name that is not in the
// encoding it should be in is shown as it is.
func (c *Client) decodeName(wire string, delim rune) string {
	levels := []string{wire}
	if delim != 0 {
		levels = strings.Split(wire, string(delim))
	}
	for i, level := range levels {
		if !c.utf8Names() {
			if decoded, err := decodeUTF7(level); err == nil {
				level = decoded
			}
		}
		level = strings.ToValidUTF8(level, "\uFFFD")
		levels[i] = strings.ReplaceAll(level, "/", divisionSlash)
	}
	// RFC 9051 §5.1: INBOX in any case.
	if strings.EqualFold(levels[0], inbox) {
		levels[0] = inbox
	}
	return strings.Join(levels, "/")
}

// encodeName is the inverse of decodeName.
func (c *Client) encodeName(name string, delim rune) string {
	levels := strings.Split(name, "/")
	for i, level := range levels {
		level = strings.ReplaceAll(level, divisionSlash, "/")
		if !c.utf8Names() {
			level = encodeUTF7(level)
		}
		levels[i] = level
	}
	if delim == 0 {
		return strings.Join(levels, "/")
	}
	return strings.Join(levels, string(delim))
}
