package app

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"postea/internal/reading"
)

// SafeLine makes any outside text one line that may be printed.
func SafeLine(s string) string { return reading.Line(s).String() }

// SafeBlock is SafeLine for text of several lines.
func SafeBlock(s string) string { return reading.Block(s).String() }

// EscapeUnsafe writes the characters that could act on a terminal as \u escapes
// of JSON; s is a JSON text, in which they stand only within strings.
func EscapeUnsafe(s string) string {
	if strings.IndexFunc(s, unsafeInJSON) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if !unsafeInJSON(r) {
			b.WriteRune(r)
			continue
		}
		if hi, lo := utf16.EncodeRune(r); hi != '\uFFFD' {
			fmt.Fprintf(&b, `\u%04x\u%04x`, hi, lo)
			continue
		}
		fmt.Fprintf(&b, `\u%04x`, r)
	}
	return b.String()
}

func unsafeInJSON(r rune) bool {
	switch {
	case r >= 0x7f && r < 0xa0,
		r == 0x200b, r == 0x200e, r == 0x200f, r == 0xfeff, r == 0x2028, r == 0x2029,
		r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069,
		r >= 0xe0000 && r <= 0xe007f:
		return true
	}
	return false
}
