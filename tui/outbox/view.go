package outbox

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
	"postea/tui/words"
)

const (
	topGap   = 1
	wideRows = 100 // width from which on an item fits one line

	slowSending = 10 * time.Second // from when on it is told how long sending takes
)

func (m *Model) pitch() int {
	if m.size.Width >= wideRows {
		return 1
	}
	return 2
}

func (m *Model) fit() {
	m.list.Resize(len(m.rows), max(m.size.Height-topGap, 1))
}

// Head implements nav.Screen.
func (m *Model) Head(time.Time) nav.Head {
	h := nav.Head{Crumbs: []string{"Outbox"}, Hints: []keys.Action{keys.Open, keys.SendNow, keys.EditOutgoing, keys.CancelOutgoing, keys.RetryOutgoing, keys.CorrectAddress, keys.SettleOutgoing}}
	count := [3]int{m.counts.Sending, m.counts.Waiting, m.counts.NeedsYou}
	for i, what := range []string{"sending", "waiting", words.NeedsYou(count[2])} {
		if count[i] == 0 {
			continue
		}
		if len(h.Right) > 0 {
			h.Right = append(h.Right, nav.Piece{Text: "  ·  ", Style: theme.Style{Ink: theme.Faint}})
		}
		style := theme.Style{Ink: theme.Dim}
		if i == 0 {
			style.Ink = theme.Accent
		}
		h.Right = append(h.Right, nav.Piece{Text: app.Number(count[i]) + " " + what, Style: style})
	}
	return h
}

// tone is the ink and the sign of a tone.
func tone(a widget.Area, t words.Tone) (theme.Ink, string) {
	ink, sign := toned(a.Look.Signs, t)
	if a.Look.Plain {
		sign = "" // the word beside it says the same
	}
	return ink, sign
}

func toned(s theme.Signs, t words.Tone) (theme.Ink, string) {
	switch t {
	case words.Active:
		return theme.Accent, s.Sending
	case words.Planned:
		return theme.Blue, s.Clock
	case words.Waiting:
		return theme.Yellow, s.Retry
	case words.Good:
		return theme.Green, s.Check
	case words.Bad:
		return theme.Red, s.Cross
	case words.Unsure:
		return theme.Violet, s.Unsure
	}
	return theme.Dim, s.Between
}

// Draw implements nav.Screen.
func (m *Model) Draw(a widget.Area) {
	switch {
	case m.failed.String() != "":
		a.Fit(3, 1, a.Width()-4, theme.Style{Ink: theme.Red}, "The outbox could not be read: "+m.failed.String())
		return
	case !m.loaded:
		return
	case len(m.rows) == 0:
		a.Empty("The outbox is empty", "What you send is listed here, with everything that happens to it.")
		return
	}
	from, to := m.list.Visible()
	column := m.stateWidth(a)
	for i := from; i < to; i++ {
		r := a.Sub(0, topGap+i-from, a.Width(), m.pitch())
		switch {
		case m.rows[i].heading != "":
			r.Text(3, 0, theme.Style{Ink: theme.Dim}, m.rows[i].heading)
		case m.rows[i].starts():
			m.drawItem(r, m.items[m.rows[i].item], i == m.list.Cursor, column)
		}
	}
}

// stateWidth is the width of the states' column: that of "needs you" and the
// like, and wider where a message is to go out at a time that says more.
func (m *Model) stateWidth(a widget.Area) int {
	width := 11
	for _, it := range m.items {
		if it.State == mail.ItemHeld {
			word, _ := words.State(it, a.Now, a.Look.Dates)
			width = max(width, a.Measure().Width(word))
		}
	}
	return min(width, max(11, a.Width()/4))
}

func (m *Model) drawItem(r widget.Area, it app.OutboxItem, cursor bool, column int) {
	if r.Look.Plain {
		word, _ := words.State(it, r.Now, r.Look.Dates)
		r.PlainRow(cursor, word, it.Subject.String(), "to "+it.To.String()+others(it), r.Look.Dates.Short(it.Created, r.Now), m.detail(it, r))
		return
	}
	if cursor {
		r = r.On(theme.Selection)
		for y := range r.Height() {
			r.Text(0, y, theme.Style{Ink: theme.Accent}, r.Look.Signs.Bar)
		}
	}
	word, t := words.State(it, r.Now, r.Look.Dates)
	ink, sign := tone(r, t)
	state := theme.Style{Ink: ink}
	r.Text(3, 0, state, sign)
	r.Fit(5, 0, column, state, word)
	left := 5 + column + 1
	main := theme.Style{Ink: theme.Text}
	if cursor {
		main = theme.Style{Ink: theme.Strong, Bold: true}
	}
	subject := it.Subject.String()
	if m.size.Width < wideRows {
		end := r.Right(r.Width()-1, 0, theme.Style{Ink: theme.Dim}, r.Look.Dates.Short(it.Created, r.Now)) - 2
		r.Fit(left, 0, end-left, main, subject)
		x := drawTo(r, left, 1, (r.Width()-left-1)/2, it) + 2
		m.drawDetail(r.Sub(x, 1, r.Width()-x-1, 1), it)
		return
	}
	to := left + (r.Width()-left)*28/100
	detail := to + (r.Width()-left)*24/100
	r.Fit(left, 0, to-left-2, main, subject)
	drawTo(r, to, 0, detail-to-2, it)
	m.drawDetail(r.Sub(detail, 0, r.Width()-detail-1, 1), it)
}

// drawTo draws the recipient; how many others there are is not cut off with a long address.
func drawTo(r widget.Area, x, y, width int, it app.OutboxItem) int {
	more := others(it)
	x = r.Fit(x, y, width-len(more), theme.Style{Ink: theme.Dim}, it.To.String())
	return r.Text(x, y, theme.Style{Ink: theme.Dim}, more)
}

func others(it app.OutboxItem) string {
	if it.More == 0 {
		return ""
	}
	return fmt.Sprintf(" +%d", it.More)
}

func (m *Model) drawDetail(a widget.Area, it app.OutboxItem) {
	if it.State == mail.ItemSending && it.Size > 0 && it.Sent > 0 && !a.Look.Dates.Still {
		drawProgress(a, it.Sent, it.Size)
		return
	}
	a.Fit(0, 0, a.Width(), theme.Style{Ink: theme.Dim}, m.detail(it, a))
}

// drawProgress draws how much of a message has gone up.
func drawProgress(a widget.Area, sent, size int64) {
	text := fmt.Sprintf("%d %%  %s of %s", sent*100/size, words.Size(sent), words.Size(size))
	bar := min(24, a.Width()-len(text)-2)
	x := 0
	if bar >= 6 {
		full := int(int64(bar) * sent / size)
		x = a.Text(x, 0, theme.Style{Ink: theme.Accent}, strings.Repeat(a.Look.Signs.ProgressOn, full))
		x = a.Text(x, 0, theme.Style{Ink: theme.Faint}, strings.Repeat(a.Look.Signs.ProgressOff, bar-full)) + 2
	}
	a.Fit(x, 0, a.Width()-x, theme.Style{Ink: theme.Dim}, text)
}

// detail says what happened last and what comes next.
func (m *Model) detail(it app.OutboxItem, a widget.Area) string {
	between := " " + a.Look.Signs.Between + " "
	said := it.Detail.String()
	with := func(next string) string { // next is what a narrow window still shows
		switch {
		case slices.ContainsFunc(it.Recipients, func(r app.OutboxRecipient) bool { return r.State == mail.RecipientFailed }):
			return next + between + words.Tally(it.Recipients, between)
		case said == "":
			return next
		}
		return next + between + said
	}
	switch it.State {
	case mail.ItemHeld:
		if it.HeldFor == mail.HeldForUndo {
			return m.ask.Hint(keys.Outbox, keys.Undo, "brings it back")
		}
		return words.Until(it.NotBefore, a.Now, a.Look.Dates)
	case mail.ItemSending:
		if took := a.Now.Sub(it.Began); took >= slowSending && !it.Began.IsZero() && !a.Look.Dates.Still {
			return words.Span(took) + " so far"
		}
	case mail.ItemQueued:
		if m.away {
			return with("goes out when you are online again")
		}
	case mail.ItemDeferred:
		if m.away {
			return with("goes on when you are online again")
		}
		if it.NextAttempt.After(a.Now) {
			return with("next " + words.Until(it.NextAttempt, a.Now, a.Look.Dates))
		}
		return with("next now")
	case mail.ItemUnsure:
		return "line lost after the last byte" + between + a.Look.Signs.Enter + " to decide"
	case mail.ItemRejected:
		hint := m.ask.Hint(keys.Outbox, keys.CorrectAddress, "to correct the address")
		if !slices.ContainsFunc(it.Recipients, misaddressed) {
			hint = m.ask.Hint(keys.Outbox, keys.EditOutgoing, "to edit it")
		}
		if hint != "" {
			return failure(it) + between + hint
		}
		return failure(it)
	case mail.ItemCancelled:
		return "not sent"
	case mail.ItemAccepted, mail.ItemDone:
		if len(it.Recipients) > 1 {
			return words.Tally(it.Recipients, between)
		}
		if len(it.Recipients) == 1 && it.Recipients[0].State == mail.RecipientFailed {
			return failure(it)
		}
		if q := it.QueueID.String(); q != "" {
			return "queued as " + q
		}
	}
	return said
}

// failure says why the first recipient failed, and how many there are.
func failure(it app.OutboxItem) string {
	n, why := 0, ""
	for _, r := range it.Recipients {
		if r.State != mail.RecipientFailed {
			continue
		}
		if n++; n == 1 {
			if why = r.Words.String(); why == "" {
				why = r.Text.String()
			}
		}
	}
	switch {
	case why == "":
		return it.Detail.String()
	case n > 1:
		return fmt.Sprintf("%s, and %d more", strings.TrimSuffix(why, "."), n-1)
	}
	return why
}
