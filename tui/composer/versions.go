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
	"postea/tui/words"
)

type versionsMsg struct {
	list []app.DraftVersion
	now  time.Time
	err  error
}

type takeVersionMsg struct{ id int64 }

type versionMsg struct {
	draft mail.Draft
	err   error
}

// askVersions lists the earlier states of the draft.
func (m *Model) askVersions() nav.Cmd {
	id := m.draft.ID
	return nav.Hold(m.ask.Ask("versions", func(ctx context.Context) tea.Msg {
		if id == 0 {
			return versionsMsg{}
		}
		list, err := m.source.DraftVersions(ctx, id)
		return versionsMsg{list, m.ask.Clock(), err}
	}))
}

func (m *Model) pickVersion(msg versionsMsg) nav.Cmd {
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	if len(msg.list) == 0 {
		return nav.Say(nav.Toast{Text: reading.Line("There is no earlier version of the last day yet")})
	}
	menu := nav.Menu{Title: "Go back to an earlier version", Hint: "take"}
	for _, v := range msg.list {
		menu.Items = append(menu.Items, nav.Item{
			Label: m.ask.Dates.Long(v.At, msg.now) + ", " + words.Size(int64(v.Size)), Detail: v.Text.String(), Msg: m.ask.Answer(takeVersionMsg{v.ID}),
		})
	}
	return nav.Say(menu)
}

func (m *Model) takeVersion(msg takeVersionMsg) nav.Cmd {
	return nav.Hold(m.ask.Run(func(ctx context.Context) tea.Msg {
		d, err := m.source.DraftVersion(ctx, msg.id)
		return versionMsg{d, err}
	}))
}

// tookVersion puts an earlier state in the place of what stands here, as one step
// that can be taken back in the text.
func (m *Model) tookVersion(msg versionMsg) nav.Cmd {
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	m.stand(msg.draft)
	m.setFocus(inBody)
	return nav.Done("This is the earlier version" + after("; ", m.ask.Hint(keys.Composer, keys.EditUndo, "brings the other text back")))
}

// stand puts another state of the draft in the place of what stands here, as one step.
func (m *Model) stand(d mail.Draft) {
	step := standing{before: m.snapshot(), from: m.body.Steps()}
	m.setFiles(d.Attach, fileStep{})
	m.body.Replace(d.Body)
	m.body.MoveTo(d.Cursor)
	m.turnHeads(step.before, d)
	step.after, step.to, step.files = m.snapshot(), m.body.Steps(), m.attached.changes
	m.stood, m.fallen, m.last = append(m.stood, step), nil, false
}

// standing is what stood here before another state took its place, and that state.
type standing struct {
	before, after mail.Draft
	from, to      int // steps of the text
	files         int // changes of the files, after it
}

// turnHeads puts what stands above the text of one state in the place of that of another,
// where that still stands there.
func (m *Model) turnHeads(from, to mail.Draft) {
	now := m.snapshot()
	for _, f := range []struct {
		at            place
		now, from, to string
	}{{inTo, now.To, from.To, to.To}, {inCc, now.Cc, from.Cc, to.Cc}, {inBcc, now.Bcc, from.Bcc, to.Bcc}, {inSubject, now.Subject, from.Subject, to.Subject}} {
		if f.now == f.from && f.now != f.to {
			m.fields[f.at].Set(f.to)
		}
	}
	m.copies = m.copies || to.Cc != "" || to.Bcc != ""
	if now.Markdown == from.Markdown {
		m.draft.Markdown = to.Markdown
	}
	if now.From == from.From && now.Account == from.Account {
		m.draft.From, m.draft.Account = to.From, to.Account // its text is signed as of that address
	}
	m.findIdentity()
}

// undoStanding takes the last stand back, where nothing of the text was written since; it
// tells whether it did.
func (m *Model) undoStanding() bool {
	at := len(m.stood) - 1
	if at < 0 || m.body.Steps() != m.stood[at].to || m.body.Text() != m.stood[at].after.Body {
		return false
	}
	step := m.stood[at]
	if step.to != step.from {
		m.body.Undo()
	}
	m.turnHeads(step.after, step.before)
	if m.attached.changes == step.files {
		m.last = true
		m.undoFiles()
		step.files = m.attached.changes
	}
	m.stood, m.fallen, m.last = m.stood[:at], append(m.fallen, step), false
	return true
}

// redoStanding makes a stand again that undoStanding has taken back.
func (m *Model) redoStanding() bool {
	at := len(m.fallen) - 1
	if at < 0 || m.body.Steps() != m.fallen[at].from || m.body.Text() != m.fallen[at].before.Body {
		return false
	}
	step := m.fallen[at]
	m.fallen = m.fallen[:at]
	if step.to != step.from && (!m.body.Redo() || m.body.Text() != step.after.Body) {
		m.body.Undo()
		return false
	}
	m.turnHeads(step.before, step.after)
	if m.attached.changes == step.files {
		m.last = true
		m.redoFiles()
		step.files = m.attached.changes
	}
	m.stood, m.last = append(m.stood, step), false
	return true
}

type elsewhereMsg struct {
	draft   mail.Draft
	written bool
	over    version // what stood here when it was asked for
	err     error
}

// settled tells whether what stands here is what this window has written.
func (m *Model) settled() bool {
	return !m.dirty() && !m.save.running && !m.save.over && !m.outside && !m.Holds()
}

// askElsewhere asks whether another window has written the draft.
func (m *Model) askElsewhere() nav.Cmd {
	id, since, over := m.draft.ID, m.draft.Updated, m.version()
	if id == 0 || !m.settled() {
		return nil
	}
	return m.ask.Ask("elsewhere", func(ctx context.Context) tea.Msg {
		d, written, err := m.source.DraftFromElsewhere(ctx, id, since)
		return elsewhereMsg{d, written, over, err}
	})
}

// tookElsewhere goes on with what another window has written, unless something was
// written here meanwhile: that is saved in its place, and the other an earlier version.
func (m *Model) tookElsewhere(msg elsewhereMsg) nav.Cmd {
	if msg.err != nil {
		return nav.Failed(msg.err)
	}
	if !msg.written || !m.settled() || m.version() != msg.over {
		return nil
	}
	m.stand(msg.draft)
	m.draft = msg.draft
	m.save.done = m.version()
	return nav.Done("Written in another window, and taken over" + after("; ", m.ask.Hint(keys.Composer, keys.EditUndo, "brings the other text back")))
}
