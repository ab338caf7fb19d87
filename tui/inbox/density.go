package inbox

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postea/tui/nav"
)

const (
	compact     = "compact"
	comfortable = "comfortable"
)

// The widths from which on a row fits one line: in comfort, and at all.
const (
	oneLineWidth  = 76
	leastOneLine  = 56
	linesOfTwo    = 2
	linesWithAGap = 3
)

// wanted is how the rows are wanted: as the folder has it, or else as everywhere.
func (m *Model) wanted() string {
	if m.page.View.Rows != "" {
		return m.page.View.Rows
	}
	return m.Rows
}

// oneLine tells whether rows are on one line.
func (m *Model) oneLine() bool {
	switch {
	case m.Plain:
		return true
	case m.wanted() == comfortable:
		return false
	case m.wanted() == compact:
		return m.width >= leastOneLine
	}
	return m.width >= oneLineWidth
}

// pitch is the number of lines from one row to the next.
func (m *Model) pitch() int {
	switch {
	case m.oneLine():
		return 1
	case m.wanted() == compact:
		return linesOfTwo
	}
	return linesWithAGap
}

// rowsFit is the number of rows that fit; the blank line after the last one
// need not.
func (m *Model) rowsFit() int {
	height := m.height - m.footLines()
	if m.pitch() == 1 {
		return max(height, 1)
	}
	return max((height+m.pitch()-linesOfTwo)/m.pitch(), 1)
}

// ToggleDensity turns from compact to comfortable rows and back, from what is
// seen: for this folder where it has rows of its own, else everywhere.
func (m *Model) ToggleDensity() nav.Cmd {
	to := compact
	if m.pitch() < linesWithAGap {
		to = comfortable
	}
	v, place := m.page.View, m.place
	if v.Rows == "" {
		m.Rows = to
		m.list.Resize(m.list.Total(), m.rowsFit())
		return m.fill()
	}
	v.Rows = to
	m.page.View = v
	m.list.Resize(m.list.Total(), m.rowsFit())
	m.busy++
	return nav.Batch(m.fill(), m.ask.Run(func(ctx context.Context) tea.Msg {
		return changedMsg{err: m.source.SetView(ctx, place, v)}
	}))
}
