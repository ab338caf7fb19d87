package inbox

import (
	"context"
	"errors"
	"slices"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/nav"
)

// noun is what a row of the list is.
func (m *Model) noun() string {
	if m.page.View.Single {
		return "message"
	}
	return "conversation"
}

func (m *Model) counted(n int) string { return app.Counted(n, m.noun()) }

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
		row, _ := m.Current()
		m.anchor, m.begin = m.list.Cursor, row.Thread
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

// moveRange keeps the range between the same conversations when others come
// above it; by is how far the cursor's has moved.
func (m *Model) moveRange(by int) {
	if m.anchor < 0 {
		return
	}
	if i := m.index(m.begin); i >= 0 {
		m.anchor = i
		return
	}
	m.anchor = min(max(m.anchor+by, 0), max(m.list.Total()-1, 0))
}

func (m *Model) span() (from, to int) {
	return min(m.anchor, m.list.Cursor), max(m.anchor, m.list.Cursor)
}

func (m *Model) unmark() {
	clear(m.marked)
	m.anchor = -1
}

// unmarkGone takes the selection from what is no longer in the list, where all of that is loaded.
func (m *Model) unmarkGone() {
	if len(m.marked) == 0 || m.page.More || len(m.page.Rows) < m.page.Total {
		return
	}
	here := m.picked()
	clear(m.marked)
	for _, r := range here {
		m.marked[r.Thread] = true
	}
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
	list := m.everyPicked()
	if list[0].ID != 0 {
		return f(list)
	}
	return m.withFirst(list, f)
}

// withFirst gives f the rows of a list whose first is not loaded: by it a verb sets or
// takes away, and knows the account.
func (m *Model) withFirst(list []app.Row, f func([]app.Row) nav.Cmd) nav.Cmd {
	place, first := m.place, list[0].Thread
	return nav.Hold(m.ask.Ask("range", func(ctx context.Context) tea.Msg {
		page, err := m.source.List(ctx, place, app.Window{Anchor: first, Limit: 1})
		if len(page.Rows) > 0 && page.Rows[0].Thread == first {
			list[0] = page.Rows[0]
		}
		return rangeMsg{list, err, f}
	}))
}

// everyPicked gives the selected rows, those that are not loaded only by their
// conversations.
func (m *Model) everyPicked() []app.Row {
	list := m.picked()
	if len(list) == len(m.marked) {
		return list
	}
	here := make(map[mail.ThreadID]bool, len(list))
	for _, r := range list {
		here[r.Thread] = true
	}
	var rest []mail.ThreadID
	for t := range m.marked {
		if !here[t] {
			rest = append(rest, t)
		}
	}
	slices.Sort(rest)
	for _, t := range rest {
		list = append(list, app.Row{Thread: t})
	}
	return list
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
	return nav.Hold(m.ask.Ask("range", func(ctx context.Context) tea.Msg {
		page, err := m.source.List(ctx, place, app.Window{Offset: from, Limit: to - from})
		return rangeMsg{page.Rows, err, f}
	}))
}

// selectAll selects the whole list, or nothing where everything is selected.
func (m *Model) selectAll() nav.Cmd {
	if m.selected() >= m.list.Total() && !m.page.More {
		m.unmark()
		return nil
	}
	m.anchor = -1
	return m.askThreads(m.source.Threads)
}

// threadsMsg brings conversations to be selected.
type threadsMsg struct {
	threads []mail.ThreadID
	err     error
}

func (m *Model) askThreads(which func(context.Context, app.Place) ([]mail.ThreadID, error)) nav.Cmd {
	in := m.place
	return nav.Hold(m.ask.Ask("threads", func(ctx context.Context) tea.Msg {
		list, err := which(ctx, in)
		return threadsMsg{list, err}
	}))
}

func (m *Model) mark(msg threadsMsg) nav.Cmd {
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	if len(msg.threads) == 0 {
		return nav.Say(nav.Toast{Text: nav.Words(errNothing), Error: true})
	}
	for _, t := range msg.threads {
		m.marked[t] = true
	}
	return nav.Done(m.counted(len(msg.threads)) + " selected")
}

var (
	errNothing = errors.New("nothing here matches")
	errSeveral = errors.New("these are of several accounts, and a copy stays in its own; select those of one account")
	errNoView  = errors.New("only a folder keeps how it is shown; g f goes to one")
)

// matchMsg brings a search by which to select.
type matchMsg struct{ text string }

func (m *Model) askMatching() nav.Cmd {
	return nav.Say(nav.Prompt{
		Title: "Select what matches", Hint: "select", Help: "words, from: subject: is:unread older:2w",
		Choices: []string{"is:unread", "is:read", "is:starred", "older:1m"},
		Then:    func(text string) tea.Msg { return m.ask.Answer(matchMsg{text}) },
	})
}

func (m *Model) selectMatching(text string) nav.Cmd {
	return m.askThreads(func(ctx context.Context, in app.Place) ([]mail.ThreadID, error) {
		return m.source.Matching(ctx, in, text)
	})
}
