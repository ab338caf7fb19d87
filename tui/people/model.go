package people

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/when"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/widget"
)

// Source is what the screen asks the backend.
type Source interface {
	FindContacts(ctx context.Context, typed string, limit int) ([]app.Contact, error)
	AddContacts(ctx context.Context, list []mail.Address, group string) error
	RemoveContacts(ctx context.Context, addresses []string) (app.Removed, error)
	RemoveGroup(ctx context.Context, name string) (app.Removed, error)
	PutBack(ctx context.Context, r app.Removed) error
	NewDraft(ctx context.Context, account string) (mail.Draft, error)
}

// most is how many contacts are listed; typing finds the others.
const most = 1000

// Model is the address book. It is a nav.Screen.
type Model struct {
	source  Source
	ask     *nav.Asker
	account string // to write from

	field   widget.Field
	items   []app.Contact
	typed   string      // for which items are
	later   keys.Action // what is to be done to the one that is found
	list    widget.List
	loaded  bool
	failed  app.Text
	removed *removal // last, to be put back
	size    nav.Size
}

// New makes an empty list; what is written goes out from account, or from the
// first one where it is empty.
func New(source Source, ask *nav.Asker, account string) *Model {
	return &Model{source: source, ask: ask, account: account}
}

type foundMsg struct {
	typed string
	list  []app.Contact
	err   error
}

// Start asks for the contacts.
func (m *Model) Start() nav.Cmd { return nav.Hold(m.find()) }

func (m *Model) find() nav.Cmd {
	typed := m.field.Text()
	return m.ask.Ask("find", func(ctx context.Context) tea.Msg {
		list, err := m.source.FindContacts(ctx, typed, most)
		return foundMsg{typed, list, err}
	})
}

// Scope implements nav.Screen.
func (m *Model) Scope() keys.Scope { return keys.People }

// Pace implements nav.Screen.
func (m *Model) Pace(time.Time) time.Duration { return 0 }

// Changed implements nav.Screen.
func (m *Model) Changed(e event.Event) nav.Cmd {
	switch e.(type) {
	case event.ContactsChanged, event.Overflow:
		return m.find()
	}
	return nil
}

func (m *Model) current() (app.Contact, bool) {
	if m.list.Cursor >= len(m.items) {
		return app.Contact{}, false
	}
	return m.items[m.list.Cursor], true
}

// Why implements nav.Screen.
func (m *Model) Why(a keys.Action) string {
	c, ok := m.current()
	switch a {
	case keys.Open, keys.RemoveContact, keys.NameContact:
		if m.ahead() {
			return ""
		}
	}
	switch a {
	case keys.Open, keys.RemoveContact:
		if !ok {
			return "There is nobody here"
		}
	case keys.NameContact:
		if !ok || c.Members != nil {
			return "There is nobody here to be named"
		}
	case keys.EditUndo:
		if m.removed == nil {
			return "Nobody was removed"
		}
	}
	return ""
}

// ahead tells whether it is not known yet whom what is typed means.
func (m *Model) ahead() bool { return m.field.Text() != m.typed }

// Do implements nav.Screen.
func (m *Model) Do(a keys.Action, count int) nav.Cmd {
	n := max(count, 1)
	switch a {
	case keys.Open, keys.NameContact, keys.RemoveContact:
		if m.ahead() {
			m.later = a
			return nav.Hold(m.find())
		}
	}
	switch a {
	case keys.Down:
		m.list.Move(n)
	case keys.Up:
		m.list.Move(-n)
	case keys.PageDown:
		m.list.Move(n * max(m.list.Page(), 1))
	case keys.PageUp:
		m.list.Move(-n * max(m.list.Page(), 1))
	case keys.Open:
		return m.write()
	case keys.AddContact:
		return m.askAdd()
	case keys.NameContact:
		return m.askName()
	case keys.RemoveContact:
		return m.remove()
	case keys.EditUndo:
		return m.putBack()
	case keys.Back:
		if m.field.Text() != "" {
			m.field.Set("")
			return m.find()
		}
		return nav.Say(nav.Back{})
	}
	return nil
}

type draftMsg struct {
	draft mail.Draft
	err   error
}

func (m *Model) write() nav.Cmd {
	c, ok := m.current()
	if !ok {
		return nil
	}
	to := []mail.Address{c.Raw}
	if c.Members != nil {
		to = c.Members
	}
	return nav.Hold(m.ask.Ask("draft", func(ctx context.Context) tea.Msg {
		d, err := m.source.NewDraft(ctx, m.account)
		d.To = mail.FormatAddresses(to)
		return draftMsg{d, err}
	}))
}

// keepMsg puts what was typed into the address book.
type keepMsg struct{ text string }

type doneMsg struct {
	words   string
	removed *removal
	back    *removal // what was put back
	err     error
}

type removal struct {
	name string
	what app.Removed
}

func (m *Model) askAdd() nav.Cmd {
	text := ""
	if typed := strings.TrimSpace(m.field.Text()); mail.CheckAddrSpec(typed) == "" {
		text = typed
	}
	return nav.Say(nav.Prompt{
		Title: "Add to the address book", Hint: "add", Help: "Ann Example <ann@example.org>", Text: text,
		Preview: preview, Then: func(text string) tea.Msg { return m.ask.Answer(keepMsg{text}) },
	})
}

func (m *Model) askName() nav.Cmd {
	c, ok := m.current()
	if !ok {
		return nil
	}
	text := c.Raw.String()
	if c.Raw.Name == "" {
		text = "<" + text + ">"
	}
	return nav.Say(nav.Prompt{
		Title: "Name and keep", Hint: "keep", Help: "the name before the address", Text: text,
		Preview: preview, Then: func(text string) tea.Msg { return m.ask.Answer(keepMsg{text}) },
	})
}

// preview says what would be kept.
func preview(text string, _ time.Time, _ when.Style) (string, bool) {
	list, err := mail.ParseAddressList(text)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nav.Line(first), false
	}
	if len(list) == 0 {
		return "", false
	}
	return nav.Line(mail.FormatAddresses(list)), true
}

func (m *Model) keep(text string) nav.Cmd {
	list, err := mail.ParseAddressList(text)
	if err != nil || len(list) == 0 {
		return nav.Failed(err)
	}
	return m.ask.Run(func(ctx context.Context) tea.Msg {
		return doneMsg{words: "Kept " + list[0].Label(), err: m.source.AddContacts(ctx, list, "")}
	})
}

func (m *Model) remove() nav.Cmd {
	c, ok := m.current()
	if !ok {
		return nil
	}
	return m.ask.Run(func(ctx context.Context) tea.Msg {
		if c.Members != nil {
			r, err := m.source.RemoveGroup(ctx, c.Raw.Name)
			return doneMsg{words: "Removed the group " + c.Raw.Name, removed: &removal{c.Raw.Name, r}, err: err}
		}
		r, err := m.source.RemoveContacts(ctx, []string{c.Raw.Address})
		return doneMsg{words: "Removed " + c.Raw.Label(), removed: &removal{c.Raw.Label(), r}, err: err}
	})
}

// putBack takes the last removal back.
func (m *Model) putBack() nav.Cmd {
	r := m.removed
	return m.ask.Run(func(ctx context.Context) tea.Msg {
		return doneMsg{words: "Put back " + r.name, back: r, err: m.source.PutBack(ctx, r.what)}
	})
}

// Handle implements nav.Screen.
func (m *Model) Handle(msg tea.Msg) nav.Cmd {
	before := m.field.Text()
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		m.field.Press(m.size.Measure, msg.String(), msg.Text)
	case tea.PasteMsg:
		m.field.Insert(strings.TrimSpace(msg.Content))
	case nav.Size:
		m.size = msg
		m.fit()
	case nav.Mouse:
		return m.mouse(msg)
	case foundMsg:
		m.took(msg)
		a := m.later
		m.later = keys.None
		if a == keys.None || msg.err != nil {
			return nil
		}
		if why := m.Why(a); why != "" {
			return nav.Say(nav.Toast{Text: reading.Line(why), Error: true})
		}
		return m.Do(a, 0)
	case keepMsg:
		return m.keep(msg.text)
	case draftMsg:
		if msg.err != nil {
			return nav.Failed(msg.err)
		}
		return nav.Say(nav.Compose{Draft: msg.draft})
	case doneMsg:
		if msg.err != nil {
			return nav.Failed(msg.err)
		}
		if msg.removed != nil || m.removed == msg.back {
			m.removed = msg.removed
		}
		return nav.Batch(nav.Done(nav.Line(msg.words)), m.find())
	}
	if m.field.Text() == before {
		return nil
	}
	m.list.To(0)
	return m.find()
}

func (m *Model) took(msg foundMsg) {
	m.loaded, m.failed = true, nav.Words(msg.err)
	if msg.err != nil {
		return
	}
	was, had := m.current()
	had = had && msg.typed == m.typed
	m.items, m.typed = msg.list, msg.typed
	m.fit()
	if i := slices.IndexFunc(m.items, func(c app.Contact) bool { return same(c, was) }); had && i >= 0 {
		m.list.To(i)
	}
}

// same tells whether two contacts are the same person, or the same group.
func same(a, b app.Contact) bool {
	if a.Members != nil || b.Members != nil {
		return a.Members != nil && b.Members != nil && a.Name.String() == b.Name.String()
	}
	return a.Raw.Address == b.Raw.Address
}

func (m *Model) mouse(ev nav.Mouse) nav.Cmd {
	if ev.Wheel != 0 {
		m.list.Move(ev.Wheel)
		return nil
	}
	i := m.list.Top + ev.Y - listAt
	if ev.Y < listAt || i >= len(m.items) {
		return nil
	}
	if i == m.list.Cursor {
		return m.write()
	}
	m.list.To(i)
	return nil
}
