package reader

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/when"
	"postea/tui/nav"
)

// Raw tells whether header fields, source or an attachment are shown in place
// of the conversation. There the keys of searching look in that text alone, for
// the letters as they are typed.
func (m *Model) Raw() bool { return m.raw.on }

type findMsg struct{ text string }

func (m *Model) askFind() nav.Cmd {
	return nav.Say(nav.Prompt{
		Title: "Find", Hint: "find", Help: "in this text; small and capital letters are the same", Text: m.raw.find,
		Preview: func(text string, _ time.Time, _ when.Style) (string, bool) {
			switch n := m.countFound(text); n {
			case 0:
				return "not in this text", false
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
	m.raw.find, m.raw.found = text, m.top-1
	return m.toFound(1)
}

// toFound goes to the next line that holds what is looked for, and from the
// last one to the first.
func (m *Model) toFound(by int) nav.Cmd {
	if m.raw.find == "" {
		return m.askFind()
	}
	n := len(m.lines)
	for step := 1; step <= n; step++ {
		i := ((m.raw.found+by*step)%n + n) % n
		if len(spans(m.rawText(m.lines[i]), m.raw.find)) == 0 {
			continue
		}
		m.raw.found = i
		if i < m.top || i >= m.top+m.size.Height {
			m.scrollTo(i - m.size.Height/3)
		}
		return nil
	}
	return nav.Done("“" + m.raw.find + "” is not in this text")
}

func (m *Model) countFound(text string) int {
	n := 0
	for _, l := range m.lines {
		if len(spans(m.rawText(l), text)) > 0 {
			n++
		}
	}
	return n
}

func (m *Model) rawText(l line) string {
	switch l.kind {
	case rawLine, fieldLine:
		return l.text
	case viewLine:
		var s strings.Builder
		for _, span := range m.raw.lines[l.n].Spans {
			s.WriteString(span.Text)
		}
		return s.String()
	}
	return ""
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
