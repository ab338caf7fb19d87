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

// stand puts another state of the draft in the place of what stands here.
func (m *Model) stand(d mail.Draft) {
	m.fields[inTo].Set(d.To)
	m.fields[inCc].Set(d.Cc)
	m.fields[inBcc].Set(d.Bcc)
	m.fields[inSubject].Set(d.Subject)
	m.copies = m.copies || d.Cc != "" || d.Bcc != ""
	m.draft.Markdown, m.draft.From, m.draft.Account = d.Markdown, d.From, d.Account // its text is signed as of that address
	m.findIdentity()
	m.setFiles(d.Attach, fileStep{})
	m.last = false // undo begins with the text
	m.body.Replace(d.Body)
	m.body.MoveTo(d.Cursor)
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
	m.draft.Updated, m.save.done = msg.draft.Updated, m.version()
	return nav.Done("Written in another window, and taken over" + after("; ", m.ask.Hint(keys.Composer, keys.EditUndo, "brings the other text back")))
}
