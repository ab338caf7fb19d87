package sidebar

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/keys"
	"postea/tui/nav"
)

// askedMsg brings what the user has been asked about, to be done.
type askedMsg struct {
	do func(context.Context) (string, error)
}

// doneMsg says that something has been done, or could not be.
type doneMsg struct {
	words string
	err   error
}

func (m *Model) run(do func(context.Context) (string, error)) nav.Cmd {
	return m.ask.Change(func(ctx context.Context) tea.Msg {
		words, err := do(ctx)
		return doneMsg{words, err}
	})
}

// current is the folder under the cursor or, where the cursor is elsewhere, the
// one that is shown.
func (m *Model) current() (app.FolderItem, bool) {
	if m.list.Cursor < len(m.rows) {
		if f := m.rows[m.list.Cursor].folder; f != nil {
			return *f, true
		}
	}
	return app.FolderItem{}, false
}

// Shown is the folder that the list shows.
func (m *Model) Shown() (app.FolderItem, bool) {
	for _, a := range m.data.Accounts {
		for _, f := range a.Folders {
			if f.Place.Folder != 0 && f.Place.Folder == m.here.Folder && m.here.Kind == app.PlaceFolder {
				return f, true
			}
		}
	}
	return app.FolderItem{}, false
}

// Why implements nav.Screen.
func (m *Model) Why(a keys.Action) string {
	f, ok := m.current()
	switch a {
	case keys.RenameFolder, keys.DeleteFolder, keys.Favourite, keys.Subscribe, keys.FolderUp, keys.FolderDown, keys.EmptyFolder:
		switch {
		case a == keys.DeleteFolder && m.search() != "":
			return ""
		case !ok:
			return "This is no folder"
		case f.Place.Role == mail.RoleInbox && (a == keys.RenameFolder || a == keys.DeleteFolder):
			return "The inbox stays where it is"
		case f.Place.Role != mail.RoleNone && (a == keys.FolderUp || a == keys.FolderDown):
			return "Folders with a role stand in their own order"
		case a == keys.EmptyFolder && f.Place.Role != mail.RoleTrash && f.Place.Role != mail.RoleJunk:
			return "Only Trash and Junk can be emptied"
		}
	case keys.ForgetSearch:
		if len(m.data.Searches) == 0 {
			return "No search is saved"
		}
	}
	return ""
}

// search is the name of the saved search under the cursor.
func (m *Model) search() string {
	if m.list.Cursor < len(m.rows) {
		return m.rows[m.list.Cursor].search
	}
	return ""
}

// arrange carries out what is done to folders.
func (m *Model) arrange(a keys.Action, n int) nav.Cmd {
	f, ok := m.current()
	switch a {
	case keys.NewFolder:
		return m.NewFolder()
	case keys.ForgetSearch:
		return m.Forget()
	case keys.DeleteFolder:
		if name := m.search(); name != "" {
			return m.forget(name)
		}
	}
	if !ok {
		return nil
	}
	id := f.Place.Folder
	switch a {
	case keys.RenameFolder:
		return nav.Say(nav.Prompt{Title: "Rename", Hint: "rename", Help: "a/b puts it into a", Text: f.Place.Name, Then: func(name string) tea.Msg {
			return m.ask.Answer(askedMsg{func(ctx context.Context) (string, error) { return m.source.RenameFolder(ctx, id, name) }})
		}})
	case keys.DeleteFolder:
		return nav.Hold(m.ask.Ask("loss", func(ctx context.Context) tea.Msg {
			loss, err := m.source.FolderLoss(ctx, id)
			return lossMsg{id, loss, err}
		}))
	case keys.Favourite:
		v := f.View
		v.Favourite = !v.Favourite
		say := f.Label.String() + " is a favourite"
		if !v.Favourite {
			say = f.Label.String() + " is no favourite any more"
		}
		return m.run(func(ctx context.Context) (string, error) { return say, m.source.SetView(ctx, f.Place, v) })
	case keys.Subscribe:
		return m.run(func(ctx context.Context) (string, error) { return m.source.Subscribe(ctx, id, !f.Subscribed) })
	case keys.FolderUp, keys.FolderDown:
		if a == keys.FolderUp {
			n = -n
		}
		return m.run(func(ctx context.Context) (string, error) { return "", m.source.MoveInSidebar(ctx, id, n) })
	case keys.EmptyFolder:
		return m.Empty(f)
	}
	return nil
}

// NewFolder asks for the name of a folder to make: in the one under the cursor,
// where that has no role.
func (m *Model) NewFolder() nav.Cmd {
	account, in := m.Account(), ""
	if f, ok := m.current(); ok {
		account = f.Place.Account
		if f.Place.Role == mail.RoleNone {
			in = f.Place.Name + "/"
		}
	}
	return nav.Say(nav.Prompt{Title: "New folder", Hint: "make", Help: "a/b is b in a", Text: in, Then: func(name string) tea.Msg {
		return m.ask.Answer(askedMsg{func(ctx context.Context) (string, error) { return m.source.MakeFolder(ctx, account, name) }})
	}})
}

// lossMsg brings what the deletion of a folder would mean.
type lossMsg struct {
	id   mail.FolderID
	loss app.FolderLoss
	err  error
}

// confirmDelete asks before a folder with something in it is deleted; an empty
// one is what undo brings back.
func (m *Model) confirmDelete(msg lossMsg) nav.Cmd {
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	do := askedMsg{func(ctx context.Context) (string, error) { return m.source.DeleteFolder(ctx, msg.id) }}
	l := msg.loss
	if l.Messages == 0 && l.Folders == 0 {
		return m.run(do.do)
	}
	detail := app.Counted(l.Messages, "message")
	if l.Folders > 0 {
		detail = app.Counted(l.Folders, "folder") + " and " + detail
	}
	switch {
	case l.Messages == 0:
		detail = fmt.Sprintf("%s in it go too.", app.Counted(l.Folders, "folder"))
	case l.Stay:
		detail += ": the messages stay in All mail."
	default:
		detail += " in it: the messages move to Trash."
	}
	return nav.Say(nav.Confirm{Question: "Delete the folder " + l.Name.String() + "?", Detail: detail, Yes: "delete", No: "keep", Then: m.ask.Answer(do)})
}

// emptyMsg brings how much is in a folder that is to be emptied.
type emptyMsg struct {
	id   mail.FolderID
	loss app.FolderLoss
	err  error
}

// Empty asks before Trash or Junk is emptied.
func (m *Model) Empty(f app.FolderItem) nav.Cmd {
	id := f.Place.Folder
	return nav.Hold(m.ask.Ask("loss", func(ctx context.Context) tea.Msg {
		loss, err := m.source.FolderLoss(ctx, id)
		return emptyMsg{id, loss, err}
	}))
}

func (m *Model) confirmEmpty(msg emptyMsg) nav.Cmd {
	switch {
	case msg.err != nil:
		return nav.Failed(msg.err)
	case msg.loss.Own == 0:
		return nav.Done("It is empty")
	}
	return nav.Say(nav.Confirm{
		Question: "Empty " + msg.loss.Name.String() + "?", Detail: app.Counted(msg.loss.Own, "message") + " will be deleted for good. Nothing brings them back.",
		Yes: "delete for good", No: "keep", Careful: true,
		Then: m.ask.Answer(askedMsg{func(ctx context.Context) (string, error) { return m.source.EmptyFolder(ctx, msg.id) }}),
	})
}

// Forget asks which saved search to forget.
func (m *Model) Forget() nav.Cmd {
	menu := nav.Menu{Title: "Forget", Hint: "forget"}
	for _, s := range m.data.Searches {
		name := s.Raw
		menu.Items = append(menu.Items, nav.Item{Label: s.Name.String(), Detail: nav.Line(s.Query),
			Msg: m.ask.Answer(askedMsg{func(ctx context.Context) (string, error) { return m.source.ForgetSearch(ctx, name) }})})
	}
	return nav.Say(menu)
}

func (m *Model) forget(name string) nav.Cmd {
	return m.run(func(ctx context.Context) (string, error) { return m.source.ForgetSearch(ctx, name) })
}
