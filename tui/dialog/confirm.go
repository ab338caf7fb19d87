package dialog

import (
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
)

// Confirm asks one question. y says yes, and so does enter unless the question
// is a grave one; n, esc and q say no.
type Confirm struct{ ask nav.Confirm }

// NewConfirm makes the question.
func NewConfirm(c nav.Confirm) *Confirm { return &Confirm{c} }

// Scope implements Overlay.
func (c *Confirm) Scope() keys.Scope { return keys.Choice }

// Press implements Overlay.
func (c *Confirm) Press(_ widget.Measure, key, _ string) nav.Cmd {
	switch key {
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
func (c *Confirm) Mouse(nav.Mouse) nav.Cmd { return nil }

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
	for _, l := range question {
		b.Text(1, y, theme.Style{Ink: theme.Strong, Bold: true}, l)
		y++
	}
	y++
	for _, l := range detail {
		b.Text(1, y, theme.Style{Ink: theme.Dim}, l)
		y++
	}
	x := b.Text(1, b.Height()-1, theme.Style{Ink: theme.Accent, Bold: true}, "y") + 1
	x = b.Text(x, b.Height()-1, theme.Style{Ink: theme.Text}, c.ask.Yes) + 3
	x = b.Text(x, b.Height()-1, theme.Style{Ink: theme.Accent, Bold: true}, "n") + 1
	b.Text(x, b.Height()-1, theme.Style{Ink: theme.Text}, c.ask.No)
}
