package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/tui/inbox"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/reader"
	"postea/tui/search"
	"postea/tui/sidebar"
)

// pane is one of the desk's parts.
type pane int

const (
	listPane pane = iota
	sidePane
	readPane
	findPane // the line of a search
)

// followRest is how long the cursor rests before the reader follows it, so that
// holding a key down does not open every conversation on the way.
const followRest = 120 * time.Millisecond

// listRest is how long the cursor stands on a conversation before that counts as
// looked at, so that new mail does not take its place.
const listRest = 2 * time.Second

// desk is the screen with folders, list and reader. The list always stands on
// the conversation that the reader shows, unless that one has left the list.
type desk struct {
	side *sidebar.Model
	list *inbox.Model
	read *reader.Model
	find *search.Model
	ask  *nav.Asker

	backend Backend

	focus   pane
	reading bool      // the reader lies over the list
	preview placement // where the reader stands beside the list
	chosen  bool      // the user has chosen preview
	folders bool      // the sidebar is wanted
	drawer  bool      // the sidebar lies over the list of a narrow screen
	plain   bool      // one pane at a time
	account string    // whose inbox is shown first; "": all
	size    nav.Size
	room    layout
}

type followMsg struct{ row app.Row }

// restMsg says that the cursor has stood on a conversation for a while.
type restMsg struct{ thread mail.ThreadID }

func newDesk(b Backend, o Options, asker func(func(tea.Msg) nav.Cmd) *nav.Asker) *desk {
	d := &desk{folders: true, backend: b, account: o.Account}
	d.preview, d.chosen = parsePlacement(o.Preview)
	d.ask = asker(func(m tea.Msg) nav.Cmd { return d.Handle(m) })
	d.side = sidebar.New(b, asker(func(m tea.Msg) nav.Cmd { return d.side.Handle(m) }))
	d.list = inbox.New(b, asker(func(m tea.Msg) nav.Cmd { return d.list.Handle(m) }))
	d.list.Rows, d.list.Plain, d.plain = o.Rows, o.Plain, o.Plain
	d.read = reader.New(b, asker(func(m tea.Msg) nav.Cmd { return d.read.Handle(m) }), reader.Options{Plain: o.Plain, Rest: o.Rest, KeepsRead: o.KeepUnread})
	d.find = search.New(b, asker(func(m tea.Msg) nav.Cmd { return d.find.Handle(m) }))
	return d
}

// screen gives that of a pane.
func (d *desk) screen(p pane) nav.Screen {
	switch p {
	case sidePane:
		return d.side
	case readPane:
		return d.read
	case findPane:
		return d.find
	}
	return d.list
}

// Scope implements nav.Screen.
func (d *desk) Scope() keys.Scope { return d.screen(d.focus).Scope() }

// Changed implements nav.Screen.
func (d *desk) Changed(e event.Event) nav.Cmd {
	return nav.Batch(d.side.Changed(e), d.list.Changed(e), d.read.Changed(e), d.find.Changed(e))
}

// Pace implements nav.Screen.
func (d *desk) Pace(now time.Time) time.Duration { return d.list.Pace(now) }

// Why implements nav.Screen.
func (d *desk) Why(a keys.Action) string {
	switch a {
	case keys.ForgetSearch:
		return d.side.Why(a)
	case keys.ForgetRule:
		return d.list.Why(a)
	}
	if d.focus == readPane {
		switch a {
		case keys.NextConversation:
			if n, of := d.list.Position(); n >= of && !(of > 0 && d.left()) {
				return "This is the last conversation"
			}
		case keys.PrevConversation:
			if n, _ := d.list.Position(); n <= 1 {
				return "This is the first conversation"
			}
		case keys.Archive, keys.Repeat:
			return d.list.Why(a)
		}
	}
	return d.screen(d.focus).Why(a)
}

// Handle implements nav.Screen.
func (d *desk) Handle(msg tea.Msg) nav.Cmd {
	switch msg := msg.(type) {
	case nav.Size:
		return d.resize(msg)
	case nav.Mouse:
		return d.mouse(msg)
	case inbox.Enter:
		return d.enter(msg.Row)
	case inbox.Cursor:
		return d.moved(msg)
	case followMsg:
		return d.show(msg.row)
	case restMsg:
		if row, ok := d.list.Current(); ok && row.Thread == msg.thread {
			d.list.Rest()
		}
		return nil
	case sidebar.Loaded:
		if msg.First {
			return d.begin()
		}
		return d.leaveGone()
	case roleMsg:
		return d.goneToRole(msg)
	case nav.Archived:
		if row, ok := d.list.Find(d.read.Thread()); ok && d.read.Shows(msg.ID) {
			return d.list.LeftInbox(row)
		}
		return nil
	case nav.OpenPlace:
		return d.open(msg.Place, msg.Focus)
	case saveSearchMsg:
		return d.saveSearch(msg)
	case savedMsg:
		if msg.err != nil {
			return nav.Failed(msg.err)
		}
		return nav.Done("Saved the search " + msg.name)
	case search.Changed:
		d.ask.Drop("follow") // to what was found of what was typed before
		return d.list.Narrow(msg.Place)
	case search.Accept:
		d.focus = listPane
		if settle := d.list.Settle(); settle != nil {
			return nav.Batch(settle, d.arrange()) // the cursor is told of when its row is here
		}
		return nav.Batch(d.arrange(), d.followNow())
	case search.Leave:
		return d.open(msg.Place, msg.Focus)
	case tea.KeyPressMsg, tea.PasteMsg:
		if d.focus == findPane {
			return d.find.Handle(msg)
		}
	}
	return nil
}

// begin opens the first list: the inbox of the account that is asked for, else all
// inboxes where there are several, else the inbox.
func (d *desk) begin() nav.Cmd {
	accounts := d.side.Data().Accounts
	if len(accounts) == 0 {
		return nil
	}
	if p, ok := d.side.Folder(d.account, mail.RoleInbox); ok && d.account != "" {
		return d.open(p, 0)
	}
	if len(accounts) > 1 {
		return d.open(app.Place{Kind: app.PlaceAllInboxes}, 0)
	}
	if p, ok := d.side.Folder("", mail.RoleInbox); ok {
		return d.open(p, 0)
	}
	for _, f := range accounts[0].Folders {
		if f.Selectable {
			return d.open(f.Place, 0)
		}
	}
	return d.open(app.Place{Kind: app.PlaceAllInboxes}, 0)
}

// open shows a list.
func (d *desk) open(p app.Place, focus mail.ThreadID) nav.Cmd {
	d.side.Show(p)
	if p.Kind == app.PlaceEverywhere && p.Query != "" {
		return d.openSearch(p)
	}
	keep := d.find.Close()
	d.reading, d.drawer, d.focus = false, false, listPane
	d.read.Clear()
	return nav.Batch(keep, d.list.Open(p, focus), d.arrange())
}

// leaveGone goes from the list of a folder that has been deleted to the inbox of its
// account; what is read stays.
func (d *desk) leaveGone() nav.Cmd {
	here, focus, drawer := d.list.Place(), d.focus, d.drawer
	_, there := d.side.Shown()
	inbox, ok := d.side.Folder(here.Account, mail.RoleInbox)
	if there || !ok || here.Folder == 0 || focus == readPane {
		return nil
	}
	open := d.open(inbox, 0)
	d.focus, d.drawer = focus, drawer
	return nav.Batch(open, d.arrange())
}

// openSearch shows what a search that is kept finds, with its line.
func (d *desk) openSearch(p app.Place) nav.Cmd {
	origin := d.list.Place()
	if d.find.On() {
		origin = d.find.Origin()
	}
	d.reading, d.drawer, d.focus = false, false, listPane
	d.read.Clear()
	// The place is given by the line: what it says of Changed comes to the same.
	show := d.find.Show(origin, 0, "here", p.Query)
	return nav.Batch(d.list.Open(p, 0), show, d.arrange())
}

// enter opens a conversation to be read.
func (d *desk) enter(row app.Row) nav.Cmd {
	d.reading = d.room.read.empty()
	d.focus = readPane
	return nav.Batch(d.arrange(), nav.Hold(d.show(row)))
}

// show opens a conversation in the reader, with what a search was about marked.
func (d *desk) show(row app.Row) nav.Cmd {
	d.list.Keep(row)
	cmd := d.read.Open(d.list.Place(), row)
	d.read.Mark(d.list.Marks())
	return cmd
}

// moved tells of the list's cursor.
func (d *desk) moved(c inbox.Cursor) nav.Cmd {
	if !c.Valid {
		d.ask.Drop("rest")
		return d.follow(c)
	}
	return nav.Batch(d.ask.After("rest", listRest, restMsg{c.Row.Thread}), d.follow(c))
}

// follow lets the reader follow the list's cursor, where the user moved it.
func (d *desk) follow(c inbox.Cursor) nav.Cmd {
	switch {
	case !c.Valid && d.focus == findPane:
		d.ask.Drop("follow")
		d.read.Clear()
		return nil
	case !c.Valid:
		d.ask.Drop("follow")
		d.read.Clear()
		d.reading = false
		if d.focus == readPane {
			d.focus = listPane
		}
		return d.arrange()
	case !c.User && d.focus == readPane:
		return nil // what is being read stays, though it has left the list
	case d.focus == readPane:
		return d.show(c.Row)
	case !d.room.read.empty():
		return d.ask.After("follow", followRest, followMsg{c.Row})
	}
	return nil
}

// Drag implements nav.Dragger: text is selected in the reader.
func (d *desk) Drag(x, y int) nav.Cmd {
	if d.focus == readPane {
		d.read.Drag(x-d.room.read.x, y-d.room.read.y)
	}
	return nil
}

func (d *desk) mouse(ev nav.Mouse) nav.Cmd {
	p, r, ok := d.room.at(ev.X, ev.Y)
	if ev.Release && p != sidePane {
		d.side.Drop()
		if p != readPane {
			return nil
		}
	}
	if !ok {
		return nil
	}
	ev.X, ev.Y = ev.X-r.x, ev.Y-r.y
	var cmd nav.Cmd
	if ev.Wheel == 0 && !ev.Release && d.focus != p {
		d.focus = p
		cmd = d.arrange()
	}
	return nav.Batch(cmd, d.screen(p).Handle(ev))
}
