package reader

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/nav"
)

// fateMsg is news about what became of a message of one's own.
type fateMsg struct {
	id  mail.ID
	now *app.OutboxItem
	err error
}

func (m *Model) askFate(of mail.OutboxID) nav.Cmd {
	for _, it := range m.items {
		if it.head.Outgoing == nil || it.head.Outgoing.ID != of {
			continue
		}
		id := it.head.ID
		return m.ask.Ask("fate "+id.String(), func(ctx context.Context) tea.Msg {
			msg, err := m.source.Open(ctx, id)
			return fateMsg{id, msg.Outgoing, err}
		})
	}
	return nil
}

func (m *Model) tookFate(msg fateMsg) nav.Cmd {
	if it := m.find(msg.id); it != nil && msg.err == nil {
		it.head.Outgoing = msg.now
		m.arrange()
	}
	return nil
}
