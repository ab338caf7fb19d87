package dialog

import (
	"postea/tui/keys"
	"postea/tui/layout"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
)

// Confirm asks one question. y says yes, and so does enter unless the question
// is a grave one; n, esc and q say no.
type Confirm struct {
	ask  nav.Confirm
	foot widget.Area // as drawn last, for the mouse
	no   int         // where its second half begins
}

// NewConfirm makes the question.
func NewConfirm(c nav.Confirm) *Confirm { return &Confirm{ask: c} }

// Scope implements Overlay.
func (c *Confirm) Scope() keys.Scope { return keys.Choice }

// Press implements Overlay.
func (c *Confirm) Press(_ widget.Measure, key, _ string) nav.Cmd {
	switch layout.Latin(key) {
	case "enter":
		if !c.ask.Careful {
			return dismiss(c.ask.Then)
		}
	case "y", "Y":
		return dismiss(c.ask.Then)
	case "n", "N", "esc", "q":
		return dismiss(nil)
	}
	return nil
}

// Paste implements Overlay.
func (c *Confirm) Paste(string) nav.Cmd { return nil }

// Mouse implements Overlay.
func (c *Confirm) Mouse(ev nav.Mouse) nav.Cmd {
	left, y := c.foot.Origin()
	switch x := ev.X - left; {
	case ev.Wheel != 0 || ev.Y != y || x < 1 || x >= c.foot.Width():
		return nil
	case x >= c.no:
		return dismiss(nil)
	}
	return dismiss(c.ask.Then)
}

// Draw implements Overlay.
func (c *Confirm) Draw(a widget.Area) {
	width := min(60, a.Width()-8)
	m := a.Measure()
	question := m.Wrap(c.ask.Question, width-2)
	var detail []string
	if c.ask.Detail != "" {
		detail = m.Wrap(c.ask.Detail, width-2)
	}
	b := a.Overlay(width, len(question)+len(detail)+4)
	y := 0
	detail = detail[:min(len(detail), max(b.Height()-len(question)-2, 0))]
	for _, l := range question {
		b.Text(1, y, theme.Style{Ink: theme.Strong, Bold: true}, l)
		y++
	}
	y++
	for _, l := range detail {
		b.Text(1, y, theme.Style{Ink: theme.Dim}, l)
		y++
	}
	c.foot = b.Row(b.Height() - 1)
	x := c.foot.Text(1, 0, theme.Style{Ink: theme.Accent, Bold: true}, "y") + 1
	c.no = c.foot.Text(x, 0, theme.Style{Ink: theme.Text}, c.ask.Yes) + 3
	x = c.foot.Text(c.no, 0, theme.Style{Ink: theme.Accent, Bold: true}, "n") + 1
	c.foot.Text(x, 0, theme.Style{Ink: theme.Text}, c.ask.No)
}
