package reader

import (
	"iter"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/reading"
	"postea/internal/when"
	"postea/tui/nav"
)

// Raw tells whether header fields, source or an attachment are shown in place
// of the conversation. There the keys of searching look in that text alone, for
// the letters as they are typed.
func (m *Model) Raw() bool { return m.raw.on }

// sought is what is looked for in a text that is shown.
type sought struct {
	text string
	at   int // the line where it was found last
}

func (s sought) find(text string) [][2]int { return spans(text, s.text) }

// seek is what is looked for in what is on the screen.
func (m *Model) seek() *sought {
	if m.raw.on {
		return &m.raw.sought
	}
	return &m.sought
}

type findMsg struct{ text string }

func (m *Model) askFind() nav.Cmd {
	where, text := "in this text", m.seek().text
	if !m.raw.on {
		where = "in what is unfolded here"
	}
	return nav.Say(nav.Prompt{
		Title: "Find", Hint: "find", Help: where + "; capitals make no difference", Text: text,
		Preview: func(text string, _ time.Time, _ when.Style) (string, bool) {
			switch n := len(slices.Collect(m.linesWith(sought{text: text}.find, 0))); n {
			case 0:
				return "not " + where, false
			case 1:
				return "in one line", true
			default:
				return "in " + app.Counted(n, "line"), true
			}
		},
		Then: func(text string) tea.Msg { return m.ask.Answer(findMsg{text}) },
	})
}

func (m *Model) findText(text string) nav.Cmd {
	*m.seek() = sought{text, m.top - 1}
	return m.toFound(1)
}

// toFound goes to the next line that holds what is looked for, and from the
// last one to the first.
func (m *Model) toFound(by int) nav.Cmd {
	s := m.seek()
	if s.text == "" {
		return m.askFind()
	}
	if !m.raw.on && (s.at < m.top-1 || s.at > m.top+m.size.Height) { // it was scrolled away
		if s.at = m.top - 1; by < 0 {
			s.at = m.top
		}
	}
	found := slices.Collect(m.linesWith(s.find, 0))
	if len(found) == 0 {
		if m.raw.on {
			return nav.Done("“" + s.text + "” is not in this text")
		}
		return nav.Done("“" + s.text + "” is not in what is unfolded here")
	}
	i, here := slices.BinarySearch(found, s.at)
	switch {
	case by < 0:
		i--
	case here:
		i++
	}
	i = (i + len(found)) % len(found)
	s.at = found[i]
	if !m.raw.on && m.lines[s.at].kind == textLine {
		m.current, m.toItem = m.lines[s.at].item, -1
	}
	if s.at < m.top || s.at >= m.top+m.size.Height {
		m.scrollTo(s.at - m.size.Height/3)
	}
	return nil
}

// linesWith gives the lines, from one on, in which something begins that is looked for. Where a
// line ends does not part words that the text has side by side.
func (m *Model) linesWith(find func(string) [][2]int, from int) iter.Seq[int] {
	return func(yield func(int) bool) {
		first := max(from, 0)
		for _, ok := m.joint(first - 1); ok; _, ok = m.joint(first - 1) {
			first--
		}
		var passage strings.Builder
		var begins []int // of its lines
		for ; first < len(m.lines); first += len(begins) {
			passage.Reset()
			begins = begins[:0]
			for i, more := first, true; more; i++ {
				begins = append(begins, passage.Len())
				passage.WriteString(m.shownText(m.lines[i]))
				var joint string
				if joint, more = m.joint(i); more {
					passage.WriteString(joint)
				}
			}
			last := -1
			for _, s := range find(passage.String()) {
				at, exact := slices.BinarySearch(begins, s[0])
				if !exact {
					at--
				}
				if at != last && first+at >= from && !yield(first+at) {
					return
				}
				last = at
			}
		}
	}
}

// shownText is the text of a line in which something can be looked for.
func (m *Model) shownText(l line) string {
	switch l.kind {
	case rawLine, fieldLine:
		return l.text
	case subjectLine:
		return m.subject.String()
	case viewLine:
		return allWords(m.raw.lines[l.n])
	case textLine:
		return allWords(m.items[l.item].text[l.n])
	}
	return ""
}

// around gives a line joined with those before and after it, as far as a text of n bytes that
// touches it reaches, and where the line begins therein.
func (m *Model) around(i, n int) (text string, at int) {
	text = m.shownText(m.lines[i])
	for j := i - 1; at < n; j-- {
		joint, ok := m.joint(j)
		if !ok {
			break
		}
		before := m.shownText(m.lines[j]) + joint
		text, at = before+text, at+len(before)
	}
	for j, more := i, 0; more < n; j++ {
		joint, ok := m.joint(j)
		if !ok {
			break
		}
		after := joint + m.shownText(m.lines[j+1])
		text, more = text+after, more+len(after)
	}
	return text, at
}

// joint is what stands between the words of a line and those of the next one; ok tells that
// these go on in the same passage.
func (m *Model) joint(i int) (joint string, ok bool) {
	if i < 0 || i+1 >= len(m.lines) {
		return "", false
	}
	l, next := m.textLineAt(i), m.textLineAt(i+1)
	if l == nil || next == nil || m.lines[i].item != m.lines[i+1].item || l.Depth != next.Depth || lineWords(*l) == "" || lineWords(*next) == "" {
		return "", false
	}
	if l.Goes == reading.OnWith {
		return "", true
	}
	return " ", true
}

// textLineAt is the line of a text; nil for a line of something else.
func (m *Model) textLineAt(i int) *reading.TextLine {
	switch l := m.lines[i]; l.kind {
	case viewLine:
		return &m.raw.lines[l.n]
	case textLine:
		return &m.items[l.item].text[l.n]
	}
	return nil
}

// found gives the places of what is looked for in a line, or else of what a search was about.
func (m *Model) found(i int) [][2]int {
	find, reach := m.marks.Find, m.marks.Reach()
	if seek := m.seek(); m.raw.on || seek.text != "" {
		find, reach = seek.find, len(seek.text)
	}
	if reach == 0 {
		return nil
	}
	text, at := m.around(i, reach)
	return within(find(text), at, len(m.shownText(m.lines[i])))
}

// within gives the parts of places that lie in n bytes from one on, counted from there.
func within(places [][2]int, from, n int) [][2]int {
	var out [][2]int
	for _, p := range places {
		if begin, end := max(p[0]-from, 0), min(p[1]-from, n); begin < end {
			out = append(out, [2]int{begin, end})
		}
	}
	return out
}

func allWords(t reading.TextLine) string {
	var s strings.Builder
	for _, span := range t.Spans {
		s.WriteString(span.Text)
	}
	return s.String()
}

// lower makes letters small as far as no place in the text is moved by that.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if small := unicode.ToLower(r); utf8.RuneLen(small) == utf8.RuneLen(r) {
			return small
		}
		return r
	}, s)
}

// spans finds a text in a line, whatever the case of its letters.
func spans(s, text string) [][2]int {
	if text == "" {
		return nil
	}
	s, text = lower(s), lower(text)
	var out [][2]int
	for at := 0; ; {
		i := strings.Index(s[at:], text)
		if i < 0 {
			return out
		}
		out = append(out, [2]int{at + i, at + i + len(text)})
		at += i + len(text)
	}
}
