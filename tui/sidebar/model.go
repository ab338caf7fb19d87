package sidebar

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/widget"
)

// Source is what the sidebar asks the backend.
type Source interface {
	Sidebar(ctx context.Context) (app.Sidebar, error)
	MakeFolder(ctx context.Context, account, name string) (string, error)
	RenameFolder(ctx context.Context, id mail.FolderID, name string) (string, error)
	FolderLoss(ctx context.Context, id mail.FolderID) (app.FolderLoss, error)
	DeleteFolder(ctx context.Context, id mail.FolderID) (string, error)
	Subscribe(ctx context.Context, id mail.FolderID, on bool) (string, error)
	EmptyFolder(ctx context.Context, id mail.FolderID) (string, error)
	MoveInSidebar(ctx context.Context, id mail.FolderID, by int) error
	SetView(ctx context.Context, p app.Place, v app.View) error
	ForgetSearch(ctx context.Context, name string) (string, error)
}

// Model is the sidebar. It is a nav.Screen.
type Model struct {
	source Source
	ask    *nav.Asker
	data   app.Sidebar
	here   app.Place
	rows   []row
	list   widget.List
	stale  bool
	loaded bool
	held   mail.FolderID // the folder on which the button of the mouse is down
}

// Loaded is said with every answer.
type Loaded struct{ First bool }

type dataMsg struct {
	data app.Sidebar
	err  error
}

// New makes a sidebar.
func New(source Source, ask *nav.Asker) *Model { return &Model{source: source, ask: ask} }

// Start asks for the folders.
func (m *Model) Start() nav.Cmd { return m.reload() }

// Data is what the backend said last.
func (m *Model) Data() app.Sidebar { return m.data }

// Loaded tells whether the backend has answered yet.
func (m *Model) Loaded() bool { return m.loaded }

// Show marks a place as the one that is shown.
func (m *Model) Show(p app.Place) {
	m.here = p
	m.toHere()
}

// reload asks again. News that comes while an answer is awaited leads to one
// more question after it, so that a flood of news costs two.
func (m *Model) reload() nav.Cmd {
	if m.ask.Waiting("data") {
		m.stale = true
		return nil
	}
	return m.ask.Ask("data", func(ctx context.Context) tea.Msg {
		data, err := m.source.Sidebar(ctx)
		return dataMsg{data, err}
	})
}

// Take shows folders, also those that somebody else has asked for, and tells whether they
// are the first.
func (m *Model) Take(data app.Sidebar) (first bool) {
	first = !m.loaded
	m.data, m.loaded = data, true
	m.layout()
	return first
}

// Scope implements nav.Screen.
func (m *Model) Scope() keys.Scope { return keys.Sidebar }

// Pace implements nav.Screen.
func (m *Model) Pace(time.Time) time.Duration { return 0 }

// Head implements nav.Screen.
func (m *Model) Head(time.Time) nav.Head {
	return nav.Head{Hints: []keys.Action{keys.Open, keys.NewFolder, keys.RenameFolder, keys.DeleteFolder, keys.Favourite, keys.NextPane}}
}

// Changed implements nav.Screen.
func (m *Model) Changed(e event.Event) nav.Cmd {
	switch e.(type) {
	case event.MessagesChanged, event.FoldersChanged, event.DraftsChanged, event.OutboxChanged, event.AccountChanged, event.SearchesChanged, event.Overflow:
		return m.reload()
	}
	return nil
}

// Handle implements nav.Screen.
func (m *Model) Handle(msg tea.Msg) nav.Cmd {
	switch msg := msg.(type) {
	case dataMsg:
		var again nav.Cmd
		if m.stale {
			m.stale = false
			again = m.reload()
		}
		if msg.err != nil {
			return nav.Batch(again, nav.Failed(msg.err))
		}
		return nav.Batch(again, nav.Say(Loaded{m.Take(msg.data)}))
	case askedMsg:
		return m.run(msg.do)
	case lossMsg:
		return m.confirmDelete(msg)
	case emptyMsg:
		return m.confirmEmpty(msg)
	case doneMsg:
		if msg.err != nil {
			return nav.Failed(msg.err)
		}
		return nav.Done(msg.words)
	case nav.Size:
		m.list.Resize(len(m.rows), msg.Height)
	case nav.Mouse:
		return m.mouse(msg)
	}
	return nil
}

func (m *Model) mouse(msg nav.Mouse) nav.Cmd {
	if msg.Wheel != 0 {
		m.list.Scroll(msg.Wheel)
		return nil
	}
	i := m.list.Top + msg.Y
	held := m.held
	m.held = 0
	if i >= len(m.rows) || !m.rows[i].opens() {
		return nil
	}
	f := m.rows[i].folder
	if msg.Release {
		if f == nil || held == 0 {
			return nil
		}
		return m.drag(held, f.Place.Folder)
	}
	if f != nil && !m.rows[i].favourite {
		m.held = f.Place.Folder
	}
	m.list.To(i)
	return m.rows[i].open()
}

// Drop lets go of what is dragged.
func (m *Model) Drop() { m.held = 0 }

// drag moves a folder to the place of another that stands beside it.
func (m *Model) drag(id, to mail.FolderID) nav.Cmd {
	for _, a := range m.data.Accounts {
		i := slices.IndexFunc(a.Folders, func(f app.FolderItem) bool { return f.Place.Folder == id && f.Selectable })
		if i < 0 || a.Folders[i].Place.Role != mail.RoleNone {
			continue
		}
		var beside []mail.FolderID
		for _, f := range a.Folders {
			if f.Place.Role == mail.RoleNone && f.Place.Folder != 0 && parent(f) == parent(a.Folders[i]) {
				beside = append(beside, f.Place.Folder)
			}
		}
		by := slices.Index(beside, to) - slices.Index(beside, id)
		if by == 0 || !slices.Contains(beside, to) {
			return nil
		}
		return m.run(func(ctx context.Context) (string, error) { return "", m.source.MoveInSidebar(ctx, id, by) })
	}
	return nil
}

// parent is the name of the folder that a folder lies in.
func parent(f app.FolderItem) string {
	if i := strings.LastIndex(f.Place.Name, "/"); i >= 0 {
		return f.Place.Name[:i]
	}
	return ""
}

// Do implements nav.Screen.
func (m *Model) Do(a keys.Action, count int) nav.Cmd {
	n := max(count, 1)
	switch a {
	case keys.Down:
		m.step(n)
	case keys.Up:
		m.step(-n)
	case keys.Top:
		m.list.To(0)
		m.step(0)
	case keys.Bottom:
		m.list.To(len(m.rows))
		m.step(0)
	case keys.PageDown, keys.HalfDown:
		m.step(m.list.Page() / 2)
	case keys.PageUp, keys.HalfUp:
		m.step(-m.list.Page() / 2)
	case keys.Open:
		if m.list.Cursor < len(m.rows) {
			return m.rows[m.list.Cursor].open()
		}
	default:
		return m.arrange(a, n)
	}
	return nil
}

// step moves over n rows that can be opened.
func (m *Model) step(n int) {
	d := 1
	if n < 0 {
		d, n = -1, -n
	}
	for at := m.list.Cursor; ; at += d {
		if at < 0 || at >= len(m.rows) {
			if n == 0 && d == 1 && at >= len(m.rows) { // nothing below: look above
				m.step(-1)
			}
			return
		}
		if m.rows[at].opens() && (at != m.list.Cursor || n == 0) {
			m.list.To(at)
			if n--; n <= 0 {
				if m.onlyHeadingsAbove() {
					m.list.Top = 0
				}
				return
			}
		}
	}
}

// onlyHeadingsAbove tells whether scrolling to the top would show the cursor
// and the heading above it.
func (m *Model) onlyHeadingsAbove() bool {
	for _, r := range m.rows[:min(m.list.Cursor, len(m.rows))] {
		if r.opens() {
			return false
		}
	}
	return m.list.Cursor < m.list.Page()
}

// Folder finds a place by account and role; with an empty account, in the
// account of the place that is shown, or else the first.
func (m *Model) Folder(account string, role mail.Role) (app.Place, bool) {
	if account == "" {
		account = m.Account()
	}
	for _, a := range m.data.Accounts {
		if a.Name != account {
			continue
		}
		for _, f := range a.Folders {
			if f.Place.Role == role {
				return f.Place, true
			}
		}
	}
	return app.Place{}, false
}

// Awaited tells of an account, named as for Folder, whose folders are not known yet.
func (m *Model) Awaited(account string) bool {
	account = cmp.Or(account, m.Account())
	return slices.ContainsFunc(m.data.Accounts, func(a app.AccountItem) bool { return a.Name == account && a.Awaited })
}

// Account is the name of the account that is shown, or else of the first one.
func (m *Model) Account() string {
	if m.here.Kind == app.PlaceFolder && m.here.Account != "" {
		return m.here.Account
	}
	if len(m.data.Accounts) > 0 {
		return m.data.Accounts[0].Name
	}
	return ""
}
