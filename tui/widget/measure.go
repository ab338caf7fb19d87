package widget

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

const (
	replacement = "\uFFFD"
	tabWidth    = 4
)

// Measure counts cells. The zero value counts by code point, as terminals do
// that have not said otherwise; Clusters is set once the terminal has
// confirmed mode 2027.
type Measure struct{ Clusters bool }

func (m Measure) method() ansi.Method {
	if m.Clusters {
		return ansi.GraphemeWidth
	}
	return ansi.WcWidth
}

// Next takes the first grapheme cluster off s: what to draw for it, how many
// bytes of s it is and how many cells it takes, which is never zero. s must
// not be empty.
func (m Measure) Next(s string) (shown string, size, width int) {
	c := s[0]
	if c < utf8.RuneSelf && (len(s) == 1 || s[1] < utf8.RuneSelf) {
		switch {
		case c == '\t':
			return strings.Repeat(" ", tabWidth), 1, tabWidth
		case c < 0x20 || c == 0x7f:
			return replacement, 1, 1
		}
		return s[:1], 1, 1
	}
	cluster, width := ansi.FirstGraphemeCluster(s, m.method())
	if !utf8.ValidString(cluster) { // a broken byte joins what stands before it
		r, n := utf8.DecodeRuneInString(s)
		cluster, width = s[:n], m.method().StringWidth(s[:n])
		if r == utf8.RuneError {
			return replacement, n, 1
		}
	}
	if cluster == "" {
		return replacement, 1, 1
	}
	shown = visible(cluster)
	if !m.Clusters {
		shown = apart(shown)
	}
	if shown != cluster {
		width = m.method().StringWidth(shown)
	}
	if width <= 0 {
		return replacement, len(cluster), 1
	}
	return shown, len(cluster), width
}

// visible replaces a cluster that begins with something that must not be drawn,
// and takes such things out of the middle of others.
func visible(cluster string) string {
	first, _ := utf8.DecodeRuneInString(cluster)
	if first == utf8.RuneError || unicode.IsControl(first) || hidden(first) {
		return replacement
	}
	if strings.IndexFunc(cluster, func(r rune) bool { return unicode.IsControl(r) || hidden(r) }) < 0 {
		return cluster
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || hidden(r) {
			return -1
		}
		return r
	}, cluster)
}

// apart takes out of an emoji what joins it to the next one or varies it.
// Terminals that have not said how they count such clusters disagree about
// them by several cells; about the parts they agree.
func apart(cluster string) string {
	first, n := utf8.DecodeRuneInString(cluster)
	if n == len(cluster) || !unicode.In(first, unicode.So, unicode.Sk) {
		return cluster
	}
	return strings.Map(func(r rune) rune {
		if r == 0x200d || r == 0xfe0e || r == 0xfe0f || r >= 0x1f3fb && r <= 0x1f3ff {
			return -1
		}
		return r
	}, cluster)
}

// hidden tells of format characters that show nothing themselves. The joiners
// U+200C and U+200D are needed inside words and emoji.
func hidden(r rune) bool {
	switch {
	case r < 0xa0, r == 0x200c, r == 0x200d:
		return false
	case r == 0x2028, r == 0x2029, r == 0x2800, r == 0x3164, r == 0x115f, r == 0x1160, r == 0xffa0, r == 0x034f:
		return true
	}
	return unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// Width is the number of cells that s takes on one line.
func (m Measure) Width(s string) int {
	w := 0
	for len(s) > 0 {
		_, n, cw := m.Next(s)
		w += cw
		s = s[n:]
	}
	return w
}

// Cut gives the longest start of s that fits width cells, and its width.
func (m Measure) Cut(s string, width int) (string, int) {
	w := 0
	for i := 0; i < len(s); {
		_, n, cw := m.Next(s[i:])
		if w+cw > width {
			return s[:i], w
		}
		w += cw
		i += n
	}
	return s, w
}

// Fit gives s, shortened with tail at its end where it is wider than width.
func (m Measure) Fit(s string, width int, tail string) string {
	if len(s) <= width && isASCII(s) || m.Width(s) <= width {
		return s
	}
	room := width - m.Width(tail)
	if room < 0 {
		return ""
	}
	head, _ := m.Cut(s, room)
	return strings.TrimRight(head, " ") + tail
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf || s[i] < 0x20 || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// Wrap breaks s, which holds no line break, into lines of at most width cells:
// after blanks where it can, else between clusters. Every line is a piece of s
// and together they are s.
func (m Measure) Wrap(s string, width int) []string {
	width = max(width, 1)
	var lines []string
	for {
		n := m.lineEnd(s, width)
		lines = append(lines, s[:n])
		s = s[n:]
		if s == "" {
			return lines
		}
	}
}

// lineEnd is the number of bytes of s that belong on its first line. Blanks at
// the end of a line may hang over the edge.
func (m Measure) lineEnd(s string, width int) int {
	w, i, breakAt := 0, 0, 0
	for i < len(s) {
		shown, n, cw := m.Next(s[i:])
		blank := shown == " "
		if w+cw > width && !blank {
			switch {
			case breakAt > 0:
				return breakAt
			case i == 0:
				return n // one cluster wider than the line
			}
			return i
		}
		w += cw
		i += n
		if blank || cw == 2 {
			breakAt = i
		}
	}
	return i
}
