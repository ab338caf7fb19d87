package reader

import (
	"slices"
	"strings"

	"postea/internal/app"
	"postea/internal/reading"
	"postea/tui/keys"
	"postea/tui/nav"
)

// Mark tells what a search was about; it stands out in the text, and the keys
// for matches go to it.
func (m *Model) Mark(marks app.Marks) { m.marks = marks }

// toMatch goes to the next line with a match, up or down, and where there is none
// left to the next folded message that was found. After those it does what goes on
// to another conversation.
func (m *Model) toMatch(by int, then keys.Action) nav.Cmd {
	from := m.match + by
	if m.match < m.top || m.match >= m.top+m.size.Height { // it was scrolled away
		from = m.top
		if by < 0 {
			from = m.top - 1
		}
	}
	begin, found := from, -1
	if by < 0 {
		begin = 0
	}
	for i := range m.linesWith(m.marks.Find, begin) {
		if by < 0 && i > from {
			break
		}
		if m.lines[i].kind != textLine {
			continue
		}
		if found = i; by > 0 {
			break
		}
	}
	if found >= 0 {
		m.match, m.toItem = found, -1
		m.current = m.lines[found].item
		if found < m.top || found >= m.top+m.size.Height {
			m.scrollTo(found - m.size.Height/3)
		}
		return nil
	}
	for i := m.current + by; i >= 0 && i < len(m.items); i += by {
		if it := m.items[i]; !it.open && slices.Contains(m.hits, it.head.ID) {
			return m.goTo(i)
		}
	}
	return nav.Say(nav.Run{Action: then})
}

// holds tells whether a text says what was searched for.
func holds(text []reading.TextLine, marks app.Marks) bool {
	var all strings.Builder
	for _, t := range text {
		all.WriteString(allWords(t) + "\n")
	}
	return len(marks.Find(all.String())) > 0
}
