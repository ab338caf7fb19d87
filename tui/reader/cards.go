package reader

import (
	"cmp"
	"strings"
	"time"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/when"
	"postea/tui/theme"
	"postea/tui/widget"
	"postea/tui/words"
)

// row is a line above the text that is neither header nor text: of a card, or
// of what there is to know about a message.
type row struct {
	bar    bool // a card's, with a bar in the ink
	ink    theme.Ink
	pieces []rowPiece
}

// rowPiece is text with a style, behind a sign of the look where there is one.
type rowPiece struct {
	sign  sign
	said  string // for the sign, where it is heard; empty: as everywhere
	text  string
	style theme.Style
	sent  bool // the time at which what a bounce is about was written
}

type sign uint8

const (
	noSign sign = iota
	goodSign
	badSign
	unsureSign
	laterSign
	warningSign
)

func (s sign) in(look theme.Signs) string {
	return [...]string{"", look.Check, look.Cross, look.Unsure, look.Clock, look.Warning}[s]
}

func (s sign) ink() theme.Ink {
	return [...]theme.Ink{theme.Dim, theme.Green, theme.Red, theme.Violet, theme.Yellow, theme.Yellow}[s]
}

var dimStyle = theme.Style{Ink: theme.Dim}

// above gives the rows between the header of a message and its text: what there
// is to know about it in a line each, then its cards.
func above(it *item, m widget.Measure, width int) []row {
	rows := notes(it.head, m, width)
	if s := pictureNote(it.pictures); s != "" {
		rows = append(rows, wrapped(m, width, noSign, s)...)
	}
	if inv := it.head.Invitation; inv != nil {
		rows = append(append(rows, row{}), invitationRows(inv, m, width-2)...)
	}
	for i, c := range it.head.Contacts {
		if i == maxContacts {
			rows = append(rows, wrapped(m, width, noSign, "and "+app.Counted(len(it.head.Contacts)-i, "further contact"))...)
			break
		}
		rows = append(append(rows, row{}), contactRows(c, m, width-2)...)
	}
	if b := it.head.Bounce; b != nil {
		rows = append(append(rows, row{}), bounceRows(b, m, width-2)...)
	}
	return rows
}

// maxWarnings is how many warnings stand above a message; what is more is
// counted, because a wall of them is not read.
const maxWarnings = 5

func notes(h app.Message, m widget.Measure, width int) []row {
	var rows []row
	var facts []string
	for _, s := range []string{h.Verdict.String(), h.Protection.String()} {
		if s != "" {
			facts = append(facts, s)
		}
	}
	if h.FirstTime {
		facts = append(facts, "the first mail from this address")
	}
	if len(facts) > 0 {
		s := noSign
		if h.Confirmed {
			s = goodSign
		}
		rows = append(rows, wrapped(m, width, s, strings.Join(facts, " · "))...)
	}
	for i, w := range h.Warnings {
		if i == maxWarnings-1 && len(h.Warnings) > maxWarnings {
			rows = append(rows, wrapped(m, width, warningSign, "and "+app.Counted(len(h.Warnings)-i, "further odd thing"))...)
			break
		}
		rows = append(rows, wrapped(m, width, warningSign, w.String())...)
	}
	if h.Outgoing != nil {
		rows = append(rows, fateRows(h.Outgoing, m, width)...)
	}
	if to := h.ReceiptTo.String(); to != "" {
		rows = append(rows, wrapped(m, width, noSign, to+" asks to be told that you have read this · nobody is told")...)
	}
	if l := h.List; l != nil {
		parts := []string{"a list"}
		if name := l.Name.String(); name != "" {
			parts[0] = "list " + name
		}
		switch l.Leave {
		case app.LeaveByPost:
			parts = append(parts, "can be left at once")
		case app.LeaveByMail:
			parts = append(parts, "can be left by mail")
		case app.LeaveByWeb:
			parts = append(parts, "can be left at "+l.LeaveAt.String())
		}
		rows = append(rows, wrapped(m, width, noSign, strings.Join(parts, " · "))...)
	}
	return rows
}

// fateRows say what became of a message of one's own, and who did not get it.
func fateRows(o *app.OutboxItem, m widget.Measure, width int) []row {
	word, tone := words.State(*o, time.Time{}, when.Style{})
	s := map[words.Tone]sign{words.Good: goodSign, words.Bad: badSign, words.Unsure: unsureSign}[tone]
	if o.State != mail.ItemRejected {
		if d := o.Detail.String(); d != "" {
			word += " · " + d
		}
		return wrapped(m, width, s, word)
	}
	var rows []row
	for _, r := range o.Recipients {
		if r.State != mail.RecipientFailed || r.Settled {
			continue
		}
		word, _ := words.Recipient(r)
		text := r.Address.String() + " · " + word
		if why := r.Words.String(); why != "" {
			text += ": " + why
		}
		rows = append(rows, wrapped(m, width, badSign, text)...)
	}
	return rows
}

// wrapped makes dim lines behind a sign.
func wrapped(m widget.Measure, width int, s sign, text string) []row {
	indent := 0
	if s != noSign {
		indent = 2
	}
	var rows []row
	for i, line := range m.Wrap(text, max(width-indent, 10)) {
		r := row{}
		line = strings.TrimRight(line, " ")
		if i > 0 && indent > 0 {
			line = "  " + line
		}
		p := rowPiece{text: line, style: dimStyle}
		if i == 0 {
			p.sign = s
		}
		r.pieces = []rowPiece{p}
		rows = append(rows, r)
	}
	return rows
}

// card makes lines of a card.
type card struct {
	ink   theme.Ink
	m     widget.Measure
	width int
	rows  []row
}

func (c *card) add(pieces ...rowPiece) {
	c.rows = append(c.rows, row{bar: true, ink: c.ink, pieces: pieces})
}

func (c *card) text(style theme.Style, text string, most int) {
	if text == "" {
		return
	}
	for i, line := range c.m.Wrap(text, max(c.width, 10)) {
		if i == most {
			break
		}
		c.add(rowPiece{text: strings.TrimRight(line, " "), style: style}) // a blank may hang over the edge, where it would cost a letter
	}
}

// maxListed is how many people a card names.
const maxListed = 6

// maxWhen is how many lines the time of an event may take, with the days that its
// series leaves out.
const maxWhen = 6

func invitationRows(inv *app.Invitation, m widget.Measure, width int) []row {
	c := card{ink: theme.Blue, m: m, width: width}
	if inv.Method == "CANCEL" || inv.Source != nil && inv.Source.Events[0].Cancelled {
		c.ink = theme.Red
	}
	c.text(theme.Style{Ink: theme.Strong, Bold: true}, inv.Title.String(), 3)
	when := inv.When.String()
	if r := inv.Repeats.String(); r != "" {
		when += ", " + r
	}
	c.text(theme.Style{Ink: theme.Text}, when, maxWhen)
	c.text(theme.Style{Ink: theme.Text}, inv.Series.String(), 3)
	for _, change := range inv.Changes {
		c.text(theme.Style{Ink: theme.Text}, change.String(), 3)
	}
	c.text(theme.Style{Ink: theme.Text}, inv.Where.String(), 3)
	if o := inv.Organizer.String(); o != "" {
		c.text(dimStyle, "organized by "+o, 2)
	}
	for i, a := range inv.Attendees {
		if i == maxListed-1 && len(inv.Attendees) > maxListed {
			c.text(dimStyle, "and "+app.Number(len(inv.Attendees)-i)+" more", 1)
			break
		}
		who := a.Who.String()
		if a.Optional {
			who += ", optional"
		}
		s, said := statusSign(a.Status)
		c.add(rowPiece{sign: s, said: said, text: who, style: dimStyle})
	}
	if inv.More > 0 {
		c.text(dimStyle, app.Counted(inv.More, "further event")+" in the same calendar", 1)
	}
	if inv.Answer {
		c.text(dimStyle, answerWords(inv), 2)
	}
	return c.rows
}

// answerWords says what the organizer, who stands above, has been told so far.
func answerWords(inv *app.Invitation) string {
	switch inv.Mine {
	case "accepted", "declined":
		return "you have " + inv.Mine
	case "tentative":
		return "you have said maybe"
	}
	return "waiting for your answer, which the organizer gets"
}

func statusSign(status string) (s sign, said string) {
	switch status {
	case "accepted":
		return goodSign, "accepted"
	case "declined":
		return badSign, "declined"
	case "tentative":
		return laterSign, "maybe"
	}
	return unsureSign, "no answer from"
}

// maxContacts is how many contacts are shown as cards.
const maxContacts = 3

func contactRows(p reading.ContactCard, m widget.Measure, width int) []row {
	c := card{ink: theme.Blue, m: m, width: width}
	c.text(theme.Style{Ink: theme.Strong, Bold: true}, contactName(p), 2)
	c.text(dimStyle, p.Organization.String(), 2)
	for _, a := range p.Addresses {
		c.text(theme.Style{Ink: theme.Text}, reading.Line(a.Address).String(), 1)
	}
	for _, list := range [][]app.Text{p.Phones, p.Places, p.Links} {
		for _, t := range list {
			c.text(theme.Style{Ink: theme.Text}, t.String(), 2)
		}
	}
	return c.rows
}

func bounceRows(b *app.Bounce, m widget.Measure, width int) []row {
	title, s := bounceTitle(b.Kind)
	c := card{ink: s.ink(), m: m, width: width}
	head := []rowPiece{{sign: s, text: title + "  ", style: theme.Style{Ink: theme.Strong, Bold: true}}}
	if subject := b.Subject.String(); subject != "" || !b.Sent.IsZero() {
		head = append(head, rowPiece{text: subject, style: theme.Style{Ink: theme.Text}})
	}
	c.add(head...)
	if !b.Sent.IsZero() {
		c.rows = append(c.rows, row{bar: true, ink: c.ink, pieces: []rowPiece{{text: "written ", style: dimStyle, sent: true}}})
	}
	for i, r := range b.Recipients {
		if i == maxListed-1 && len(b.Recipients) > maxListed {
			c.text(dimStyle, "and "+app.Counted(len(b.Recipients)-i, "further recipient"), 1)
			break
		}
		c.recipient(r)
	}
	switch {
	case b.Sent.IsZero():
		c.text(dimStyle, "It names no message that was sent from here; anybody can have written it.", 2)
	case b.Outgoing == "":
		c.text(dimStyle, "It was not sent from here, so there is no journey to look at.", 2)
	}
	return c.rows
}

func bounceTitle(kind string) (string, sign) {
	switch kind {
	case "failed":
		return "Not delivered", badSign
	case "delayed":
		return "Delayed, and still being tried", laterSign
	case "delivered":
		return "Delivered", goodSign
	case "relayed":
		return "Handed over", goodSign
	case "expanded":
		return "Passed on to the members of a list", goodSign
	}
	return "A delivery report", unsureSign
}

// recipient says what became of one recipient, in plain words first.
func (c *card) recipient(r app.BounceRecipient) {
	_, s := bounceTitle(r.Action)
	line := r.Address.String()
	if w := r.Words.String(); w != "" {
		line += ": " + w
	}
	if code := r.Status.String(); code != "" {
		line += " (" + code + ")"
	}
	for i, l := range c.m.Wrap(line, max(c.width-2, 10)) {
		p := rowPiece{text: l, style: theme.Style{Ink: theme.Text}}
		if i == 0 {
			p.sign = s
		} else {
			p.text = "  " + l
		}
		c.add(p)
	}
	for i, l := range c.m.Wrap(r.Text.String(), max(c.width-2, 10)) {
		if i == 3 || l == "" {
			break
		}
		c.add(rowPiece{text: "  " + l, style: dimStyle})
	}
}

func drawRow(a widget.Area, r row, b *app.Bounce) {
	x := 0
	if r.bar {
		a.Text(0, 0, theme.Style{Ink: r.ink}, a.Look.Signs.Bar)
		x = 2
	}
	for _, p := range r.pieces {
		if p.sign != noSign {
			mark := p.sign.in(a.Look.Signs)
			if a.Look.Plain {
				mark = cmp.Or(p.said, mark)
			}
			x = a.Text(x, 0, theme.Style{Ink: p.sign.ink()}, mark+" ")
		}
		text := strings.ReplaceAll(p.text, "·", a.Look.Signs.Between)
		if p.sent && b != nil {
			text += a.Look.Dates.Long(b.Sent, a.Now)
		}
		x = a.Fit(x, 0, a.Width()-x, p.style, text)
	}
}
