package inbox

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/nav"
	"postea/tui/words"
)

func conversations(n int) string { return words.Count(n, "conversation") }

// toggle selects n rows from the cursor on, or takes the selection from them.
func (m *Model) toggle(n int) {
	for range n {
		row, ok := m.Current()
		if !ok {
			return
		}
		if m.marked[row.Thread] {
			delete(m.marked, row.Thread)
		} else {
			m.marked[row.Thread] = true
		}
		m.list.Move(1)
	}
}

// toggleRange begins a range at the cursor, or ends it and keeps its rows selected.
func (m *Model) toggleRange() {
	if m.anchor < 0 {
		m.anchor = m.list.Cursor
		return
	}
	from, to := m.span()
	for i := from; i <= to; i++ {
		if row, ok := m.at(i); ok {
			m.marked[row.Thread] = true
		}
	}
	m.anchor = -1
}

func (m *Model) span() (from, to int) {
	return min(m.anchor, m.list.Cursor), max(m.anchor, m.list.Cursor)
}

func (m *Model) unmark() {
	clear(m.marked)
	m.anchor = -1
}

func (m *Model) isMarked(i int, t mail.ThreadID) bool {
	if m.marked[t] {
		return true
	}
	if m.anchor < 0 {
		return false
	}
	from, to := m.span()
	return i >= from && i <= to
}

// selected is the number of selected conversations.
func (m *Model) selected() int {
	if m.anchor < 0 {
		return len(m.marked)
	}
	from, to := m.span()
	n := to - from + 1
	for t := range m.marked {
		if i := m.index(t); i < from || i > to {
			n++
		}
	}
	return n
}

func (m *Model) index(t mail.ThreadID) int {
	for i, r := range m.page.Rows {
		if r.Thread == t {
			return m.page.Offset + i
		}
	}
	return -1
}

// rangeMsg brings rows that were not loaded, and what to do with them.
type rangeMsg struct {
	rows []app.Row
	err  error
	then func([]app.Row) nav.Cmd
}

// withTargets gives f the rows that a verb is meant for: the selected ones, or
// count rows from the cursor on. Rows that are not loaded are fetched first.
func (m *Model) withTargets(count int, f func([]app.Row) nav.Cmd) nav.Cmd {
	if !m.Marking() {
		return m.rows(m.list.Cursor, min(m.list.Cursor+max(count, 1), m.list.Total()), f)
	}
	if m.anchor >= 0 {
		from, to := m.span()
		picked := m.picked()
		return m.rows(from, to+1, func(rows []app.Row) nav.Cmd { return f(merge(picked, rows)) })
	}
	if picked := m.picked(); len(picked) == len(m.marked) {
		return f(picked)
	}
	return m.rows(0, m.list.Total(), func(rows []app.Row) nav.Cmd { return f(m.only(rows)) })
}

func (m *Model) picked() []app.Row { return m.only(m.page.Rows) }

func (m *Model) only(rows []app.Row) []app.Row {
	var list []app.Row
	for _, r := range rows {
		if m.marked[r.Thread] {
			list = append(list, r)
		}
	}
	return list
}

func merge(a, b []app.Row) []app.Row {
	seen := map[mail.ThreadID]bool{}
	var list []app.Row
	for _, r := range append(append([]app.Row(nil), a...), b...) {
		if !seen[r.Thread] {
			seen[r.Thread] = true
			list = append(list, r)
		}
	}
	return list
}

// rows gives f the rows from one index to before another.
func (m *Model) rows(from, to int, f func([]app.Row) nav.Cmd) nav.Cmd {
	if from >= to {
		return nil
	}
	if from >= m.page.Offset && to <= m.page.Offset+len(m.page.Rows) {
		return f(append([]app.Row(nil), m.page.Rows[from-m.page.Offset:to-m.page.Offset]...))
	}
	place := m.place
	return m.ask.Ask("range", func(ctx context.Context) tea.Msg {
		page, err := m.source.List(ctx, place, app.Window{Offset: from, Limit: to - from})
		return rangeMsg{page.Rows, err, f}
	})
}

// everyRow is more rows than a search gives.
const everyRow = 1_000_000

// selectAll selects the whole list, or nothing where everything is selected.
func (m *Model) selectAll() nav.Cmd {
	if m.selected() >= m.list.Total() && !m.page.More {
		m.unmark()
		return nil
	}
	m.anchor = -1
	total := m.list.Total()
	if m.page.More {
		total = everyRow
	}
	return m.rows(0, total, func(rows []app.Row) nav.Cmd {
		for _, r := range rows {
			m.marked[r.Thread] = true
		}
		return nav.Done(conversations(len(rows)) + " selected")
	})
}
