package composer

import (
	tea "charm.land/bubbletea/v2"

	"postea/internal/reading"
	"postea/tui/nav"
)

type findMsg struct{ text string }

func (m *Model) askFind() nav.Cmd {
	text := m.find
	if selected := m.body.Selected(); m.focus == inBody && selected != "" && len(selected) < 100 {
		text = selected
	}
	return nav.Say(nav.Prompt{
		Title: "Find in the text", Hint: "find", Text: nav.Line(text),
		Then: func(text string) tea.Msg { return m.ask.Answer(findMsg{text}) },
	})
}

// findAgain selects the next place of what was looked for; without that it asks.
func (m *Model) findAgain() nav.Cmd {
	if m.find == "" {
		return m.askFind()
	}
	if !m.body.Search(m.find, false) {
		return nav.Say(nav.Toast{Text: reading.Line("“" + m.find + "” is not in the text"), Error: true})
	}
	if !m.fixed() {
		m.setFocus(inBody)
	}
	if m.body.Mode() == "normal" { // where nothing is selected unless one says so
		m.body.MoveTo(m.body.Offset() - len(m.body.Selected()))
	}
	return nil
}
