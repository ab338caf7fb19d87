package composer

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/when"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/words"
)

type allowMsg struct {
	what  string
	later bool
}

// laterMsg is the time that was chosen, as it was written.
type laterMsg struct{ text string }

// againMsg sends a draft once more that was sent before.
type againMsg struct{}

type sentMsg struct {
	id    mail.OutboxID
	until time.Time
	now   time.Time
	later bool
	err   error
}

// send checks the draft and sends it, or asks when. What cannot work is refused
// in words; what may be a slip is asked about, once.
func (m *Model) send(later bool) nav.Cmd {
	if m.save.sending || m.save.over {
		return nil
	}
	m.problem = reading.Text{}
	if m.attaching > 0 {
		m.problem = reading.Line("A file is still being attached; send again in a moment.")
		return nil
	}
	d := m.snapshot()
	if why, where := refusal(d); why != "" {
		m.problem, m.focus = reading.Line(why), where
		m.copies = m.copies || where == inCc || where == inBcc
		return nil
	}
	if id, known := m.current(); known && id.SizeLimit > 0 && m.weight() > id.SizeLimit {
		m.problem = reading.Line("This is about " + words.Size(m.weight()) + ", and the server takes " + words.Size(id.SizeLimit) + ". Take an attachment away, or send it in another way.")
		if len(m.files) > 0 {
			m.focus = inFiles
		}
		return nil
	}
	for _, q := range m.questions(d) {
		if !m.allowed[q.what] {
			return nav.Say(nav.Confirm{
				Question: q.text, Detail: q.detail, Yes: "send", No: "go back", Then: m.ask.Answer(allowMsg{q.what, later}),
			})
		}
	}
	if later {
		ask := nav.AskWhen("Send", "send then", func(text string) tea.Msg { return m.ask.Answer(laterMsg{text}) })
		if at := m.draft.Scheduled; !at.IsZero() {
			ask.Choices = append([]string{at.Format(when.Exact)}, ask.Choices...)
		}
		return nav.Say(ask)
	}
	m.at = ""
	m.save.sending = true
	return m.settle()
}

// refusal says why a draft cannot be sent, and where to mend it.
func refusal(d mail.Draft) (string, place) {
	n := 0
	for _, f := range []struct {
		at   place
		name string
		text string
	}{{inTo, "To", d.To}, {inCc, "Cc", d.Cc}, {inBcc, "Bcc", d.Bcc}} {
		list, err := mail.ParseAddressList(f.text)
		if err != nil {
			first, _, _ := strings.Cut(err.Error(), "\n")
			return f.name + ": " + first, f.at
		}
		n += len(list)
	}
	if n == 0 {
		return "There is nobody to send this to yet.", inTo
	}
	return "", 0
}

// commit hands the saved draft to the outbox.
func (m *Model) commit() nav.Cmd {
	d, at, archives := m.snapshot(), m.at, m.archives
	return m.ask.Run(func(ctx context.Context) tea.Msg {
		if at != "" {
			id, until, err := m.source.SendLater(ctx, d, at)
			return sentMsg{id, until, m.ask.Clock(), true, err}
		}
		send := m.source.Send
		if archives {
			send = m.source.SendAndArchive
		}
		id, until, err := send(ctx, d)
		return sentMsg{id, until, m.ask.Clock(), false, err}
	})
}

func (m *Model) sent(msg sentMsg) nav.Cmd {
	m.save.sending = false
	if before, ok := errors.AsType[*app.SentError](msg.err); ok {
		return nav.Say(nav.Confirm{
			Question: "This draft was sent already. Send it once more?", Detail: "It went into the outbox " + m.ask.Dates.Said(before.At, msg.now) + ", from another window.",
			Yes: "send again", No: "go back", Careful: true, Then: m.ask.Answer(againMsg{}),
		})
	}
	if msg.err != nil {
		m.problem = nav.Words(msg.err)
		return nil
	}
	m.save.over = true
	queued := "Queued"
	if m.archives {
		queued = "Archived and queued"
	}
	toast := nav.Toast{Text: reading.Line(queued)}
	if msg.later {
		text := "Goes out " + m.ask.Dates.Said(msg.until, msg.now) + ", if postea is running then"
		return nav.Batch(nav.Say(nav.Back{}), nav.Done(text))
	}
	if msg.until.After(msg.now) {
		toast = nav.Toast{Text: reading.Line(queued + ", goes out"), Away: reading.Line(queued + ", goes out when you are online again"), Until: msg.until, After: reading.Line(m.ask.Hint(keys.List, keys.Undo, "undo"))}
	}
	back := nav.Say(nav.Back{})
	if m.archives {
		back = nav.Batch(back, nav.Say(nav.Archived{ID: cmp.Or(m.draft.ReplyTo, m.draft.Forwards)}))
	}
	return nav.Batch(back, nav.Say(toast))
}

// weight is roughly what the message will weigh: attachments grow by a third on
// the way, but for messages, which go as they are.
func (m *Model) weight() int64 {
	n := int64(m.body.Len()) + 1000
	for _, f := range m.files {
		n += f.Size
		if !strings.HasPrefix(f.Type, "message/") {
			n += f.Size * 37 / 100
		}
	}
	return n
}

// format says in words what the body goes out as.
func (m *Model) format() string {
	if m.fixed() {
		return "sent on unchanged"
	}
	if m.draft.Markdown {
		return "plain text + HTML"
	}
	return "plain text"
}

// outline says in one line what will go out.
func (m *Model) outline(between string) string {
	size := words.Size(m.weight())
	id, known := m.current()
	if known && id.SizeLimit > 0 {
		size += " of " + words.Size(id.SizeLimit)
	}
	var all []mail.Address
	for _, p := range []place{inTo, inCc, inBcc} {
		all = append(all, m.reading(p).list...)
	}
	format := m.format()
	if beyondASCII(all) {
		format += ", SMTPUTF8"
	}
	parts := []string{size, app.Counted(len(all), "recipient"), format, "from " + nav.Line(m.draft.From.Address)}
	if known && id.Server != "" {
		parts = append(parts, "via "+nav.Line(id.Server))
	}
	return strings.Join(parts, " "+between+" ")
}

// scheduledMsg: what was to go out at a time of day was taken up again.
type scheduledMsg struct{ now time.Time }

func (m *Model) tellScheduled() nav.Cmd {
	if m.draft.Scheduled.IsZero() {
		return nil
	}
	return m.ask.Run(func(context.Context) tea.Msg { return scheduledMsg{m.ask.Clock()} })
}
