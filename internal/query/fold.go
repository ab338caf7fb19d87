package query

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// class is what a character is to a search.
type class int

const (
	gap    class = iota // parts words
	letter              // of a word
	dense               // of a script that does not part its words
	sign                // stands for itself, such as an emoji
	inside              // neither parts words nor belongs to one
)

// classOf judges characters from 0x80 on.
func classOf(r rune) class {
	switch {
	case r >= 0x1f000 && r <= 0x1faff, r >= 0x2600 && r <= 0x27bf:
		return sign
	case isDense(r):
		return dense
	case isAccent(r), r == 0xad, unicode.Is(unicode.Cf, r), r >= 0xfe00 && r <= 0xfe0f:
		return inside
	case unicode.In(r, unicode.L, unicode.N, unicode.M):
		return letter
	}
	return gap
}

// isDense tells of the scripts that put no blanks between words, and of Hangul,
// whose words carry their endings.
func isDense(r rune) bool {
	switch {
	case r < 0x0e00:
		return false
	case r <= 0x0eff: // Thai, Lao
		return unicode.In(r, unicode.L, unicode.M)
	case r >= 0x1000 && r <= 0x109f, r >= 0x1780 && r <= 0x17ff, r >= 0xa9e0 && r <= 0xa9ff, r >= 0xaa60 && r <= 0xaa7f: // Myanmar, Khmer
		return unicode.In(r, unicode.L, unicode.M)
	case r >= 0x1100 && r <= 0x11ff, r >= 0xa960 && r <= 0xa97f, r >= 0xac00 && r <= 0xd7ff, r >= 0x3130 && r <= 0x318f: // Hangul
		return true
	case r >= 0x3041 && r <= 0x30ff: // kana, with their marks
		return r != 0x30a0 && r != 0x30fb
	case r == 0x3005, r == 0x3007, r >= 0x31f0 && r <= 0x31ff, r >= 0x3100 && r <= 0x312f, r >= 0xff66 && r <= 0xff9f:
		return true
	}
	return r >= 0x3400 && unicode.Is(unicode.Han, r)
}

// isAccent tells of the marks that a search does not see: accents, the vowel
// points of Hebrew and Arabic, the line that stretches Arabic words. The vowel
// signs of Indic scripts are no such marks.
func isAccent(r rune) bool {
	switch {
	case r < 0x300:
		return false
	case r <= 0x36f, r >= 0x483 && r <= 0x489:
		return true
	case r >= 0x591 && r <= 0x5bd, r == 0x5bf, r == 0x5c1, r == 0x5c2, r == 0x5c4, r == 0x5c5, r == 0x5c7:
		return true
	case r >= 0x610 && r <= 0x61a, r == 0x640, r >= 0x64b && r <= 0x65f, r == 0x670, r >= 0x6d6 && r <= 0x6dc, r >= 0x6df && r <= 0x6e8 && r != 0x6e5 && r != 0x6e6, r >= 0x6ea && r <= 0x6ed:
		return true
	case r >= 0x1ab0 && r <= 0x1aff, r >= 0x1dc0 && r <= 0x1dff, r >= 0x20d0 && r <= 0x20ff, r >= 0xfe20 && r <= 0xfe2f:
		return true
	}
	return false
}

// needsComposing tells of characters that only together make the one by which
// they are searched: parts of Hangul, voicing marks, kana of half width.
func needsComposing(r rune) bool {
	return r >= 0x1100 && r <= 0x11ff || r == 0x3099 || r == 0x309a || r >= 0xff65 && r <= 0xffdc || r >= 0x3131 && r <= 0x318e || r >= 0x2e80 && r <= 0x2fdf || r >= 0xf900 && r <= 0xfaff
}

// fold appends the form by which a letter from 0x80 on is compared.
func fold(dst []byte, r rune) []byte {
	switch r {
	case 'ß', 'ẞ':
		return append(dst, "ss"...)
	case 'æ', 'Æ':
		return append(dst, "ae"...)
	case 'œ', 'Œ':
		return append(dst, "oe"...)
	case 'ø', 'Ø':
		return append(dst, 'o')
	case 'ł', 'Ł':
		return append(dst, 'l')
	case 'đ', 'Đ', 'ð', 'Ð':
		return append(dst, 'd')
	case 'ħ', 'Ħ':
		return append(dst, 'h')
	case 'þ', 'Þ':
		return append(dst, "th"...)
	case 'ı', 'İ':
		return append(dst, 'i')
	case 'ς':
		return utf8.AppendRune(dst, 'σ')
	}
	var b [utf8.UTFMax]byte
	n := utf8.EncodeRune(b[:], r)
	parts := norm.NFKD.Properties(b[:n]).Decomposition()
	if parts == nil {
		return lower(dst, r)
	}
	for len(parts) > 0 {
		p, n := utf8.DecodeRune(parts)
		parts = parts[n:]
		switch {
		case isAccent(p):
		case p < utf8.RuneSelf && !isWordByte(byte(p)): // the dots and slashes of fractions and the like
		default:
			dst = lower(dst, p)
		}
	}
	return dst
}

func lower(dst []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		return append(dst, lowerByte(byte(r)))
	}
	r = unicode.ToLower(r)
	if r == 'ς' {
		r = 'σ'
	}
	return utf8.AppendRune(dst, r)
}

func isWordByte(c byte) bool {
	return (c|0x20)-'a' < 26 || c-'0' < 10
}

func lowerByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// Same tells whether two names are the same to a search: whatever the case of their
// letters, their accents, and the blanks between their words.
func Same(a, b string) bool { return a == b || Fold(a) == Fold(b) }

// Fold gives the form by which a name is compared.
func Fold(name string) string {
	name = strings.Join(strings.Fields(compose(name)), " ")
	out := make([]byte, 0, len(name))
	for _, r := range name {
		switch {
		case r < utf8.RuneSelf:
			out = append(out, lowerByte(byte(r)))
		case !isAccent(r):
			out = fold(out, r)
		}
	}
	return string(out)
}
