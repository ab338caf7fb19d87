package help

import (
	"strings"

	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
)

// Help is the overlay. It is a dialog.Overlay.
type Help struct {
	title string
	rows  []row
	texts []string
	shown []int
	field widget.Field
	list  widget.List
	keysW int
}

type row struct{ keys, title, help string }

// New makes the help of a scope. enter is how the enter key is shown.
func New(m *keys.Map, s keys.Scope, enter string) *Help {
	h := &Help{title: s.Name()}
	for _, e := range m.In(s) {
		if len(e.Keys) == 0 || keys.AccountNumber(e.ID) > 1 {
			continue
		}
		var shown []string
		for _, k := range e.Keys {
			shown = append(shown, keys.Shown(k, enter))
		}
		r := row{strings.Join(shown, "  "), e.Title, e.Help}
		if keys.AccountNumber(e.ID) == 1 {
			r = row{"alt+1 … alt+9", "Account 1 … 9", "its inbox"}
		}
		h.rows = append(h.rows, r)
		h.texts = append(h.texts, r.title+" "+r.help+" "+r.keys)
		h.keysW = max(h.keysW, len([]rune(r.keys)))
	}
	if s&keys.InText == 0 {
		h.rows = append(h.rows, row{"3 j", "Three down", "a number before an action repeats it"})
		h.texts = append(h.texts, "number count repeat")
	}
	h.narrow()
	return h
}

func (h *Help) narrow() {
	h.shown = h.shown[:0]
	typed := strings.ToLower(h.field.Text())
	for i, t := range h.texts {
		if strings.Contains(strings.ToLower(t), typed) {
			h.shown = append(h.shown, i)
		}
	}
	h.list = widget.List{}
}

// Scope implements dialog.Overlay.
func (h *Help) Scope() keys.Scope { return keys.Menu }

// Press implements dialog.Overlay.
func (h *Help) Press(m widget.Measure, key, text string) nav.Cmd {
	switch key {
	case "esc", "enter", "ctrl+g", "f1":
		return nav.Say(nav.Dismiss{})
	case "?":
		if h.field.Text() == "" {
			return nav.Say(nav.Dismiss{})
		}
	case "down", "ctrl+n":
		h.list.Scroll(1)
		return nil
	case "up", "ctrl+p":
		h.list.Scroll(-1)
		return nil
	case "pgdown", "ctrl+d":
		h.list.Scroll(h.list.Page() - 1)
		return nil
	case "pgup":
		h.list.Scroll(1 - h.list.Page())
		return nil
	}
	if h.field.Press(m, key, text) {
		h.narrow()
	}
	return nil
}

// Paste implements dialog.Overlay.
func (h *Help) Paste(text string) nav.Cmd {
	h.field.Insert(text)
	h.narrow()
	return nil
}

// Mouse implements dialog.Overlay.
func (h *Help) Mouse(ev nav.Mouse) nav.Cmd {
	if ev.Wheel == 0 {
		return nav.Say(nav.Dismiss{})
	}
	h.list.Scroll(ev.Wheel)
	return nil
}

// roomFor is how many keys are shown: air is left around them where there is some.
func roomFor(a widget.Area) int {
	if a.Look.Plain {
		return max(a.Height()-5, 1)
	}
	return max(a.Height()-12, min(a.Height()-7, 6), 1)
}

// Draw implements dialog.Overlay.
func (h *Help) Draw(a widget.Area) {
	rows := min(len(h.rows), roomFor(a))
	b := a.Overlay(min(84, a.Width()-8), rows+5)
	x := b.Text(1, 0, theme.Style{Ink: theme.Strong, Bold: true}, h.title) + 3
	h.field.Draw(b.Sub(x, 0, b.Width()-x-1, 1), theme.Style{Ink: theme.Strong})
	if h.field.Text() == "" {
		b.Fit(x+1, 0, b.Width()-x-2, theme.Style{Ink: theme.Faint}, "type to search")
	}
	b.HRule(1)
	h.list.Resize(len(h.shown), rows)
	from, to := h.list.Visible()
	keysW := min(h.keysW, b.Width()/3)
	for i := from; i < to; i++ {
		r, y := h.rows[h.shown[i]], 3+i-from
		b.Fit(1, y, keysW, theme.Style{Ink: theme.Accent}, r.keys)
		end := b.Fit(keysW+4, y, b.Width()-keysW-5, theme.Style{Ink: theme.Text}, r.title)
		b.Fit(end+2, y, b.Width()-end-3, theme.Style{Ink: theme.Dim}, r.help)
	}
	if to < len(h.shown) {
		b.Right(b.Width()-1, b.Height()-1, theme.Style{Ink: theme.Dim}, "more below "+b.Look.Signs.Down)
	}
	if len(h.shown) == 0 {
		b.Text(1, 3, theme.Style{Ink: theme.Dim}, "No key does that. Backspace widens the search.")
	}
}
