package composer

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/keys"
	"postea/tui/nav"
)

// saving is how far the draft in the store is behind.
type saving struct {
	done    version   // what the store has
	unsaved bool      // the store has nothing yet, though nothing was typed
	at      time.Time // of the last save; zero for none
	failed  app.Text  // why the one after that did not work
	armed   bool      // a save is due within a second
	running bool
	pending version // what is being saved
	then    tea.Msg // said when everything is saved
	words   string  // told then
	leaving bool
	sending bool // to be sent when everything is saved
	discard bool // to be discarded when the save under way is done
	over    bool // sent or discarded: nothing to save any more
}

// version tells one state of the draft from another without comparing bodies.
type version struct {
	to, cc, bcc, subject, from string
	body, files                int
	markdown                   bool
}

func (m *Model) version() version {
	return version{
		m.fields[inTo].Text(), m.fields[inCc].Text(), m.fields[inBcc].Text(), m.fields[inSubject].Text(),
		m.draft.Account + " " + m.draft.From.Address, m.body.Changes(), m.attached.changes, m.draft.Markdown,
	}
}

func (m *Model) dirty() bool {
	return !m.save.over && (m.save.unsaved || m.version() != m.save.done)
}

type autosaveMsg struct{}

// autosave sees to it that a change is saved within a second. It is not put off
// by further changes: someone who types on and on loses no more than that.
func (m *Model) autosave() nav.Cmd {
	if !m.dirty() || m.save.armed || m.save.running {
		return nil
	}
	m.save.armed = true
	return m.ask.After("save", autosave, autosaveMsg{})
}

type savedMsg struct {
	id  mail.DraftID
	at  time.Time
	err error
}

// saveNow saves unless a save is under way; that one is followed by another
// where it is needed.
func (m *Model) saveNow() nav.Cmd {
	if m.save.running || !m.dirty() {
		return nil
	}
	m.ask.Drop("save")
	m.save.armed, m.save.running, m.save.pending = false, true, m.version()
	d := m.snapshot()
	return m.ask.Run(func(ctx context.Context) tea.Msg {
		id, err := m.source.SaveDraft(ctx, d)
		return savedMsg{id, m.ask.Clock(), err}
	})
}

func (m *Model) saved(msg savedMsg) nav.Cmd {
	m.save.running = false
	if msg.err != nil {
		m.save.discard = false
		if m.asked {
			return nav.Batch(m.notSaved(msg.err), m.writeBody())
		}
		return m.notSaved(msg.err)
	}
	m.draft.ID, m.save.at, m.save.unsaved, m.save.done = msg.id, msg.at, false, m.save.pending
	m.save.failed = app.Text{}
	if m.save.discard {
		return m.discard()
	}
	switch {
	case m.asked:
		return m.handOut()
	case m.save.leaving || m.save.sending:
		return m.settle()
	}
	return nil
}

// notSaved says so and stays; who wants to leave all the same may.
func (m *Model) notSaved(err error) nav.Cmd {
	leaving := m.save.leaving && m.save.then != nil
	m.save.leaving, m.save.sending = false, false
	m.save.failed = reading.Line("Not saved: " + err.Error() + ". It is tried again as you type.")
	if !leaving {
		return nil
	}
	return nav.Say(nav.Confirm{
		Question: "The draft could not be saved. Leave without it?", Detail: nav.Line(err.Error()),
		Yes: "leave, lose the changes", No: "stay", Careful: true, Then: m.ask.Answer(abandonMsg{m.save.then}),
	})
}

// abandonMsg leaves without saving.
type abandonMsg struct{ then tea.Msg }

// settle saves what is still to be saved, then leaves or sends.
func (m *Model) settle() nav.Cmd {
	switch {
	case m.save.running, m.outside:
		return nil
	case m.late.path != "":
		return m.lookLate()
	case m.dirty():
		return m.saveNow()
	case m.save.sending:
		return m.commit()
	case m.save.leaving && m.save.then != nil:
		return nav.Batch(nav.Say(m.save.then), nav.Done(m.save.words))
	}
	return nil
}

// Holds implements nav.Holder: what is typed while the draft is on its way out
// or away is not for its text, nor is it while that is with an editor.
func (m *Model) Holds() bool {
	return m.save.sending || m.save.leaving && m.save.then != nil || m.outside
}

// Leave implements nav.Leaver.
func (m *Model) Leave(then tea.Msg) nav.Cmd { return m.leave(then, "") }

// leave goes away when everything is saved, and tells so.
func (m *Model) leave(then tea.Msg, words string) nav.Cmd {
	m.save.leaving, m.save.then, m.save.words = true, then, words
	return m.settle()
}

type discardedMsg struct {
	was bool // there was something to discard
	err error
}

// discard takes the draft away, also one of another program. What was typed is saved
// first, so that undoing brings it back whole.
func (m *Model) discard() nav.Cmd {
	if m.save.over {
		return nil
	}
	if m.save.discard = m.save.running; m.save.discard {
		return nil
	}
	d := m.snapshot()
	dirty := m.dirty() && (m.save.done != version{} || !d.Empty()) || d.Continues != 0
	m.save.over = true
	m.ask.Drop("save")
	return nav.Hold(m.ask.Run(func(ctx context.Context) tea.Msg {
		if dirty {
			id, err := m.source.SaveDraft(ctx, d)
			if err != nil {
				return discardedMsg{err: err}
			}
			d.ID = id
		}
		if d.ID == 0 {
			return discardedMsg{}
		}
		return discardedMsg{true, m.source.DiscardDraft(ctx, d.ID)}
	}))
}

// after puts a hint behind a text, where there is one.
func after(between, hint string) string {
	if hint == "" {
		return ""
	}
	return between + hint
}

func (m *Model) discarded(msg discardedMsg) nav.Cmd {
	if msg.err != nil {
		m.save.over = false
		return nav.Failed(msg.err)
	}
	text := "Nothing was written"
	if msg.was {
		text = "Draft discarded" + after("; ", m.ask.Hint(keys.List, keys.Undo, "brings it back"))
	}
	return nav.Batch(nav.Done(text), nav.Say(nav.Back{}))
}
