package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/keys"
	"postea/tui/nav"
)

// Do implements nav.Screen.
func (d *desk) Do(a keys.Action, count int) nav.Cmd {
	switch a {
	case keys.NextPane:
		return d.turn(1)
	case keys.PrevPane:
		return d.turn(-1)
	case keys.ToggleSidebar:
		return d.toggleSidebar()
	case keys.TogglePreview:
		d.preview, d.chosen = d.placement().next(), true
		if d.focus == readPane {
			d.reading, d.focus = false, listPane
		}
		return nav.Batch(d.arrange(), d.followNow())
	case keys.ToggleDensity:
		return d.list.ToggleDensity()
	case keys.Find, keys.Filter:
		if d.focus == readPane && (a == keys.Filter || d.read.Raw()) {
			return d.read.Do(a, count)
		}
		return d.search(a == keys.Filter)
	}
	switch {
	case a == keys.SaveSearch:
		return d.askSaveSearch()
	case a == keys.ForgetRule:
		return d.list.Do(a, count)
	case a == keys.ForgetSearch:
		return d.side.Forget()
	case a == keys.NewFolder && d.focus != sidePane:
		return d.side.NewFolder()
	case a == keys.EmptyFolder && d.focus != sidePane:
		if f, ok := d.side.Shown(); ok {
			return d.side.Empty(f)
		}
		return nil
	}
	if d.focus == findPane {
		return d.find.Do(a, count)
	}
	if a == keys.Back {
		cmd, _ := d.back()
		return cmd
	}
	if cmd, ok := d.goTo(a); ok {
		return cmd
	}
	if d.focus == readPane {
		return d.inReader(a, count)
	}
	return d.screen(d.focus).Do(a, count)
}

// inReader sends verbs to the list, with the conversation that is read, and
// everything else to the reader.
func (d *desk) inReader(a keys.Action, count int) nav.Cmd {
	switch a {
	case keys.Archive, keys.Delete, keys.MoveTo, keys.Star, keys.Unread, keys.Junk, keys.Repeat,
		keys.CopyTo, keys.Labels, keys.Snooze, keys.Remind, keys.Mute, keys.Pin, keys.RunRules, keys.MakeRule, keys.Export, keys.Print:
		row, ok := d.list.Find(d.read.Thread())
		if !ok {
			return nav.Say(nav.Toast{Text: words("This conversation is no longer in the list"), Error: true})
		}
		return d.list.Act(a, row)
	case keys.NextConversation, keys.NextUnread:
		if row, ok := d.list.Current(); ok && d.left() && (row.Unread || a == keys.NextConversation) {
			return d.show(row) // it has taken the place of what is read
		}
		if a == keys.NextUnread {
			return d.list.ReadOn()
		}
		return d.list.Do(a, count)
	case keys.PrevConversation:
		return d.list.Do(a, count)
	}
	return d.read.Do(a, count)
}

// left tells whether what is read has left the list.
func (d *desk) left() bool {
	_, ok := d.list.Find(d.read.Thread())
	return !ok
}

type saveSearchMsg struct{ name, query string }

// savedMsg says how the saving of a search ended.
type savedMsg struct {
	name string
	err  error
}

func (d *desk) askSaveSearch() nav.Cmd {
	query := strings.TrimSpace(d.list.Place().Query)
	if d.find.On() {
		query = strings.TrimSpace(d.find.Place().Query)
	}
	if query == "" {
		return nav.Say(nav.Toast{Text: words("There is no search to save"), Error: true})
	}
	return nav.Say(nav.Prompt{Title: "Save as", Hint: "save", Help: "it stands among the folders then: " + nav.Line(query), Then: func(name string) tea.Msg {
		return d.ask.Answer(saveSearchMsg{name, query})
	}})
}

func (d *desk) saveSearch(msg saveSearchMsg) nav.Cmd {
	return d.ask.Run(func(ctx context.Context) tea.Msg {
		return savedMsg{msg.name, d.backend.SaveSearch(ctx, msg.name, msg.query)}
	})
}

// back goes one step back; it tells whether there was one.
func (d *desk) back() (nav.Cmd, bool) {
	switch {
	case d.focus == readPane && (d.read.EndSelection() || d.read.CloseRaw()):
		return nil, true
	case d.focus == readPane || d.focus == sidePane:
		d.reading, d.drawer, d.focus = false, false, listPane
		return nav.Batch(d.arrange(), d.followNow()), true
	case d.list.Marking():
		return d.list.Do(keys.Back, 0), true
	case d.find.On():
		return d.find.Do(keys.Back, 0), true
	}
	return nil, false
}

// search shows the line in which a search is typed, or goes back to it.
func (d *desk) search(within bool) nav.Cmd {
	var focus mail.ThreadID
	if row, ok := d.list.Current(); ok {
		focus = row.Thread
	}
	name := "here"
	if crumbs := d.crumbs(); len(crumbs) > 0 {
		name = crumbs[len(crumbs)-1]
	}
	begin := d.find.Begin(d.list.Place(), focus, name, within)
	d.reading, d.drawer, d.focus = false, false, findPane
	return nav.Batch(d.arrange(), begin)
}

// followNow lets a reader beside the list catch up with the cursor.
func (d *desk) followNow() nav.Cmd {
	if row, ok := d.list.Current(); ok && !d.room.read.empty() {
		return d.show(row)
	}
	return nil
}

// turn gives the focus to the next visible pane.
func (d *desk) turn(by int) nav.Cmd {
	order := []pane{sidePane, listPane, readPane}
	at := 0
	for i, p := range order {
		if p == d.focus {
			at = i
		}
	}
	for range order {
		at = (at + by + len(order)) % len(order)
		p := order[at]
		if !d.room.of(p).empty() && (p != readPane || d.read.Thread() != 0) {
			d.focus = p
			return d.arrange()
		}
	}
	return nil
}

func (d *desk) toggleSidebar() nav.Cmd {
	if d.narrow() {
		d.drawer = !d.drawer
		d.focus = listPane
		if d.drawer {
			d.focus = sidePane
		}
		return d.arrange()
	}
	d.folders = !d.folders
	if d.focus == sidePane {
		d.focus = listPane
	}
	return d.arrange()
}

// goTo opens the place that an action names.
func (d *desk) goTo(a keys.Action) (nav.Cmd, bool) {
	if n := keys.AccountNumber(a); n > 0 {
		accounts := d.side.Data().Accounts
		if n > len(accounts) {
			return nav.Say(nav.Toast{Text: words("There is no such account"), Error: true}), true
		}
		return d.goRole(accounts[n-1].Name, mail.RoleInbox), true
	}
	if a == keys.GoFolder {
		return nav.Say(nav.PickFolder{Title: "Go to", Hint: "go", Then: func(f app.FolderItem) tea.Msg { return nav.OpenPlace{Place: f.Place} }}), true
	}
	if a == keys.GoAll {
		return d.open(app.Place{Kind: app.PlaceAllInboxes}, 0), true
	}
	roles := map[keys.Action]mail.Role{
		keys.GoInbox: mail.RoleInbox, keys.GoDrafts: mail.RoleDrafts, keys.GoSent: mail.RoleSent,
		keys.GoArchive: mail.RoleArchive, keys.GoTrash: mail.RoleTrash, keys.GoSnoozed: mail.RoleSnoozed,
	}
	role, ok := roles[a]
	if !ok {
		return nil, false
	}
	return d.goRole("", role), true
}

// goRole opens the folder of a role. One that is not known yet may have come since the
// folders were asked for last.
func (d *desk) goRole(account string, role mail.Role) nav.Cmd {
	if p, ok := d.side.Folder(account, role); ok {
		return d.open(p, 0)
	}
	return nav.Hold(d.ask.Ask("role", func(ctx context.Context) tea.Msg {
		data, err := d.backend.Sidebar(ctx)
		return roleMsg{account, role, data, err}
	}))
}

type roleMsg struct {
	account string
	role    mail.Role
	folders app.Sidebar
	err     error
}

func (d *desk) goneToRole(msg roleMsg) nav.Cmd {
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	first := d.side.Take(msg.folders)
	if p, ok := d.side.Folder(msg.account, msg.role); ok {
		return d.open(p, 0)
	}
	var begin nav.Cmd
	if first {
		begin = d.begin()
	}
	why := "This account has no folder for " + string(msg.role) + " yet"
	if d.side.Awaited(msg.account) {
		why = "The folders of this account are not known yet"
	}
	return nav.Batch(begin, nav.Say(nav.Toast{Text: words(why), Error: true}))
}

// undone puts the cursor on what an undo brought back, where it is shown.
func (d *desk) undone(u app.Undone) nav.Cmd {
	here := d.list.Place()
	if u.Place == nil || u.Focus == 0 || here.Kind == app.PlaceFolder && here.Folder != u.Place.Folder {
		return nil
	}
	return d.list.Focus(u.Focus, u.ID)
}
