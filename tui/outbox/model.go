package outbox

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/widget"
)

// Source is what the screens ask the backend.
type Source interface {
	Outbox(ctx context.Context) (app.OutboxPage, error)
	Journey(ctx context.Context, id mail.OutboxID) (app.Journey, error)
	Retry(ctx context.Context, id mail.OutboxID) error
	Settle(ctx context.Context, id mail.OutboxID) error
	CancelSend(ctx context.Context, id mail.OutboxID) error
	EditOutbox(ctx context.Context, id mail.OutboxID) (mail.Draft, error)
	SendNow(ctx context.Context, id mail.OutboxID) error
	Reschedule(ctx context.Context, id mail.OutboxID, text string) (time.Time, error)
	Redirect(ctx context.Context, id mail.OutboxID, failed, to string) (mail.OutboxID, error)
}

// Model is the list of outgoing messages. It is a nav.Screen.
type Model struct {
	source Source
	ask    *nav.Asker
	acts   acts
	items  []app.OutboxItem
	counts app.OutboxCounts
	more   int  // that are not among the items
	away   bool // the user is offline
	rows   []row
	list   widget.List // over rows
	loaded bool
	failed app.Text
	stale  bool
	size   nav.Size
	day    time.Time // for which the groups are made
}

// row is one line of the list: a heading, a gap, or part of an item.
type row struct {
	heading string
	item    int // -1: none
	second  bool
}

// starts tells whether an item begins on the row.
func (r row) starts() bool { return r.item >= 0 && !r.second }

type itemsMsg struct {
	page app.OutboxPage
	at   time.Time
	err  error
}

// New makes an empty list.
func New(source Source, ask *nav.Asker) *Model {
	return &Model{source: source, ask: ask, acts: acts{source, ask}}
}

// Start asks for the messages.
func (m *Model) Start() nav.Cmd { return nav.Hold(m.reload()) }

func (m *Model) reload() nav.Cmd {
	if m.ask.Waiting("items") {
		m.stale = true
		return nil
	}
	return m.ask.Ask("items", func(ctx context.Context) tea.Msg {
		page, err := m.source.Outbox(ctx)
		return itemsMsg{page, m.ask.Clock(), err}
	})
}

// Scope implements nav.Screen.
func (m *Model) Scope() keys.Scope { return keys.Outbox }

// Pace implements nav.Screen: what counts down on the screen sets it.
func (m *Model) Pace(now time.Time) time.Duration { return pace(m.items, now) }

func pace(items []app.OutboxItem, now time.Time) time.Duration {
	for _, it := range items {
		if it.State == mail.ItemSending && now.Sub(it.Began) < time.Minute {
			return time.Second
		}
		next := it.NextAttempt
		if it.State == mail.ItemHeld {
			next = it.NotBefore
		}
		if d := next.Sub(now); d > 0 && d < time.Minute {
			return time.Second
		}
	}
	return time.Minute
}

// Changed implements nav.Screen.
func (m *Model) Changed(e event.Event) nav.Cmd {
	switch e := e.(type) {
	case event.Progress:
		for i := range m.items {
			if m.items[i].ID == e.ID {
				m.items[i].Sent, m.items[i].Size = e.Sent, max(e.Total, m.items[i].Size)
			}
		}
	case event.OutboxChanged, event.AccountChanged, event.Overflow:
		return m.reload()
	}
	return nil
}

// Why implements nav.Screen.
func (m *Model) Why(a keys.Action) string {
	it, ok := m.current()
	if !ok {
		if isVerb(a) {
			return "There is no message here"
		}
		return ""
	}
	return why(a, it)
}

func (m *Model) current() (app.OutboxItem, bool) {
	if m.list.Cursor >= len(m.rows) || m.rows[m.list.Cursor].item < 0 {
		return app.OutboxItem{}, false
	}
	return m.items[m.rows[m.list.Cursor].item], true
}

// Do implements nav.Screen.
func (m *Model) Do(a keys.Action, count int) nav.Cmd {
	n, page := max(count, 1), max(m.list.Page()/m.pitch(), 1)
	switch a {
	case keys.Down:
		m.step(n)
	case keys.Up:
		m.step(-n)
	case keys.HalfDown, keys.PageDown:
		m.step(n * max(page/2, 1))
	case keys.HalfUp, keys.PageUp:
		m.step(-n * max(page/2, 1))
	case keys.Top:
		m.step(-len(m.rows))
	case keys.Bottom:
		m.step(len(m.rows))
	case keys.Back:
		return nav.Say(nav.Back{})
	default:
		if it, ok := m.current(); ok {
			return m.acts.do(a, it)
		}
	}
	return nil
}

// step moves over n items, or as many as there are.
func (m *Model) step(n int) {
	d := 1
	if n < 0 {
		d, n = -1, -n
	}
	for at := m.list.Cursor + d; n > 0 && at >= 0 && at < len(m.rows); at += d {
		if m.rows[at].starts() {
			m.list.To(at)
			n--
		}
	}
	m.show()
}

// show scrolls so that the whole item under the cursor is seen, and the first
// heading with the first item.
func (m *Model) show() {
	at := m.list.Cursor
	if m.pitch() > 1 && at+1 < len(m.rows) {
		m.list.To(at + 1)
		m.list.To(at)
	}
	if at <= 1 {
		m.list.Top = 0
	}
}

// Handle implements nav.Screen.
func (m *Model) Handle(msg tea.Msg) nav.Cmd {
	switch msg := msg.(type) {
	case itemsMsg:
		m.took(msg)
		if m.stale {
			m.stale = false
			return m.reload()
		}
	case draftMsg, doneMsg, verbMsg, laterMsg, correctMsg:
		return m.acts.handle(msg)
	case nav.Size:
		m.resize(msg)
	case nav.Mouse:
		return m.mouse(msg)
	}
	return nil
}

func (m *Model) mouse(ev nav.Mouse) nav.Cmd {
	if ev.Wheel != 0 {
		m.step(ev.Wheel / 3)
		return nil
	}
	i := m.list.Top + ev.Y - topGap
	if i < 0 || i >= len(m.rows) || m.rows[i].item < 0 {
		return nil
	}
	if m.rows[i].second {
		i--
	}
	if i == m.list.Cursor {
		return m.Do(keys.Open, 0)
	}
	m.list.To(i)
	return nil
}

// resize makes the rows anew where items take another number of lines now.
func (m *Model) resize(size nav.Size) {
	was, had := m.current()
	m.size = size
	m.group()
	m.fit()
	for i, r := range m.rows {
		if had && r.starts() && m.items[r.item].ID == was.ID {
			m.list.To(i)
		}
	}
	m.show()
}

func (m *Model) took(msg itemsMsg) {
	if msg.err != nil {
		m.failed = nav.Words(msg.err)
		return
	}
	was, had := m.current()
	m.items, m.counts, m.more, m.away = msg.page.Items, msg.page.Counts, msg.page.More, msg.page.Offline
	m.loaded, m.failed, m.day = true, app.Text{}, msg.at
	m.group()
	m.fit()
	at := -1
	for i, r := range m.rows {
		if r.starts() && (at < 0 || had && m.items[r.item].ID == was.ID) {
			at = i
		}
	}
	m.list.To(max(at, 0))
	m.show()
}

// group orders the items by what they need.
func (m *Model) group() {
	m.rows = m.rows[:0]
	names := []string{"NOW", "WAITING", "NEEDS YOU", "TODAY", "EARLIER"}
	for g, name := range names {
		first := true
		for i, it := range m.items {
			if groupOf(it, m.day, m.away) != g {
				continue
			}
			if first {
				if len(m.rows) > 0 {
					m.rows = append(m.rows, row{item: -1})
				}
				m.rows = append(m.rows, row{heading: name, item: -1})
				first = false
			}
			m.rows = append(m.rows, row{item: i})
			if m.pitch() > 1 {
				m.rows = append(m.rows, row{item: i, second: true})
			}
		}
	}
	if m.more > 0 {
		m.rows = append(m.rows, row{item: -1}, row{heading: app.Number(m.more) + " older ones are not shown; postea outbox lists them all", item: -1})
	}
}

func groupOf(it app.OutboxItem, now time.Time, away bool) int {
	switch it.State {
	case mail.ItemQueued:
		if away {
			return 1
		}
		return 0
	case mail.ItemSending:
		return 0
	case mail.ItemHeld:
		if it.HeldFor == mail.HeldForUndo {
			return 0
		}
		return 1
	case mail.ItemDeferred:
		return 1
	case mail.ItemBlocked, mail.ItemUnsure, mail.ItemRejected:
		return 2
	}
	done := it.Finished
	if done.IsZero() {
		done = it.Created
	}
	y, mo, d := done.In(now.Location()).Date()
	ny, nm, nd := now.Date()
	if y == ny && mo == nm && d == nd {
		return 3
	}
	return 4
}
