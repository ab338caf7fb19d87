package composer

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/nav"
	"postea/tui/words"
)

type allowMsg struct {
	what  string
	later bool
}

// laterMsg is the time that was chosen, as it was written.
type laterMsg struct{ text string }

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
	for _, q := range questions(d) {
		if !m.allowed[q.what] {
			return nav.Say(nav.Confirm{
				Question: q.text, Detail: q.detail, Yes: "send", No: "go back", Then: m.ask.Answer(allowMsg{q.what, later}),
			})
		}
	}
	if later {
		return nav.Say(nav.AskWhen("Send", "send then", func(text string) tea.Msg { return m.ask.Answer(laterMsg{text}) }))
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

type question struct{ what, text, detail string }

// questions are about what may be a slip.
func questions(d mail.Draft) []question {
	var list []question
	if d.Redirects != 0 {
		return append(list, slips(d)...)
	}
	if strings.TrimSpace(d.Subject) == "" {
		list = append(list, question{"subject", "Send without a subject?", ""})
	}
	if len(d.Attach) == 0 && speaksOfAttachment(d.Body) {
		list = append(list, question{"attachment", "Send without an attachment?", "The text speaks of one, and nothing is attached."})
	}
	return append(list, slips(d)...)
}

// slips are the recipients whose domain looks like a well-known one.
func slips(d mail.Draft) []question {
	var list []question
	for _, text := range []string{d.To, d.Cc, d.Bcc} {
		addresses, _ := mail.ParseAddressList(text)
		for _, a := range addresses {
			if meant := likelyDomain(a.Domain()); meant != "" {
				list = append(list, question{"domain " + a.Domain(), "Is " + nav.Line(a.Address) + " right?", "It looks like " + meant + "."})
			}
		}
	}
	return list
}

// speaksOfAttachment looks for the word in what the user wrote: not in quotes
// and not in the signature.
func speaksOfAttachment(body string) bool {
	for line := range strings.SplitSeq(body, "\n") {
		if line == "-- " {
			return false
		}
		if strings.HasPrefix(line, ">") {
			continue
		}
		lower := strings.ToLower(line)
		for _, w := range []string{"attached", "attachment", "enclosed", "angehängt", "anhang", "im anhang", "anbei", "ci-joint", "adjunto", "en pièce jointe", "in allegato", "添付"} {
			if strings.Contains(lower, w) {
				return true
			}
		}
	}
	return false
}

// likelyDomain is the well-known domain that a domain is one slip away from.
func likelyDomain(domain string) string {
	known := []string{"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "proton.me", "protonmail.com", "fastmail.com", "gmx.net", "web.de"}
	for _, k := range known {
		if domain == k {
			return ""
		}
	}
	for _, k := range known {
		if oneSlip(domain, k) {
			return k
		}
	}
	return ""
}

// oneSlip tells whether two names differ by one letter added, left out or
// changed, or by two neighbours swapped.
func oneSlip(a, b string) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	x, y := a[i:], b[i:]
	switch len(x) - len(y) {
	case 1:
		return x[1:] == y
	case -1:
		return x == y[1:]
	case 0:
		if len(x) == 0 {
			return false
		}
		swapped := len(x) > 1 && x[0] == y[1] && x[1] == y[0] && x[2:] == y[2:]
		return swapped || x[1:] == y[1:]
	}
	return false
}

// commit hands the saved draft to the outbox.
func (m *Model) commit() nav.Cmd {
	d, at := m.snapshot(), m.at
	return m.ask.Run(func(ctx context.Context) tea.Msg {
		if at != "" {
			id, until, err := m.source.SendLater(ctx, d, at)
			return sentMsg{id, until, m.ask.Clock(), true, err}
		}
		id, until, err := m.source.Send(ctx, d)
		return sentMsg{id, until, m.ask.Clock(), false, err}
	})
}

func (m *Model) sent(msg sentMsg) nav.Cmd {
	m.save.sending = false
	if msg.err != nil {
		m.problem = nav.Words(msg.err)
		return nil
	}
	m.save.over = true
	toast := nav.Toast{Text: reading.Line("Queued")}
	if msg.later {
		text := "Goes out " + words.DateTime(msg.until, msg.now) + ", if postea is running then"
		return nav.Batch(nav.Say(nav.Back{}), nav.Done(text))
	}
	if msg.until.After(msg.now) {
		toast = nav.Toast{Text: reading.Line("Queued, goes out in"), Until: msg.until, After: reading.Line("u undo")}
	}
	return nav.Batch(nav.Say(nav.Back{}), nav.Say(toast))
}

// weight is roughly what the message will weigh: attachments grow by a third on
// the way.
func (m *Model) weight() int64 {
	n := int64(m.body.Len()) + 1000
	for _, f := range m.files {
		n += f.Size + f.Size*37/100
	}
	return n
}

// format says in words what the body goes out as.
func (m *Model) format() string {
	if m.fixed() {
		return "sent on unchanged"
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
	n := 0
	for _, p := range []place{inTo, inCc, inBcc} {
		list, _ := mail.ParseAddressList(m.fields[p].Text())
		n += len(list)
	}
	parts := []string{size, words.Count(n, "recipient"), m.format(), "from " + nav.Line(m.draft.From.Address)}
	if known && id.Server != "" {
		parts = append(parts, "via "+nav.Line(id.Server))
	}
	return strings.Join(parts, " "+between+" ")
}
