package status

import (
	"strings"
	"time"

	"postea/internal/app"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
	"postea/tui/words"
)

// Hint is a key and what it does.
type Hint struct{ Key, Label string }

// Draw draws the line, the lower of two rows: the state, or a toast, at the left;
// at the right as many hints as fit, of which the last one stays longest. What
// went wrong takes the upper row too where it is long.
func (b *Bar) Draw(a widget.Area, outbox app.OutboxCounts, hints []Hint) {
	left, room := b.left(a, outbox), a.Width()-2
	if !b.toastOn {
		room = a.Width() / 2 // it stays, and so must the hints
	}
	if b.wrong() && piecesWidth(a.Measure(), left) > room {
		left = drawFirst(a.Row(0), left)
	}
	b.draw(a.Row(1), left, hints)
}

// wrong tells whether the line says what went wrong.
func (b *Bar) wrong() bool {
	if b.toastOn {
		return b.toast.Error
	}
	s, _ := b.worst()
	return s.Kind == app.StatusNeedsYou
}

func piecesWidth(m widget.Measure, list []nav.Piece) int {
	n := 0
	for _, p := range list {
		n += m.Width(p.Text)
	}
	return n
}

// drawFirst draws as much of a text as fits on a row, up to a space, and gives
// the rest.
func drawFirst(a widget.Area, list []nav.Piece) []nav.Piece {
	a.Fill(0, 0, a.Width(), 1)
	x := 1
	for i, p := range list {
		if x+a.Measure().Width(p.Text) < a.Width() {
			x = a.Text(x, 0, p.Style, p.Text)
			continue
		}
		lines := a.Measure().Wrap(p.Text, a.Width()-1-x)
		a.Text(x, 0, p.Style, lines[0])
		p.Text = strings.TrimLeft(p.Text[len(lines[0]):], " ")
		return append([]nav.Piece{{Text: "  "}, p}, list[i+1:]...)
	}
	return nil
}

// DrawHints draws the line with hints alone.
func (b *Bar) DrawHints(a widget.Area, hints []Hint) { b.draw(a, nil, hints) }

func (b *Bar) draw(a widget.Area, left []nav.Piece, hints []Hint) {
	m := a.Measure()
	width := piecesWidth(m, left)
	right := a.Width() - 1
	room := right - min(width, a.Width()/2) - 5
	if b.toastOn {
		room = right - width - 5
	}
	for ; len(hints) > 0 && hintsWidth(m, hints) > room; hints = dropOne(hints) {
	}
	x := right - hintsWidth(m, hints)
	end := x
	for i, h := range hints {
		if i > 0 {
			x += 2
		}
		x = a.Text(x, 0, theme.Style{Ink: theme.Strong}, h.Key) + 1
		x = a.Text(x, 0, theme.Style{Ink: theme.Dim}, h.Label)
	}
	x = 1
	for _, p := range left {
		x = a.Fit(x, 0, end-2-x, p.Style, p.Text)
	}
}

// dropOne takes away the hint before the last one.
func dropOne(hints []Hint) []Hint {
	if len(hints) < 2 {
		return nil
	}
	return append(hints[:len(hints)-2:len(hints)-2], hints[len(hints)-1])
}

func hintsWidth(m widget.Measure, hints []Hint) int {
	w := 0
	for _, h := range hints {
		w += m.Width(h.Key) + 1 + m.Width(h.Label) + 2
	}
	return max(w-2, 0)
}

func (b *Bar) left(a widget.Area, outbox app.OutboxCounts) []nav.Piece {
	if b.toastOn {
		return b.toastPieces(a)
	}
	p := b.state(a)
	if b.Working {
		p = []nav.Piece{mark(a, a.Look.Signs.Working, theme.Accent, ""), dim("writing down what you changed" + a.Look.Signs.Ellipsis)}
	}
	if n := b.Pending(); n > 0 {
		s, _ := b.worst()
		if s.Kind != app.StatusOffline {
			p = append(p, between(a), dim(app.Counted(n, "change")+" on the way"))
		}
	}
	if out := outboxWords(outbox, a.Width() < narrow); len(out) > 0 {
		if len(p) > 0 {
			p = append(p, between(a))
		}
		p = append(p, dim("outbox "), nav.Piece{Text: strings.Join(out, ", "), Style: theme.Style{Ink: theme.Strong}})
	}
	return p
}

// narrow is the width below which only the gravest count is shown.
const narrow = 110

func outboxWords(outbox app.OutboxCounts, short bool) []string {
	var out []string
	for _, c := range []struct {
		n    int
		what string
	}{{outbox.Sending, "sending"}, {outbox.Waiting, "waiting"}, {outbox.NeedsYou, words.NeedsYou(outbox.NeedsYou)}} {
		if c.n > 0 {
			out = append(out, app.Number(c.n)+" "+c.what)
		}
	}
	if short && len(out) > 1 {
		return out[len(out)-1:]
	}
	return out
}

func dim(s string) nav.Piece { return nav.Piece{Text: s, Style: theme.Style{Ink: theme.Dim}} }

func between(a widget.Area) nav.Piece {
	if a.Look.Plain {
		return dim(", ")
	}
	return dim("  " + a.Look.Signs.Between + "  ")
}

// mark is the sign that stands before a text; plainly said it is a word or nothing.
func mark(a widget.Area, sign string, ink theme.Ink, word string) nav.Piece {
	if a.Look.Plain {
		sign = word
	}
	if sign != "" {
		sign += " "
	}
	return nav.Piece{Text: sign, Style: theme.Style{Ink: ink}}
}

func (b *Bar) toastPieces(a widget.Area) []nav.Piece {
	t := b.toast
	text := nav.Piece{Text: t.Text.String(), Style: theme.Style{Ink: theme.Text}}
	switch {
	case t.Error:
		return []nav.Piece{mark(a, a.Look.Signs.Cross, theme.Red, "Error:"), text}
	case !t.Until.IsZero():
		p := []nav.Piece{mark(a, a.Look.Signs.Clock, theme.Blue, ""), text,
			{Text: " " + words.Until(t.Until, a.Now, a.Look.Dates), Style: theme.Style{Ink: theme.Strong}}}
		if after := t.After.String(); after != "" {
			p = append(p, between(a), dim(after))
		}
		return p
	}
	p := []nav.Piece{mark(a, a.Look.Signs.Check, theme.Green, ""), text}
	if path := t.Path.String(); path != "" {
		p = append(p, nav.Piece{Text: " "}, nav.Piece{Text: path, Style: a.Link(theme.Style{Ink: theme.Text}, t.Link)})
	}
	if after := t.After.String(); after != "" {
		p = append(p, between(a), dim(after))
	}
	return p
}

func (b *Bar) state(a widget.Area) []nav.Piece {
	s, ok := b.worst()
	if !ok {
		return nil
	}
	signs := a.Look.Signs
	name := ""
	if len(b.accounts) > 1 && !(s.Kind == app.StatusOffline && b.allOffline()) {
		name = s.Account + " "
	}
	switch s.Kind {
	case app.StatusConnecting:
		text := "signing in"
		if why := s.Text.String(); why != "" {
			text = why + "; signing in again"
		}
		return []nav.Piece{mark(a, signs.Working, theme.Accent, ""), dim(name + text + signs.Ellipsis)}
	case app.StatusSyncing:
		text := name + "syncing"
		if s.Of > 0 {
			text += " " + app.Number(s.Done) + " of " + app.Number(s.Of)
		}
		return []nav.Piece{mark(a, signs.Working, theme.Accent, ""), dim(text)}
	case app.StatusOnline:
		return []nav.Piece{mark(a, signs.Online, theme.Green, ""), dim(syncedWords(b.synced(), a))}
	case app.StatusOffline:
		return []nav.Piece{mark(a, signs.Offline, theme.Yellow, ""), dim(name + offlineWords(s, b.Pending(), a))}
	case app.StatusNeedsYou:
		return []nav.Piece{mark(a, signs.Warning, theme.Red, "Needs you:"), {Text: name, Style: theme.Style{Ink: theme.Strong}}, dim(s.Text.String())}
	}
	if text := s.Text.String(); text != "" {
		return []nav.Piece{mark(a, signs.Offline, theme.Dim, ""), dim(text)}
	}
	return nil
}

func syncedWords(t time.Time, a widget.Area) string {
	if t.IsZero() {
		return "connected"
	}
	return "synced " + words.Since(t, a.Now, a.Look.Dates)
}

// offlineWords ends in the reason, which may be long.
func offlineWords(s app.Status, pending int, a widget.Area) string {
	text := "offline"
	if pending > 0 {
		text += ", " + app.Counted(pending, "change") + " waiting"
	}
	retried := s.Retry.After(a.Now)
	if retried {
		text += ", trying again " + words.Until(s.Retry, a.Now, a.Look.Dates)
	}
	switch why := s.Text.String(); {
	case why == "" || pending > 0:
		return text
	case retried:
		return text + ": " + why
	default:
		return text + ", " + why
	}
}

// Hints makes hints out of actions.
func Hints(m *keys.Map, s keys.Scope, list []keys.Action, enter string) []Hint {
	var hints []Hint
	for _, a := range list {
		e, ok := m.Entry(s, a)
		if !ok || len(e.Keys) == 0 {
			continue
		}
		hints = append(hints, Hint{keys.Shown(e.Keys[0], enter), e.Label()})
	}
	return hints
}
