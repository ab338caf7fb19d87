package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"postea/internal/mail"
	"postea/tui/help"
	"postea/tui/keys"
	"postea/tui/nav"
)

// key sends a key where it belongs: to the overlay, to the action that it
// means in the scope of the screen, or to the screen as text.
func (r *Root) key(msg tea.KeyPressMsg) nav.Cmd {
	name := keyName(msg)
	if r.overlay != nil {
		if name == "ctrl+c" {
			return r.quit()
		}
		if r.tooSmall() {
			return nil
		}
		return r.overlay.Press(r.size.Measure, name, msg.Text)
	}
	r.status.Hush()
	p := r.keys.Press(r.top().Scope(), name)
	switch {
	case p.Text:
		return r.top().Handle(msg)
	case p.Action == keys.None, r.tooSmall() && p.Action != keys.Quit && p.Action != keys.Suspend:
		return nil
	}
	return r.do(p)
}

// keyName names a key as the table does.
func keyName(msg tea.KeyPressMsg) string {
	if s := msg.String(); s != " " {
		return s
	}
	return "space"
}

func (r *Root) paste(msg tea.PasteMsg) nav.Cmd {
	if r.overlay != nil {
		return r.overlay.Paste(msg.Content)
	}
	return r.top().Handle(msg)
}

// wheelLines is how far one notch of the wheel goes.
const wheelLines = 3

func (r *Root) mouse(msg tea.MouseMsg) nav.Cmd {
	if r.tooSmall() {
		return nil
	}
	at := msg.Mouse()
	at.X = r.canvas.Meant(r.look, at.X, at.Y)
	ev := nav.Mouse{X: at.X, Y: at.Y}
	switch msg.(type) {
	case tea.MouseWheelMsg:
		switch at.Button {
		case tea.MouseWheelUp:
			ev.Wheel = -wheelLines
		case tea.MouseWheelDown:
			ev.Wheel = wheelLines
		default:
			return nil
		}
	case tea.MouseClickMsg:
		if at.Button != tea.MouseLeft {
			return nil
		}
	case tea.MouseReleaseMsg:
		ev.Release = true
		if r.overlay != nil {
			return nil
		}
	case tea.MouseMotionMsg:
		d, ok := r.top().(nav.Dragger)
		if !ok || r.overlay != nil || at.Button != tea.MouseLeft {
			return nil
		}
		return d.Drag(at.X, at.Y-headLines)
	default:
		return nil
	}
	if r.overlay != nil {
		return r.overlay.Mouse(ev)
	}
	ev.Y -= headLines
	if ev.Y < 0 || ev.Y >= r.bodyHeight() {
		return nil
	}
	return r.top().Handle(ev)
}

// do carries out an action: the root's own, or the screen's.
func (r *Root) do(p keys.Press) nav.Cmd {
	if _, ok := r.keys.Map().Entry(r.top().Scope(), p.Action); !ok {
		return nil
	}
	if why := r.top().Why(p.Action); why != "" {
		return nav.Say(nav.Toast{Text: words(why), Error: true})
	}
	switch p.Action {
	case keys.Quit:
		return r.quit()
	case keys.Suspend:
		return r.suspend()
	case keys.Redraw:
		return nav.Later(tea.ClearScreen)
	case keys.Help:
		r.overlay = help.New(r.keys.Map(), r.top().Scope(), r.look.Signs.Enter)
		return nil
	case keys.Palette:
		r.overlay = r.palette()
		return nil
	case keys.Sync:
		return r.sync()
	case keys.Offline:
		return r.toggleOffline()
	case keys.Undo:
		return r.undo()
	case keys.Compose:
		return r.compose()
	case keys.Continue:
		return r.drafts()
	case keys.Recover:
		return r.discarded()
	case keys.Leave:
		return r.leave()
	case keys.Theme:
		return r.chooseTheme()
	case keys.AddAccount:
		return r.openWizard()
	case keys.GoOutbox:
		return nav.Say(nav.OpenOutbox{})
	case keys.GoContacts:
		return nav.Say(nav.OpenContacts{})
	}
	if len(r.frames) > 1 && elsewhere(p.Action) {
		return nav.Batch(r.closeAll(), r.desk.Do(p.Action, p.Count))
	}
	return r.top().Do(p.Action, p.Count)
}

// elsewhere tells of actions that go to a list from any screen.
func elsewhere(a keys.Action) bool {
	switch a {
	case keys.Find, keys.GoInbox, keys.GoAll, keys.GoDrafts, keys.GoSent, keys.GoArchive, keys.GoTrash, keys.GoSnoozed, keys.GoFolder:
		return true
	}
	return keys.AccountNumber(a) > 0
}

func (r *Root) sync() nav.Cmd {
	return nav.Batch(nav.Done("Syncing"), r.ask.Change(func(context.Context) tea.Msg { // in its turn: going offline may follow
		if err := r.backend.SyncNow(); err != nil {
			return err
		}
		return nil
	}))
}

func (r *Root) toggleOffline() nav.Cmd {
	return nav.Hold(r.ask.Change(func(ctx context.Context) tea.Msg {
		off, err := r.backend.ToggleOffline(ctx)
		if err != nil {
			return err
		}
		if off {
			return doneMsg("You are offline: what you do waits")
		}
		return doneMsg("Online again")
	}))
}

// doneMsg says what has been done.
type doneMsg string

func (r *Root) undo() nav.Cmd {
	return nav.Hold(r.ask.Change(func(ctx context.Context) tea.Msg {
		u, err := r.backend.Undo(ctx)
		return undoneMsg{u, err}
	}))
}

type draftMsg struct {
	draft mail.Draft
	err   error
}

func (r *Root) compose() nav.Cmd {
	account := r.desk.side.Account()
	return nav.Hold(r.ask.Ask("draft", func(ctx context.Context) tea.Msg {
		d, err := r.backend.NewDraft(ctx, account)
		return draftMsg{d, err}
	}))
}

// leave goes back, and quits where there is nothing to go back to.
func (r *Root) leave() nav.Cmd {
	if len(r.frames) > 1 {
		return r.top().Do(keys.Back, 0)
	}
	if cmd, ok := r.desk.back(); ok {
		return cmd
	}
	return r.quit()
}
