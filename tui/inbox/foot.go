package inbox

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
)

// footLines is how many lines stand under the last row, to say that there is more
// at the server.
func (m *Model) footLines() int {
	if m.page.Older > 0 {
		return 1
	}
	return 0
}

func (m *Model) drawFoot(a widget.Area) {
	x := 5
	if m.Plain {
		x = 0
	}
	a.Fit(x, 0, a.Width()-x-1, theme.Style{Ink: theme.Dim}, m.older())
}

// older says what is at the server only.
func (m *Model) older() string {
	return app.Counted(m.page.Older, "older message") + " at the server only"
}

// atEnd tells whether the last row is in view, with more behind it at the server.
func (m *Model) atEnd() bool {
	_, to := m.list.Visible()
	return m.page.Older > 0 && to == m.list.Total()
}

// fetchOlder asks for more of the messages that the server alone has.
func (m *Model) fetchOlder() nav.Cmd {
	place := m.place
	return m.ask.Run(func(ctx context.Context) tea.Msg {
		said, err := m.source.FetchOlder(ctx, place)
		return saidMsg{words: said, err: err}
	})
}
