package tuitest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui"
)

var _ tui.Backend = (*Backend)(nil)

// Backend is a mail store in memory. Its fields may be set before the start;
// afterwards Do changes them.
type Backend struct {
	Bus          event.Bus
	Accounts     []Account
	Messages     []*Message
	Drafted      []mail.Draft
	Clipped      []string // what the system's clipboard got
	Shown        map[mail.ID]app.Pictures
	Outgoing     []app.OutboxItem
	Journeys     map[mail.OutboxID]app.Journey
	States       []app.Status
	People       []app.Contact
	Discarded    []mail.Draft                // drafts that were discarded
	Rewritten    map[mail.DraftID]mail.Draft // as another window has written them
	Versions     []mail.Draft                // earlier states of any draft
	Spells       *app.Speller                // nil: no dictionary
	TemplateList []app.Template
	Elsewhere    []app.Contact            // what the query command finds
	Fail         map[string]error         // by method: what it returns instead
	Slow         map[string]time.Duration // by method: how long a change takes
	Hold         time.Duration            // the undo window of a send
	Sent         []mail.Draft
	MoreOutgoing int
	Redirected   []string                    // "failed to right"
	Left         []mail.ID                   // messages whose lists were left
	Opened       []string                    // links and attachments handed to the system
	Downloads    string                      // where attachments are saved; "" is ~/Downloads
	Saved        []string                    // attachments saved
	Fetching     map[mail.ID][]app.PartState // of messages that are here in part
	Stopped      []string                    // what of them is no longer fetched
	Ready        []string                    // accounts whose servers are being kept ready
	Calls        []string                    // what was asked for, by method
	Views        map[mail.FolderID]app.View
	Hidden       map[mail.FolderID]bool // folders that other programs do not show
	Searches     []app.SavedSearch
	Made         []app.NewRule
	History      []string
	Quiet        bool      // these are quiet hours
	Told         []string  // notices by the system
	Asked        app.Asked // what servers say to a search
	Bound        int       // how many rows a search finds at most; 0: all
	Away         bool      // the user is offline
	Older        int       // messages that the server alone has
	Awaited      bool      // no server has told anything yet
	Room         [2]int64  // used and there, of every account

	mu      sync.Mutex // guards everything above once the interface runs
	undo    []func() app.Undone
	removed []app.Contact // the address book before the last removal
	items   int
	drafts  mail.DraftID // the last number that was given
}

// Account is an account with its folders.
type Account struct {
	Name, Address, RealName string
	Signature               string
	Folders                 []mail.Folder
}

// Message is a message of the store.
type Message struct {
	ID       mail.ID
	Thread   mail.ThreadID
	Account  string
	Folder   mail.FolderID
	From     mail.Address
	To, Cc   []mail.Address
	Subject  string
	Date     time.Time
	Unread   bool
	Starred  bool
	Answered bool
	Muted    bool
	Pinned   bool
	Returned bool
	Labels   []string
	Away     bool   // the body is not in the store yet
	List     string // the list that draws answers to itself; "" for none
	Body     string // text after the header, or a whole MIME entity where MIME is set
	MIME     string // header fields of the body
	Files    []app.Attachment
	Warnings []string
	Also     func(*app.Message) // adds to what Open gives
}

// Do changes the store and then tells everybody to look again.
func (b *Backend) Do(f func()) {
	b.mu.Lock()
	f()
	b.mu.Unlock()
	b.Bus.Publish(event.Overflow{})
}

// Close ends the events.
func (b *Backend) Close() { b.Bus.Close() }

// Events implements tui.Backend.
func (b *Backend) Events() *event.Subscription { return b.Bus.Subscribe() }

// enter takes the lock and notes the call; the error is the one set for it.
func (b *Backend) enter(method string) error {
	b.mu.Lock()
	b.Calls = append(b.Calls, method)
	return b.Fail[method]
}

// Sidebar implements tui.Backend.
func (b *Backend) Sidebar(context.Context) (app.Sidebar, error) {
	defer b.mu.Unlock()
	if err := b.enter("Sidebar"); err != nil {
		return app.Sidebar{}, err
	}
	s := app.Sidebar{Searches: slices.Clone(b.Searches), Offline: b.Away, Undo: len(b.undo) > 0}
	for _, a := range b.Accounts {
		item := app.AccountItem{Name: a.Name, Label: reading.Line(a.Name), Used: b.Room[0], Room: b.Room[1], Awaited: b.Awaited}
		for _, f := range a.Folders {
			p := app.Place{Account: a.Name, Folder: f.ID, Name: f.Name, Role: f.Role}
			fi := app.FolderItem{Place: p, Label: reading.Line(f.Leaf()), Depth: f.Depth(), Selectable: f.Selectable, Subscribed: !b.Hidden[f.ID], View: b.Views[f.ID]}
			for _, m := range b.Messages {
				if m.Folder == f.ID {
					fi.Total++
					if m.Unread {
						fi.Unread++
					}
				}
			}
			if f.Role == mail.RoleInbox {
				s.InboxUnread += fi.Unread
			}
			item.Folders = append(item.Folders, fi)
			if fi.View.Favourite {
				s.Favourites = append(s.Favourites, fi)
			}
		}
		s.Accounts = append(s.Accounts, item)
	}
	for _, o := range b.Outgoing {
		switch o.State {
		case mail.ItemSending:
			s.Outbox.Sending++
		case mail.ItemHeld, mail.ItemQueued, mail.ItemDeferred:
			s.Outbox.Waiting++
			if o.State == mail.ItemQueued || o.HeldFor == mail.HeldForUndo {
				s.Outbox.Soon++
			}
		case mail.ItemBlocked, mail.ItemUnsure, mail.ItemRejected:
			s.Outbox.NeedsYou++
		}
	}
	return s, nil
}

func (b *Backend) in(p app.Place, m *Message) bool {
	if !m.says(p.Query) {
		return false
	}
	switch p.Kind {
	case app.PlaceEverywhere:
		return p.Query != ""
	case app.PlaceStarred:
		return m.Starred
	case app.PlaceAllInboxes:
		return b.role(m.Folder) == mail.RoleInbox
	}
	return m.Folder == p.Folder
}

// says is the search of this store: all words, anywhere, and is:unread.
func (m *Message) says(query string) bool {
	all := strings.ToLower(m.From.String() + " " + mail.FormatAddresses(m.To) + " " + m.Subject + " " + m.Body)
	for w := range strings.FieldsSeq(strings.ToLower(query)) {
		if w == "is:unread" && m.Unread {
			continue
		}
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}

// Coverage implements tui.Backend.
func (b *Backend) Coverage(context.Context) (app.Coverage, error) {
	defer b.mu.Unlock()
	if err := b.enter("Coverage"); err != nil {
		return app.Coverage{}, err
	}
	c := app.Coverage{Messages: len(b.Messages), Older: b.Older}
	for _, m := range b.Messages {
		if m.Away {
			c.NoBodies++
		}
	}
	return c, nil
}

func (b *Backend) role(id mail.FolderID) mail.Role {
	for _, a := range b.Accounts {
		for _, f := range a.Folders {
			if f.ID == id {
				return f.Role
			}
		}
	}
	return ""
}

func (b *Backend) folder(account string, role mail.Role) mail.FolderID {
	for _, a := range b.Accounts {
		for _, f := range a.Folders {
			if a.Name == account && f.Role == role {
				return f.ID
			}
		}
	}
	return 0
}

// rows makes the whole list of a place.
func (b *Backend) rows(p app.Place) (rows []app.Row, unread, count int) {
	at := map[mail.ThreadID]int{}
	for _, m := range b.Messages {
		if !b.in(p, m) {
			continue
		}
		count++
		if m.Unread {
			unread++
		}
		thread := m.Thread
		if b.Views[p.Folder].Single {
			thread = mail.Alone(m.ID)
		}
		i, ok := at[thread]
		if !ok {
			i = len(rows)
			at[thread] = i
			rows = append(rows, app.Row{Thread: thread})
		}
		r := &rows[i]
		r.Count++
		r.Unread = r.Unread || m.Unread
		r.Starred = r.Starred || m.Starred
		r.Attachments = r.Attachments || len(m.Files) > 0
		if !m.Date.Before(r.Date) {
			r.ID, r.Account, r.Folder, r.Role = m.ID, m.Account, m.Folder, b.role(m.Folder)
			r.Who, r.Subject, r.Snippet = b.who(m), reading.Line(m.Subject), m.snippet()
			r.Date, r.Answered, r.Muted, r.Returned = m.Date, m.Answered, m.Muted, m.Returned
			r.Labels = nil
			for _, l := range m.Labels {
				r.Labels = append(r.Labels, reading.Line(l))
			}
		}
		r.Pinned = r.Pinned || m.Pinned
	}
	slices.SortStableFunc(rows, func(x, y app.Row) int {
		if x.Pinned != y.Pinned {
			if x.Pinned {
				return -1
			}
			return 1
		}
		switch b.Views[p.Folder].Sort {
		case app.SortOldest:
			return x.Date.Compare(y.Date)
		case app.SortUnread:
			if x.Unread && !y.Unread {
				return -1
			}
			if y.Unread && !x.Unread {
				return 1
			}
		}
		return cmp.Or(y.Date.Compare(x.Date), cmp.Compare(y.ID, x.ID))
	})
	return rows, unread, count
}

func (b *Backend) who(m *Message) app.Text {
	if r := b.role(m.Folder); (r == mail.RoleSent || r == mail.RoleDrafts) && len(m.To) > 0 {
		return reading.Line(m.To[0].Label())
	}
	return reading.Line(m.From.Label())
}

func (m *Message) snippet() app.Text {
	if m.MIME != "" {
		return reading.Parse(m.raw()).Snippet(120)
	}
	return reading.Line(strings.Join(strings.Fields(m.Body), " "))
}

func (m *Message) raw() []byte {
	mime := m.MIME
	if mime == "" {
		mime = "Content-Type: text/plain; charset=utf-8\n"
	}
	return []byte(mime + "\n" + m.Body)
}

// List implements tui.Backend.
func (b *Backend) List(_ context.Context, p app.Place, w app.Window) (app.Page, error) {
	defer b.mu.Unlock()
	if err := b.enter("List"); err != nil {
		return app.Page{}, err
	}
	rows, unread, count := b.rows(p)
	at := w.Offset
	if w.Anchor != 0 {
		if i := slices.IndexFunc(rows, func(r app.Row) bool { return r.Thread == w.Anchor }); i >= 0 {
			at = max(0, i-w.Offset)
		}
	}
	at = min(at, max(len(rows)-1, 0))
	end := min(len(rows), at+w.Limit)
	page := app.Page{Offset: at, Rows: slices.Clone(rows[at:end]), Total: len(rows), Unread: unread, Count: count, View: b.Views[p.Folder]}
	page.Awaited = b.Awaited && len(rows) == 0
	if p.Query == "" {
		page.Older = b.Older
		return page, nil
	}
	if most := min(at+w.Limit, b.Bound); b.Bound > 0 && most < len(rows) {
		page.Offset = min(at, most-1)
		page.Rows, page.Total, page.More = slices.Clone(rows[page.Offset:most]), most, true
	}
	page.Marks = app.ParseMarks(p.Query, time.Time{})
	for i, r := range page.Rows {
		page.Rows[i].Hits = b.hits(r.Thread, p.Query)
	}
	if p.Kind == app.PlaceEverywhere {
		for i, r := range page.Rows {
			page.Rows[i].Where = reading.Line(string(r.Role))
		}
	}
	if strings.Contains(p.Query, "is:purple") {
		page.Problem = reading.Line(`is: knows unread read starred answered forwarded draft sent, not "purple"`)
	}
	return page, nil
}

func (b *Backend) person(a mail.Address) app.Person {
	p := app.Person{Name: reading.Line(a.Name), Address: reading.Line(a.Address)}
	for _, acc := range b.Accounts {
		p.Me = p.Me || strings.EqualFold(acc.Address, a.Address)
	}
	return p
}

func (b *Backend) people(list []mail.Address) []app.Person {
	var out []app.Person
	for _, a := range list {
		out = append(out, b.person(a))
	}
	return out
}

func (b *Backend) head(m *Message) app.Message {
	return app.Message{
		ID: m.ID, Thread: m.Thread, Account: m.Account, Folder: m.Folder, Role: b.role(m.Folder),
		From: []app.Person{b.person(m.From)}, To: b.people(m.To), Cc: b.people(m.Cc),
		Subject: reading.Line(m.Subject), Date: m.Date, Unread: m.Unread, Starred: m.Starred, Snippet: m.snippet(),
	}
}

// Conversation implements tui.Backend.
func (b *Backend) Conversation(_ context.Context, _ app.Place, t mail.ThreadID) (app.Conversation, error) {
	defer b.mu.Unlock()
	if err := b.enter("Conversation"); err != nil {
		return app.Conversation{}, err
	}
	var c app.Conversation
	for _, m := range b.Messages {
		if m.Thread == t || mail.Alone(m.ID) == t {
			c.Messages = append(c.Messages, b.head(m))
		}
	}
	if len(c.Messages) == 0 {
		return c, errors.New("no such conversation")
	}
	slices.SortStableFunc(c.Messages, func(x, y app.Message) int { return x.Date.Compare(y.Date) })
	c.Subject = c.Messages[len(c.Messages)-1].Subject
	return c, nil
}

// Neighbour implements tui.Backend.
func (b *Backend) Neighbour(_ context.Context, in app.Place, t mail.ThreadID, n int) (mail.ThreadID, bool, error) {
	defer b.mu.Unlock()
	if err := b.enter("Neighbour"); err != nil {
		return 0, false, err
	}
	rows, _, _ := b.rows(in)
	i := slices.IndexFunc(rows, func(r app.Row) bool { return r.Thread == t })
	if i < 0 || i+n < 0 || i+n >= len(rows) {
		return 0, false, nil
	}
	return rows[i+n].Thread, true, nil
}

type body struct{ m *reading.Message }

func (x body) Lines(width int, o reading.LayoutOptions) []reading.TextLine {
	return x.m.Lines(width, o)
}

func (x body) Links(other bool) []reading.Link {
	return x.m.Links(reading.LayoutOptions{PreferHTML: other})
}

func (x body) Versions() bool { return x.m.Versions() }

func (b *Backend) find(id mail.ID) (*Message, error) {
	for _, m := range b.Messages {
		if m.ID == id {
			return m, nil
		}
	}
	return nil, fmt.Errorf("message %v is gone", id)
}

// Open implements tui.Backend.
func (b *Backend) Open(_ context.Context, id mail.ID) (app.Message, error) {
	defer b.mu.Unlock()
	if err := b.enter("Open"); err != nil {
		return app.Message{}, err
	}
	m, err := b.find(id)
	if err != nil {
		return app.Message{}, err
	}
	out := b.head(m)
	if m.Away {
		out.Unreached = b.Away
		return out, nil
	}
	out.Here, out.Body, out.Attachments = true, body{reading.Parse(m.raw())}, m.Files
	_, out.HasPictures = b.Shown[id]
	for _, w := range m.Warnings {
		out.Warnings = append(out.Warnings, reading.Line(w))
	}
	if m.Also != nil {
		m.Also(&out)
	}
	return out, nil
}

// HeaderText implements tui.Backend.
func (b *Backend) HeaderText(_ context.Context, id mail.ID) ([]app.Text, error) {
	defer b.mu.Unlock()
	if err := b.enter("HeaderText"); err != nil {
		return nil, err
	}
	m, err := b.find(id)
	if err != nil {
		return nil, err
	}
	return []app.Text{
		reading.Line("From: " + m.From.String()), reading.Line("To: " + mail.FormatAddresses(m.To)),
		reading.Line("Subject: " + m.Subject), reading.Line("Date: " + m.Date.Format(time.RFC1123Z)),
	}, nil
}

// SourceText implements tui.Backend.
func (b *Backend) SourceText(_ context.Context, id mail.ID) ([]app.Text, error) {
	defer b.mu.Unlock()
	if err := b.enter("SourceText"); err != nil {
		return nil, err
	}
	m, err := b.find(id)
	if err != nil {
		return nil, err
	}
	var out []app.Text
	for l := range strings.SplitSeq(string(m.raw()), "\n") {
		out = append(out, reading.Line(l))
	}
	return out, nil
}
