package inbox

import (
	"context"
	"math"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/widget"
)

// Source is what the list asks the backend.
type Source interface {
	List(ctx context.Context, p app.Place, w app.Window) (app.Page, error)
	Archive(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error)
	Delete(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error)
	Junk(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error)
	Move(ctx context.Context, in app.Place, t []mail.ThreadID, to mail.FolderID) (string, error)
	MoveByRole(ctx context.Context, in app.Place, t []mail.ThreadID, role mail.Role) (string, error)
	SetStarred(ctx context.Context, in app.Place, t []mail.ThreadID, on bool) (string, error)
	SetRead(ctx context.Context, in app.Place, t []mail.ThreadID, on bool) (string, error)
	Answer(ctx context.Context, id mail.ID, how app.Answering, only string) (mail.Draft, error)
	Copy(ctx context.Context, in app.Place, t []mail.ThreadID, to mail.FolderID) (string, error)
	Labels(ctx context.Context, in app.Place, t []mail.ThreadID) ([]app.Label, error)
	SetLabel(ctx context.Context, in app.Place, t []mail.ThreadID, name string, on bool) (string, error)
	Mute(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error)
	Pin(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error)
	Snooze(ctx context.Context, in app.Place, t []mail.ThreadID, text string) (string, error)
	Remind(ctx context.Context, in app.Place, t []mail.ThreadID, text string) (string, error)
	RulesFor(ctx context.Context, in app.Place, t mail.ThreadID) ([]app.RuleFor, error)
	MakeRule(ctx context.Context, in app.Place, t []mail.ThreadID, rule app.NewRule) (string, error)
	Rules() []app.Rule
	ForgetRule(ctx context.Context, name string) (string, error)
	RunRules(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error)
	MarkAllRead(ctx context.Context, in app.Place) (string, error)
	FetchOlder(ctx context.Context, in app.Place) (string, error)
	Threads(ctx context.Context, in app.Place) ([]mail.ThreadID, error)
	Matching(ctx context.Context, in app.Place, text string) ([]mail.ThreadID, error)
	Export(ctx context.Context, in app.Place, t []mail.ThreadID, path string) (string, error)
	ExportName(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error)
	Print(ctx context.Context, in app.Place, t []mail.ThreadID) (string, error)
	SetView(ctx context.Context, p app.Place, v app.View) error
	DraftOf(ctx context.Context, id mail.ID) (mail.Draft, error)
}

// Cursor is said when the cursor comes to stand on another conversation.
type Cursor struct {
	Row   app.Row
	Valid bool // false: the list is empty
	User  bool // the user moved it, or took away what it stood on
}

// Enter is said when the user opens the conversation under the cursor.
type Enter struct{ Row app.Row }

// How many rows are asked for at once: a few screens, so that scrolling seldom
// waits; of a search fewer, because it follows the typing.
const (
	listWindow   = 300
	searchWindow = 60
)

// nobody is no conversation's id: it differs from that of an empty list.
const nobody mail.ThreadID = math.MinInt64

// Model is the list. It is a nav.Screen.
type Model struct {
	source Source
	ask    *nav.Asker

	place    app.Place
	narrowed bool // page is still that of another place
	page     app.Page
	list     widget.List
	loaded   bool
	failed   app.Text
	focus    mail.ThreadID // to put the cursor on when the page comes
	said     mail.ThreadID // the conversation of the last Cursor
	deeper   bool          // the last page was asked for because a search had more
	deepest  bool          // and brought none
	held     bool          // the cursor stays on its conversation, also on the first row
	rested   bool          // so it does while that is not pushed out of sight
	busy     int           // changes under way
	stale    bool          // ask again when nothing is under way

	marked map[mail.ThreadID]bool
	anchor int                     // row where the range begins; -1 for none
	begin  mail.ThreadID           // the conversation of that row
	last   func([]app.Row) nav.Cmd // what the repeat key does
	Rows   string                  // "compact" or "comfortable"; "" is by the width
	Plain  bool                    // for a screen reader
	width  int
	height int
}

// New makes an empty list.
func New(source Source, ask *nav.Asker) *Model {
	return &Model{source: source, ask: ask, anchor: -1, marked: map[mail.ThreadID]bool{}}
}

// Place is what the list shows.
func (m *Model) Place() app.Place {
	p := m.place
	p.Kept = 0
	return p
}

// Keep has what is read stay where a search found it: by being read, it may be what
// is looked for no more.
func (m *Model) Keep(row app.Row) {
	if m.place.Query != "" {
		m.place.Kept = row.ID
	}
}

// Open shows another place, with the cursor on focus where that is not zero.
func (m *Model) Open(p app.Place, focus mail.ThreadID) nav.Cmd {
	m.place, m.focus, m.narrowed, m.held, m.rested = p, focus, false, focus != 0, false
	m.page, m.loaded, m.failed, m.stale = app.Page{}, false, app.Text{}, false
	m.list = widget.List{}
	m.list.Resize(0, m.rowsFit())
	m.said = nobody
	m.unmark()
	return m.query()
}

// Narrow shows another place, as a search that is being typed does: what is
// shown stays until the new rows are here, and no key waits for them.
func (m *Model) Narrow(p app.Place) nav.Cmd {
	m.place, m.focus, m.narrowed, m.held, m.rested = p, 0, true, false, false
	m.list.To(0)
	m.said = nobody
	m.unmark()
	return m.query()
}

// Settle makes what is typed from now on wait for the rows of the last Narrow.
func (m *Model) Settle() nav.Cmd {
	if !m.narrowed {
		return nil
	}
	return nav.Hold(m.query())
}

// Found tells what a search has found so far.
func (m *Model) Found() (total int, more, waiting bool, problem app.Text) {
	return m.page.Total, m.page.More, m.narrowed, m.page.Problem
}

// Marks is what a search wants marked in what it has found.
func (m *Model) Marks() app.Marks { return m.page.Marks }

// window is how many rows are asked for around the cursor, which may stand on the
// first or the last one that is seen.
func (m *Model) window() int {
	n := listWindow
	if m.place.Query != "" || m.place.Kind == app.PlaceEverywhere {
		n = searchWindow
	}
	return max(n, 2*m.rowsFit())
}

// Focus puts the cursor on a conversation, or where messages stand singly on one of it,
// once the list has been asked for it; keys wait for that.
func (m *Model) Focus(t mail.ThreadID, id mail.ID) nav.Cmd {
	if m.page.View.Single {
		t = mail.Alone(id)
	}
	m.focus, m.held = t, true
	m.ask.Drop("page")
	return m.refresh()
}

// Hold keeps the cursor on its conversation from now on, as the user has put it
// there. Until then, that of the first row is whatever has come last.
func (m *Model) Hold() { m.held = true }

// Rest is Hold for a conversation that has only been looked at: so much can come
// above it that the list shows that instead.
func (m *Model) Rest() { m.rested = true }

func (m *Model) stays() bool { return m.held || m.rested || m.list.Cursor > 0 }

// Loaded tells whether there is something to see.
func (m *Model) Loaded() bool { return m.loaded }

// Current is the row under the cursor; ok is false where it is not loaded.
func (m *Model) Current() (row app.Row, ok bool) { return m.at(m.list.Cursor) }

// Position is the cursor's place in the list, from 1, and the list's length.
func (m *Model) Position() (n, of int) { return m.list.Cursor + 1, m.list.Total() }

func (m *Model) at(i int) (app.Row, bool) {
	if i -= m.page.Offset; i < 0 || i >= len(m.page.Rows) {
		return app.Row{}, false
	}
	return m.page.Rows[i], true
}

// Scope implements nav.Screen.
func (m *Model) Scope() keys.Scope { return keys.List }

// Pace implements nav.Screen: dates change with the day.
func (m *Model) Pace(time.Time) time.Duration { return 10 * time.Minute }

// Changed implements nav.Screen.
func (m *Model) Changed(e event.Event) nav.Cmd {
	switch e := e.(type) {
	case event.MessagesChanged:
		if m.place.Kind == app.PlaceFolder && (e.Folder != m.place.Folder && e.Folder != 0) {
			return nil
		}
	case event.DraftsChanged:
		if m.place.Role != mail.RoleDrafts {
			return nil
		}
	case event.OutboxChanged:
		if m.place.Role != mail.RoleSent {
			return nil
		}
	case event.FoldersChanged:
		if m.place.Kind == app.PlaceFolder && e.Account != m.place.Account {
			return nil
		}
	case event.AccountChanged:
		if !m.page.Awaited {
			return nil
		}
	case event.Overflow:
	case event.IndexReady:
		if m.place.Query == "" {
			return nil
		}
	default:
		return nil
	}
	return m.refresh()
}

// refresh asks again, once the changes under way are done and the last answer
// is here.
func (m *Model) refresh() nav.Cmd {
	if m.busy > 0 || m.ask.Waiting("page") {
		m.stale = true
		return nil
	}
	return m.query()
}

type pageMsg struct {
	place app.Place
	page  app.Page
	err   error
}

// query asks for the window around the cursor. The conversation under the
// cursor is the anchor, so that it stays under it when others arrive above.
func (m *Model) query() nav.Cmd {
	m.stale, m.deeper = false, false
	place, window := m.place, m.window()
	w := app.Window{Offset: max(0, m.list.Cursor-window/2), Limit: window}
	switch row, ok := m.Current(); {
	case m.focus != 0:
		w.Anchor, w.Offset = m.focus, window/2
	case ok && m.stays():
		w.Anchor, w.Offset = row.Thread, m.list.Cursor-w.Offset
	}
	ask := m.ask.Ask("page", func(ctx context.Context) tea.Msg {
		page, err := m.source.List(ctx, place, w)
		return pageMsg{place, page, err}
	})
	if _, ok := m.Current(); (!ok || m.focus != 0) && !m.narrowed { // keys are for the row that is on its way
		return nav.Hold(ask)
	}
	return ask
}

func (m *Model) took(msg pageMsg) nav.Cmd {
	if msg.err != nil {
		m.failed = nav.Words(msg.err)
		return m.again()
	}
	if msg.place != m.place { // something else is kept since
		return m.query()
	}
	meant, anchor := !m.loaded || m.focus != 0, m.focus
	if row, ok := m.Current(); anchor == 0 && ok && m.stays() && !m.narrowed {
		anchor = row.Thread
	}
	m.deepest = m.deeper && msg.page.Total <= m.page.Total
	m.page, m.loaded, m.failed, m.focus, m.narrowed = msg.page, true, app.Text{}, 0, false
	m.unmarkGone()
	before := m.list.Cursor
	m.list.Resize(msg.page.Total, m.rowsFit())
	switch i := m.index(anchor); {
	case anchor == 0 || i < 0:
	case !m.held && before == 0 && i >= m.list.Page():
		m.rested = false
	default:
		if m.list.Top > 0 { // what comes above the first row is to be seen
			m.list.Top += i - before
		}
		m.list.To(i)
	}
	m.moveRange(m.list.Cursor - before)
	return nav.Batch(m.again(), m.sayCursor(meant), m.fill())
}

// again asks once more where there was news in the meantime.
func (m *Model) again() nav.Cmd {
	if !m.stale {
		return nil
	}
	return m.refresh()
}

// fill asks for rows where visible ones are missing.
func (m *Model) fill() nav.Cmd {
	if !m.loaded || m.ask.Waiting("page") || m.busy > 0 {
		return nil
	}
	from, to := m.list.Visible()
	if m.page.More && !m.deepest && to >= m.page.Total && m.page.Offset+len(m.page.Rows) == m.page.Total {
		ask := m.query() // a search tells of more only when it is scrolled to
		m.deeper = true
		return ask
	}
	if from >= m.page.Offset && to <= m.page.Offset+len(m.page.Rows) {
		return nil
	}
	if len(m.page.Rows) == 0 && m.page.Total > 0 && m.page.Offset == max(0, m.list.Cursor-m.window()/2) {
		return nil // the backend has no more than it said
	}
	return m.query()
}

// sayCursor says where the cursor stands, if that is news.
func (m *Model) sayCursor(user bool) nav.Cmd {
	row, ok := m.Current()
	if !m.loaded || row.Thread == m.said {
		return nil
	}
	if !ok && m.list.Total() > 0 {
		return nil // not loaded yet
	}
	m.said = row.Thread
	return nav.Say(Cursor{Row: row, Valid: ok, User: user})
}

// Handle implements nav.Screen.
func (m *Model) Handle(msg tea.Msg) nav.Cmd {
	switch msg := msg.(type) {
	case pageMsg:
		return m.took(msg)
	case changedMsg:
		return m.changed(msg)
	case unreadMsg:
		return m.tookUnread(msg)
	case draftMsg:
		if msg.err != nil {
			return nav.Failed(msg.err)
		}
		return nav.Say(nav.Compose{Draft: msg.draft})
	case rangeMsg:
		if msg.err != nil {
			return nav.Failed(msg.err)
		}
		return msg.then(msg.rows)
	case changeMsg:
		return m.apply(msg.rows, msg.change)
	case rulesForMsg:
		return m.pickRule(msg)
	case ruleMsg:
		return m.ruled(msg)
	case forgetRuleMsg:
		return m.forgetRule(msg.name)
	case labelsMsg:
		return m.pickLabel(msg)
	case threadsMsg:
		return m.mark(msg)
	case matchMsg:
		return m.selectMatching(msg.text)
	case viewMsg:
		return m.setView(msg.view)
	case exportMsg:
		return m.offerExport(msg)
	case exportToMsg:
		return m.export(msg)
	case saidMsg:
		if msg.err != nil {
			return nav.Failed(msg.err)
		}
		return nav.Done(msg.words)
	case nav.Size:
		m.width, m.height = msg.Width, msg.Height
		m.list.Resize(m.list.Total(), m.rowsFit())
		return m.fill()
	case nav.Mouse:
		m.Hold()
		return m.mouse(msg)
	}
	return nil
}

func (m *Model) mouse(msg nav.Mouse) nav.Cmd {
	if msg.Wheel != 0 {
		m.list.Scroll(msg.Wheel)
		return nav.Batch(m.sayCursor(true), m.fill())
	}
	i := m.list.Top + msg.Y/m.pitch()
	if i >= m.list.Total() {
		return nil
	}
	if i == m.list.Cursor {
		return m.open()
	}
	m.list.To(i)
	return m.sayCursor(true)
}
