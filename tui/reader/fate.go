package reader

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/nav"
)

// fateMsg is news about what became of a message of one's own, or about what an
// invitation was answered by one.
type fateMsg struct {
	id         mail.ID
	now        *app.OutboxItem
	invitation *app.Invitation
	err        error
}

func (m *Model) askFate(of mail.OutboxID) nav.Cmd {
	var cmds []nav.Cmd
	for _, it := range m.items {
		o, inv := it.head.Outgoing, it.head.Invitation
		if (o == nil || o.ID != of) && (inv == nil || !inv.Answer) {
			continue
		}
		id := it.head.ID
		cmds = append(cmds, m.ask.Ask("fate "+id.String(), func(ctx context.Context) tea.Msg {
			msg, err := m.source.Open(ctx, id)
			return fateMsg{id, msg.Outgoing, msg.Invitation, err}
		}))
	}
	return nav.Batch(cmds...)
}

func (m *Model) tookFate(msg fateMsg) nav.Cmd {
	if it := m.find(msg.id); it != nil && msg.err == nil {
		it.head.Outgoing, it.head.Invitation = msg.now, msg.invitation
		m.arrange()
	}
	return nil
}
