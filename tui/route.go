package tui

import (
	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/tui/dialog"
	"postea/tui/nav"
	"postea/tui/palette"
	"postea/tui/sidebar"
)

type (
	quitNow    struct{}
	suspendNow struct{}
)

// goTo opens what a navigation message names; anything else is for the desk.
func (r *Root) goTo(msg tea.Msg) nav.Cmd {
	switch msg := msg.(type) {
	case nav.Back:
		return r.close()
	case nav.OpenPlace:
		return nav.Batch(r.closeAll(), r.desk.Handle(msg))
	case nav.AddAccount:
		return r.openWizard()
	case nav.AccountAdded:
		r.added = msg.Name
		return r.leaveAll()
	case nav.Compose:
		return r.openComposer(msg.Draft)
	case nav.OpenOutbox:
		return r.openOutbox()
	case nav.OpenContacts:
		return r.openContacts()
	case nav.OpenJourney:
		return r.openJourney(msg.ID)
	case nav.PickFolder:
		r.overlay = &folderMenu{dialog.NewMenu(palette.Folders(r.desk.side.Data(), msg)), msg}
		return nil
	case sidebar.Loaded:
		if m, ok := r.overlay.(*folderMenu); ok {
			m.Refill(palette.Folders(r.desk.side.Data(), m.pick).Items)
		}
	}
	return r.desk.Handle(msg)
}

// folderMenu picks a folder, also of those that become known while it is open.
type folderMenu struct {
	*dialog.Menu
	pick nav.PickFolder
}

// push opens a screen over the others.
func (r *Root) push(f frame, start nav.Cmd) nav.Cmd {
	r.keys.Reset()
	r.frames = append(r.frames, f)
	return nav.Batch(f.screen.Handle(r.room()), start)
}

// close closes the screen on top, but never the desk.
func (r *Root) close() nav.Cmd {
	n := len(r.frames) - 1
	if n == 0 {
		return nil
	}
	r.frames[n].ask.Close()
	r.frames = r.frames[:n]
	return r.top().Handle(r.room())
}

func (r *Root) closeAll() nav.Cmd {
	var cmds []nav.Cmd
	for len(r.frames) > 1 {
		if l, ok := r.top().(nav.Leaver); ok {
			cmds = append(cmds, l.Leave(nil))
		}
		cmds = append(cmds, r.close())
	}
	return nav.Batch(cmds...)
}

// leaveAll lets the screens finish, then quits.
func (r *Root) leaveAll() nav.Cmd {
	for _, f := range r.frames {
		if l, ok := f.screen.(nav.Leaver); ok {
			return l.Leave(quitMsg{})
		}
	}
	return r.end()
}

// room is the size of the screens.
func (r *Root) room() nav.Size {
	return nav.Size{Width: r.size.Width, Height: r.bodyHeight(), Measure: r.size.Measure, Pictures: r.size.Pictures, WholePictures: r.size.WholePictures}
}

// resize tells the screens of their size. Of one in which nothing can be shown they
// are not told, and so have lost nothing when it is larger again.
func (r *Root) resize() nav.Cmd {
	if r.tooSmall() {
		return nil
	}
	var cmds []nav.Cmd
	for _, f := range r.frames {
		cmds = append(cmds, f.screen.Handle(r.room()))
	}
	return nav.Batch(cmds...)
}

func (r *Root) palette() dialog.Overlay {
	return dialog.NewMenu(palette.New(palette.Options{
		Keys: r.keys.Map(), Scope: r.top().Scope(), Enter: r.look.Signs.Enter,
		Sidebar: r.desk.side.Data(), Account: r.desk.side.Account(), Why: r.top().Why,
	}))
}

// undone shows what an undo brought back.
func (r *Root) undone(u app.Undone) nav.Cmd {
	r.status.EndCountdown()
	cmds := []nav.Cmd{nav.Done(u.What), r.desk.undone(u)}
	if u.Draft != nil {
		cmds = append(cmds, nav.Say(nav.Compose{Draft: *u.Draft}))
	}
	return nav.Batch(cmds...)
}
