package composer

import (
	"postea/tui/nav"
)

// whomMsg is the choice between the author of a message and the list that has
// drawn its answers to itself; "" leaves it at what the list asks for.
type whomMsg struct{ to string }

// askWhom asks who is to be answered, where the list has put itself in the
// place of the author.
func (m *Model) askWhom() nav.Cmd {
	if m.draft.Author == "" {
		return nil
	}
	return nav.Say(nav.Menu{
		Title: "The list asks for answers to itself", Hint: "answer",
		Items: []nav.Item{
			{Label: "Only the author", Detail: nav.Line(m.draft.Author), Msg: m.ask.Answer(whomMsg{m.draft.Author})},
			{Label: "The whole list", Detail: nav.Line(m.draft.To), Msg: m.ask.Answer(whomMsg{})},
		},
	})
}

func (m *Model) answerTo(msg whomMsg) {
	untouched := !m.dirty()
	m.draft.Author = ""
	if msg.to != "" {
		m.fields[inTo].Set(msg.to)
	}
	if untouched {
		m.save.done = m.version()
	}
}
