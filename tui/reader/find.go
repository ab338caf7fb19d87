package reader

import (
	"strings"
	"time"

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
			switch n := m.countFound(text); n {
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
	n := len(m.lines)
	for step := 1; step <= n; step++ {
		i := ((s.at+by*step)%n + n) % n
		if len(spans(m.shownText(m.lines[i]), s.text)) == 0 {
			continue
		}
		s.at = i
		if !m.raw.on {
			m.current, m.toItem = m.lines[i].item, -1
		}
		if i < m.top || i >= m.top+m.size.Height {
			m.scrollTo(i - m.size.Height/3)
		}
		return nil
	}
	if m.raw.on {
		return nav.Done("“" + s.text + "” is not in this text")
	}
	return nav.Done("“" + s.text + "” is not in what is unfolded here")
}

func (m *Model) countFound(text string) int {
	n := 0
	for _, l := range m.lines {
		if len(spans(m.shownText(l), text)) > 0 {
			n++
		}
	}
	return n
}

// shownText is the text of a line in which something can be looked for.
func (m *Model) shownText(l line) string {
	switch l.kind {
	case rawLine, fieldLine:
		return l.text
	case viewLine:
		return allWords(m.raw.lines[l.n])
	case textLine:
		return allWords(m.items[l.item].text[l.n])
	}
	return ""
}

func allWords(t reading.TextLine) string {
	var s strings.Builder
	for _, span := range t.Spans {
		s.WriteString(span.Text)
	}
	return s.String()
}

// spans finds a text in a line, whatever the case of its letters.
func spans(s, text string) [][2]int {
	if text == "" {
		return nil
	}
	if low := strings.ToLower(s); len(low) == len(s) { // else the places would not be those of s
		s, text = low, strings.ToLower(text)
	}
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
