package reading

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is text that may be written to a terminal: it can neither move the
// cursor nor reorder or hide what stands around it. Only this package makes
// one. The zero value is empty.
type Text struct{ s string }

// String gives the safe text.
func (t Text) String() string { return t.s }

// Line makes any text from outside into one safe line: line breaks and tabs
// become blanks, runs of blanks one blank, and the ends are trimmed.
func Line(s string) Text { return Text{clean(s, false)} }

// Block makes any text from outside safe and keeps its lines and tabs. CRLF
// and a lone CR become LF.
func Block(s string) Text { return Text{clean(s, true)} }

const (
	maxMarks = 8 // combining marks on one base: more climb over the lines above
	maxJoins = 8 // U+200D in one cluster: the longest emoji in use has five

	zwnj = '\u200c'
	zwj  = '\u200d'
)

func clean(s string, block bool) string {
	if plainASCII(s, block) {
		return s
	}
	c := cleaner{block: block}
	c.out.Grow(len(s))
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == '\r' && i+1 < len(s) && s[i+1] == '\n' {
			i++
			continue
		}
		c.add(r)
		i += n
	}
	out := c.out.String()
	if !block {
		out = strings.TrimSpace(out)
	}
	return out
}

// plainASCII tells whether clean would change nothing, which is so for most
// of what a list shows.
func plainASCII(s string, block bool) bool {
	blank := !block
	for i := range len(s) {
		c := s[i]
		switch {
		case c == ' ':
			if blank {
				return false
			}
		case c == '\n' || c == '\t':
			if !block {
				return false
			}
		case c < 0x20 || c >= 0x7f:
			return false
		}
		blank = !block && c == ' '
	}
	return !blank || s == ""
}

type cleaner struct {
	out     strings.Builder
	block   bool
	last    rune // last rune written
	joiner  rune // U+200C or U+200D waiting for a rune that needs it
	marks   int
	joins   int
	started bool
}

func (c *cleaner) add(r rune) {
	switch {
	case r == '\n' || r == '\t':
		if !c.block {
			r = ' '
		}
	case r == '\r' || r == '\v' || r == '\f' || r == '\u2028' || r == '\u2029':
		r = ' '
		if c.block {
			r = '\n'
		}
	case r < 0x20:
		r = 0x2400 + r // the control pictures, so that ESC is seen as one
	case r == 0x7f:
		r = '\u2421'
	case r >= 0x80 && r < 0xa0, isNonCharacter(r), r == '\u202d', r == '\u202e':
		r = utf8.RuneError
	case r == zwnj || r == zwj:
		if c.joiner == 0 {
			c.joiner = r
		}
		return
	case r == '\u2800': // Braille without dots: a blank that no trimming knows
		r = ' '
	case isInvisible(r):
		return
	}
	c.write(r)
}

func (c *cleaner) write(r rune) {
	if isMark(r) {
		if c.marks >= maxMarks {
			return
		}
		c.marks++
	} else {
		c.marks = 0
	}
	if r == ' ' && !c.block && (c.last == ' ' || !c.started) {
		c.joiner = 0
		return
	}
	c.join(r)
	c.out.WriteRune(r)
	c.last, c.started = r, true
}

// join writes the waiting joiner where both neighbours can need one: between
// emoji, and in scripts that join or stack their letters.
func (c *cleaner) join(r rune) {
	j := c.joiner
	c.joiner = 0
	if j == 0 || !needsJoiner(c.last) || !needsJoiner(r) {
		if !isMark(r) {
			c.joins = 0
		}
		return
	}
	if c.joins >= maxJoins {
		return
	}
	c.joins++
	c.out.WriteRune(j)
}

func needsJoiner(r rune) bool {
	return r >= 0x0600 && (unicode.In(r, unicode.L, unicode.M, unicode.So, unicode.Sk) || r == '\u2640' || r == '\u2642')
}

// isMark counts Hangul vowels and finals too: like marks they take no cell of
// their own.
func isMark(r rune) bool {
	return r >= 0x300 && (unicode.Is(unicode.M, r) || r >= 0x1160 && r <= 0x11ff || r >= 0xd7b0 && r <= 0xd7ff)
}

// isInvisible tells of characters that show nothing, and so can hide text, pad
// a name or reorder a line. Visible format characters of Arabic, Syriac and
// Kaithi are not among them.
func isInvisible(r rune) bool {
	switch {
	case r < 0xa0:
		return false
	case r == 0x034f, r == 0x115f, r == 0x1160, r == 0x17b4, r == 0x17b5, r == 0x3164, r == 0xffa0, r == 0x2065:
		return true
	case r >= 0x180b && r <= 0x180f, r >= 0xfff0 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe0fff:
		return true
	}
	return unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

func isNonCharacter(r rune) bool {
	return r >= 0xfdd0 && r <= 0xfdef || r&0xfffe == 0xfffe
}
