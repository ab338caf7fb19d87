package reader

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/nav"
)

// Of a long conversation the texts come together, as the page is made anew for each
// answer, which is no matter for ten messages and one of minutes for thousands.
const (
	oneByOne = 8  // up to so many are asked for by themselves
	together = 64 // so many are asked for at once where there are more
)

type bodyMsg struct {
	id      mail.ID
	message app.Message
	text    []reading.TextLine
	laid    layoutKey
	hung    map[string]*hung
	send    string // to the terminal, before the text is drawn
	came    int    // of the item when it was asked for
	err     error
}

// bodiesMsg brings texts that were asked for together.
type bodiesMsg []bodyMsg

// fetch asks for the bodies of open messages, and lays out again what was laid
// out for another width.
func (m *Model) fetch() nav.Cmd { return m.askFor(m.wanted(true)) }

// fetchMore goes on with what is left.
func (m *Model) fetchMore() nav.Cmd { return m.askFor(m.wanted(false)) }

// wanted gives the open messages whose texts are not here as they are shown, from that at
// the top of the screen on; those that are not in the store only if they are to be
// asked for again.
func (m *Model) wanted(again bool) []*item {
	from := m.current
	if shown := m.visible(); len(shown) > 0 && !m.raw.on && m.toItem < 0 {
		from = shown[0].item
	}
	from = min(max(from, 0), len(m.items))
	var list []*item
	for _, it := range slices.Concat(m.items[from:], m.items[:from]) {
		want := m.layoutFor(it)
		if !it.open || want.width <= 0 || it.laid == want && !it.stale || it.failed.String() != "" || it.away && !again && it.told == it.came {
			continue
		}
		list = append(list, it)
	}
	return list
}

func (m *Model) askFor(list []*item) nav.Cmd {
	var cmds []nav.Cmd
	now, later := m.split(list)
	for _, it := range now {
		slot := "body " + it.head.ID.String()
		if (it.head.Body == nil || it.stale) && m.ask.Waiting(slot) {
			continue
		}
		cmds = append(cmds, m.ask.Ask(slot, m.fetching(it)))
	}
	const slot = "bodies"
	if len(later) == 0 || m.ask.Waiting(slot) {
		return nav.Batch(cmds...) // fetchMore goes on
	}
	var calls []func(context.Context) tea.Msg
	for _, it := range later[:min(together, len(later))] {
		calls = append(calls, m.fetching(it))
	}
	return nav.Batch(append(cmds, m.ask.Ask(slot, func(ctx context.Context) tea.Msg {
		var all bodiesMsg
		for _, call := range calls {
			if ctx.Err() != nil {
				break
			}
			all = append(all, call(ctx).(bodyMsg))
		}
		return all
	}))...)
}

// split tells which texts are asked for by themselves: where there are many, those on
// the screen.
func (m *Model) split(list []*item) (now, later []*item) {
	if len(list) <= oneByOne {
		return list, nil
	}
	seen := map[*item]bool{m.items[m.current]: true}
	if !m.raw.on {
		for _, l := range m.visible() {
			seen[m.items[l.item]] = true
		}
	}
	for _, it := range list {
		if seen[it] {
			now = append(now, it)
		} else {
			later = append(later, it)
		}
	}
	return now, later
}

func (m *Model) fetching(it *item) func(context.Context) tea.Msg {
	source, head, anew, came, want, g, before := m.source, it.head, it.stale, it.came, m.layoutFor(it), it.shownGallery(), it.hung
	sought := m.marks.OfText()
	found := it.laid.width == 0 && !sought.Empty() && slices.Contains(m.hits, head.ID)
	return func(ctx context.Context) tea.Msg {
		msg := bodyMsg{id: head.ID, message: head, laid: want, came: came}
		if head.Body == nil || anew {
			msg.message, msg.err = source.Open(ctx, head.ID)
		}
		if msg.err == nil && msg.message.Body != nil {
			msg.hung, msg.send = g.place(want.width, before)
			msg.text = msg.message.Body.Lines(want.width, want.options(msg.hung))
			if found && !holds(msg.text, sought) { // it may be in the quotes
				all := want
				all.quotes = true
				if text := msg.message.Body.Lines(all.width, all.options(msg.hung)); holds(text, sought) {
					msg.text, msg.laid = text, all
				}
			}
		}
		return msg
	}
}

// tookBodies takes texts, and makes the page anew with all of them.
func (m *Model) tookBodies(list ...bodyMsg) nav.Cmd {
	list = slices.DeleteFunc(list, func(msg bodyMsg) bool {
		it := m.find(msg.id)
		return it == nil || it.came != msg.came // what came since is asked for
	})
	if len(list) == 0 {
		return nil
	}
	again := slices.ContainsFunc(list, func(msg bodyMsg) bool {
		it := m.find(msg.id)
		return msg.err == nil && it.laid.width > 0 && msg.laid.again(it.laid)
	})
	if again {
		m.keepStand()
		m.match = -1 // it has another line
	}
	for _, msg := range list {
		m.tookBody(m.find(msg.id), msg)
	}
	m.arrange()
	if again {
		m.takeStand()
	}
	var cmds []nav.Cmd
	for _, msg := range list {
		if msg.err != nil {
			continue
		}
		if msg.send != "" {
			cmds = append(cmds, nav.Later(tea.Raw(msg.send)))
		}
		it := m.find(msg.id)
		cmds = append(cmds, m.fetchStale(it), m.askPictures(it, false))
	}
	return nav.Batch(append(cmds, m.markLater())...)
}

func (m *Model) tookBody(it *item, msg bodyMsg) {
	if msg.err != nil {
		it.failed = nav.Words(msg.err)
		return
	}
	unread := it.head.Unread
	it.head = msg.message
	it.head.Unread = it.head.Unread && unread
	it.away, it.stale, it.told = msg.message.Body == nil, false, msg.came
	if it.away {
		return
	}
	it.quotes = it.quotes || it.laid.width == 0 && msg.laid.quotes
	it.text, it.laid, it.hung = msg.text, msg.laid, msg.hung
	if m.passage.on && m.items[m.passage.item] == it { // its lines are others now
		m.EndSelection()
	}
}

// fetchStale lays out once more where the width changed in the meantime.
func (m *Model) fetchStale(it *item) nav.Cmd {
	if it.head.Body == nil || it.laid == m.layoutFor(it) {
		return nil
	}
	return m.fetch()
}
