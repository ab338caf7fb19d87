package outbox

import (
	"strconv"
	"strings"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/transcript"
	"postea/internal/when"
	"postea/tui/theme"
	"postea/tui/widget"
	"postea/tui/words"
)

const (
	margin    = 3
	manyNames = 12 // recipients above which those that are well are only counted
)

// line is one line of the page, drawn when the time is known.
type line struct{ draw func(widget.Area) }

// arrange makes the page for the width.
func (j *Journey) arrange() {
	if !j.loaded || j.size.Width == 0 {
		return
	}
	b := builder{m: j.size.Measure, width: j.size.Width - 2*margin, dates: j.acts.ask.Dates}
	b.gap()
	b.heading(j.data.Item)
	b.gap()
	for _, l := range j.data.Log {
		b.log(l)
	}
	b.gap()
	b.rule()
	b.gap()
	b.recipients(j.data.Item.Recipients)
	for i := len(j.data.Attempts) - 1; i >= 0; i-- {
		b.gap()
		b.attempt(j.data.Attempts[i], len(j.data.Attempts))
	}
	b.gap()
	j.lines = b.lines
	j.scrollTo(j.top)
}

type builder struct {
	m     widget.Measure
	width int
	dates when.Style
	lines []line
}

func (b *builder) add(draw func(widget.Area)) { b.lines = append(b.lines, line{draw}) }
func (b *builder) gap()                       { b.add(func(widget.Area) {}) }
func (b *builder) rule()                      { b.add(func(a widget.Area) { a.HRule(0) }) }

func (b *builder) heading(it app.OutboxItem) {
	b.add(func(a widget.Area) {
		sep := " " + a.Look.Signs.Between + " "
		right := app.Counted(len(it.Recipients), "recipient") + sep + words.Size(it.Size)
		if id := it.MessageID.String(); id != "" && a.Width() >= 90 {
			right += sep + "<" + a.Measure().Fit(id, 34, a.Look.Signs.Ellipsis) + ">"
		}
		end := a.Right(a.Width(), 0, theme.Style{Ink: theme.Dim}, right) - 2
		a.Fit(0, 0, end, theme.Style{Ink: theme.Strong, Bold: true}, it.Subject.String())
	})
}

// logTone is what a step of the journey means.
func logTone(l app.LogLine) words.Tone {
	switch l.Kind {
	case "reported": // its first word is what has happened
		switch what, _, _ := strings.Cut(l.Text.String(), " "); what {
		case "failed":
			return words.Bad
		case "delayed":
			return words.Waiting
		}
	case "sent":
		return words.Active
	case "copied":
		switch text := l.Text.String(); {
		case strings.HasSuffix(text, " yet"):
			return words.Waiting
		case strings.HasPrefix(text, "no "):
			return words.Plain
		}
	case "deferred", "late":
		return words.Waiting
	case "rejected", "blocked":
		return words.Bad
	case "unsure":
		return words.Unsure
	case "queued", "cancelled", "scheduled":
		return words.Plain
	}
	return words.Good
}

// log adds a step: what happened and, beside it where there is room and else below,
// the detail. Both are told in full.
func (b *builder) log(l app.LogLine) {
	at := b.dates.StampWidth() + 4
	column := max(b.width*45/100, 34)
	detail := l.Detail.String()
	beside := b.width >= 80
	room := b.width - at
	var right []string
	if beside && detail != "" {
		room, right = column-at-2, b.wrap(detail, b.width-column)
	}
	left := b.wrap(l.Text.String(), room)
	for i := range max(len(left), len(right)) {
		b.add(func(a widget.Area) {
			if i == 0 {
				ink, sign := tone(a, logTone(l))
				switch {
				case l.Kind == "sent":
					sign = a.Look.Signs.Unread
				case ink == theme.Dim:
					sign = a.Look.Signs.Dot
				}
				a.Text(0, 0, theme.Style{Ink: theme.Dim}, a.Look.Dates.Stamp(l.At, a.Now))
				a.Text(at-3, 0, theme.Style{Ink: ink}, sign)
			}
			if i < len(left) {
				a.Text(at, 0, theme.Style{Ink: theme.Text}, left[i])
			}
			if i < len(right) {
				a.Text(column, 0, theme.Style{Ink: theme.Dim}, right[i])
			}
		})
	}
	if beside || detail == "" {
		return
	}
	for _, piece := range b.wrap(detail, b.width-at) {
		b.add(func(a widget.Area) { a.Text(at, 0, theme.Style{Ink: theme.Dim}, piece) })
	}
}

// wrap breaks a text into lines of a width, without the blanks at their ends.
func (b *builder) wrap(text string, width int) []string {
	lines := b.m.Wrap(text, max(width, 10))
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

// recipients lists those that need attention first; many that are well are
// only counted.
func (b *builder) recipients(list []app.OutboxRecipient) {
	var well []app.OutboxRecipient
	for _, r := range list {
		switch r.State {
		case mail.RecipientAccepted, mail.RecipientRelayed, mail.RecipientExpanded, mail.RecipientDelivered:
			well = append(well, r)
		default:
			b.recipient(r)
		}
	}
	if len(well) <= manyNames {
		for _, r := range well {
			b.recipient(r)
		}
		return
	}
	b.add(func(a widget.Area) {
		a.Text(0, 0, theme.Style{Ink: theme.Green}, a.Look.Signs.Check+" "+words.Tally(well, " "+a.Look.Signs.Between+" "))
	})
}

func (b *builder) recipient(r app.OutboxRecipient) {
	reply := ""
	if r.Code > 0 {
		reply = strconv.Itoa(r.Code) + " "
	}
	if e := r.Enhanced.String(); e != "" {
		reply += e + " "
	}
	reply += r.Text.String()
	column := max(b.width*45/100, 30)
	word, t := words.Recipient(r)
	say, below := r.Words.String(), ""
	if say == "" {
		say = word
	}
	if b.m.Width(say) > b.width-column {
		say, below = word, say
	}
	address := []string{r.Address.String()}
	if b.m.Width(address[0]) > column-4 {
		address = b.wrap(address[0], b.width-2)
		if below == "" {
			below = say
		} else {
			below = say + ": " + below
		}
		say = ""
	}
	for i, piece := range address {
		b.add(func(a widget.Area) {
			ink, sign := tone(a, t)
			if i == 0 {
				a.Text(0, 0, theme.Style{Ink: ink}, sign)
			}
			a.Text(2, 0, theme.Style{Ink: ink}, piece)
			a.Text(column, 0, theme.Style{Ink: theme.Text}, say)
		})
	}
	if below != "" {
		b.wrapped(below, theme.Text)
	}
	if reply != "" {
		b.wrapped(reply, theme.Dim)
	}
}

// wrapped adds text below a recipient.
func (b *builder) wrapped(text string, ink theme.Ink) {
	for _, piece := range b.wrap(text, b.width-2) {
		b.add(func(a widget.Area) { a.Text(2, 0, theme.Style{Ink: ink}, piece) })
	}
}

func (b *builder) attempt(t app.AttemptView, of int) {
	title := "conversation"
	if of > 1 {
		title = "attempt " + strconv.Itoa(t.N) + " of " + strconv.Itoa(of)
	}
	about := []string{t.Server.String(), t.TLS.String(), t.Outcome.String()}
	const sep = 3 // cells between two of them
	room := b.width - b.m.Width(title) - sep - b.dates.StampWidth()
	for _, s := range about {
		room -= sep + b.m.Width(s)
	}
	outcome := ""
	if room < 0 { // what a server said may be long
		outcome, about = about[2], about[:2]
	}
	b.add(func(a widget.Area) {
		between := " " + a.Look.Signs.Between + " "
		rest := between + a.Look.Dates.Stamp(t.Started, a.Now)
		for _, s := range about {
			if s != "" {
				rest += between + s
			}
		}
		x := a.Text(0, 0, theme.Style{Ink: theme.Dim}, title)
		a.Fit(x, 0, a.Width()-x, theme.Style{Ink: theme.Dim}, rest)
	})
	if outcome != "" {
		b.wrapped(outcome, theme.Dim)
	}
	b.inset(func(widget.Area) {})
	for _, l := range t.Lines {
		b.trace(l)
	}
	b.inset(func(widget.Area) {})
}

func (b *builder) inset(draw func(widget.Area)) {
	b.add(func(a widget.Area) { draw(a.On(theme.Inset)) })
}

func (b *builder) trace(l app.TraceView) {
	ink := theme.Dim
	switch l.From {
	case transcript.Server:
		ink = theme.Blue
	case transcript.Client:
		ink = theme.Accent
	}
	for i, piece := range b.wrap(l.Text.String(), b.width-13) {
		b.inset(func(a widget.Area) {
			if i == 0 {
				a.Text(2, 0, theme.Style{Ink: ink}, string(l.From))
			}
			style := theme.Style{Ink: theme.Text}
			if l.From == transcript.Info {
				style.Ink = theme.Dim
			}
			a.Text(11, 0, style, piece)
		})
	}
}
