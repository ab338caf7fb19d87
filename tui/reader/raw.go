package reader

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/tui/nav"
)

// rawView shows the header fields or the source in place of the conversation.
type rawView struct {
	on     bool
	source bool
	text   []app.Text
}

type rawMsg struct {
	source bool
	text   []app.Text
	err    error
}

// cycleRaw goes from the conversation to the header fields, the source, and back.
func (m *Model) cycleRaw() nav.Cmd {
	if len(m.items) == 0 {
		return nil
	}
	if m.raw.on && m.raw.source {
		m.closeRaw()
		return nil
	}
	id, source := m.items[m.current].head.ID, m.raw.on
	return m.ask.Ask("raw", func(ctx context.Context) tea.Msg {
		get := m.source.HeaderText
		if source {
			get = m.source.SourceText
		}
		text, err := get(ctx, id)
		return rawMsg{source, text, err}
	})
}

func (m *Model) tookRaw(msg rawMsg) nav.Cmd {
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	m.raw = rawView{on: true, source: msg.source, text: msg.text}
	m.top = 0
	m.arrange()
	return nil
}

// CloseRaw goes back from headers or source to the conversation; it tells
// whether either was shown.
func (m *Model) CloseRaw() bool {
	was := m.raw.on
	if was {
		m.closeRaw()
	}
	return was
}

func (m *Model) closeRaw() {
	m.raw, m.top, m.toItem = rawView{}, 0, m.current
	m.arrange()
}

func (m *Model) arrangeRaw() {
	m.lines = []line{{kind: gapLine}}
	width := max(m.size.Width-2*m.margin(), 1)
	for _, t := range m.raw.text {
		for _, piece := range m.measure().Wrap(t.String(), width) {
			m.lines = append(m.lines, line{kind: rawLine, text: piece})
		}
	}
	m.scrollTo(m.top)
}
