package mail

import (
	"encoding/base64"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// utf7 is the alphabet of modified UTF-7, RFC 3501 §5.1.3.
var utf7 = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

var errUTF7 = errors.New("no modified UTF-7")

// DecodeUTF7 reads a mailbox name in modified UTF-7.
func DecodeUTF7(s string) (string, error) {
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

func decodeShift(b *strings.Builder, code string) error {
	list, err := shifted(code)
	if err != nil {
		return err
	}
	for _, r := range list {
		if r == utf8.RuneError {
			return errUTF7
		}
		b.WriteRune(r)
	}
	return nil
}

// shifted reads what stands between & and -.
func shifted(code string) ([]rune, error) {
	raw, err := utf7.DecodeString(code)
	if err != nil || len(raw)%2 != 0 {
		return nil, errUTF7
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
	}
	return utf16.Decode(units), nil
}

// shift is the inverse of shifted, with & and -; nothing for nothing.
func shift(list []rune) string {
	if len(list) == 0 {
		return ""
	}
	var raw []byte
	for _, unit := range utf16.Encode(list) {
		raw = append(raw, byte(unit>>8), byte(unit))
	}
	return "&" + utf7.EncodeToString(raw) + "-"
}

// EncodeUTF7 is the inverse of DecodeUTF7.
func EncodeUTF7(s string) string {
	var b strings.Builder
	var odd []rune
	flush := func() {
		b.WriteString(shift(odd))
		odd = odd[:0]
	}
	for _, r := range s {
		if r < ' ' || r >= 0x7f {
			odd = append(odd, r)
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
