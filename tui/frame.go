package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/status"
	"postea/tui/theme"
	"postea/tui/widget"
)

// The lines above and below a screen: the top line with its rule, and the rule
// with the bottom line.
const (
	headLines = 2
	footLines = 2
)

func (r *Root) bodyHeight() int { return max(r.size.Height-headLines-footLines, 0) }

// View implements tea.Model. Every mode of the terminal is set here and
// nowhere else, because a view that leaves one out switches it off.
func (r *Root) View() tea.View {
	c := &r.canvas
	c.Clear(r.size.Width, r.size.Height, r.size.Measure)
	r.draw(c)
	v := tea.NewView(c.Render(r.look))
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	v.ReportFocus = true
	v.KeyboardEnhancements.ReportAlternateKeys = true
	if !r.options.NoTitle {
		v.WindowTitle = r.title()
	}
	v.ProgressBar = r.bar()
	if c.Cursor.On {
		v.Cursor = tea.NewCursor(c.Cursor.X, c.Cursor.Y)
		v.Cursor.Blink = false
	}
	return v
}

// Plain is the screen as plain text, for tests.
func (r *Root) Plain() string {
	c := widget.NewCanvas(r.size.Width, r.size.Height, r.size.Measure)
	r.draw(c)
	return c.Plain()
}

func (r *Root) title() string {
	title := r.options.Title
	if crumbs := r.top().Head(r.now).Crumbs; len(crumbs) > 0 {
		title = crumbs[len(crumbs)-1] + " - " + title
	}
	if n := r.desk.side.Data().InboxUnread; n > 0 {
		title = fmt.Sprintf("(%d) %s", n, title)
	}
	return title
}

// tooSmall tells that nothing can be shown: then nothing is done either.
func (r *Root) tooSmall() bool { return r.size.Width < 20 || r.size.Height < 8 }

func (r *Root) draw(c *widget.Canvas) {
	a := c.Area(r.look, r.now)
	if r.tooSmall() {
		for y, line := range a.Measure().Wrap("This window is too small.", a.Width()) {
			a.Text(0, y, theme.Style{}, line)
		}
		return
	}
	head := r.top().Head(r.now)
	r.drawHead(a.Row(0), head)
	a.HRule(1)
	body := a.Sub(0, headLines, a.Width(), r.bodyHeight())
	body.Focused = r.overlay == nil
	if r.welcome() {
		drawWelcome(body)
	} else {
		r.top().Draw(body)
	}
	a.HRule(a.Height() - 2)
	r.drawFoot(a.Sub(0, a.Height()-2, a.Width(), 2), head)
	if r.overlay != nil {
		r.overlay.Draw(a)
	}
}

// welcome tells whether there is no account yet.
func (r *Root) welcome() bool {
	return r.desk.side.Loaded() && len(r.desk.side.Data().Accounts) == 0 && len(r.frames) == 1
}

// drawFoot draws the bottom line, and what does not fit it over its rule. While a
// chord is unfinished it holds the keys that can finish it, and nothing else.
func (r *Root) drawFoot(a widget.Area, head nav.Head) {
	scope := r.top().Scope()
	chord, count := r.keys.Pending()
	if chord != "" {
		hints := []status.Hint{{Key: chord, Label: r.look.Signs.Ellipsis}}
		if in := r.keys.Elsewhere(scope); in != 0 {
			hints[0].Label += " only in: " + strings.Join(in.Names(), ", ")
		}
		for _, e := range r.keys.Continuations(scope) {
			if r.top().Why(e.ID) != "" {
				continue
			}
			hints = append(hints, status.Hint{Key: e.Keys[0], Label: shortGo(e.Label())})
		}
		r.status.DrawHints(a.Row(1), hints)
		return
	}
	if r.welcome() {
		head.Hints = []keys.Action{keys.Quit}
	}
	hints := status.Hints(r.keys.Map(), scope, r.apt(head.Hints), r.look.Signs.Enter)
	if scope&keys.InText == 0 {
		hints = append(hints, status.Hints(r.keys.Map(), scope, []keys.Action{keys.Help}, r.look.Signs.Enter)...)
	}
	if count > 0 {
		hints = append([]status.Hint{{Key: app.Number(count), Label: r.look.Signs.Ellipsis}}, hints...)
		r.status.DrawHints(a.Row(1), hints)
		return
	}
	r.status.Draw(a, r.desk.side.Data().Outbox, hints)
}

// apt keeps of what a screen offers what can be done now. Undo itself is never
// refused by what is known of it here, which is late by a moment.
func (r *Root) apt(list []keys.Action) []keys.Action {
	var out []keys.Action
	for _, a := range list {
		if r.top().Why(a) == "" && (a != keys.Undo || r.desk.side.Data().Undo) {
			out = append(out, a)
		}
	}
	return out
}

func (r *Root) drawHead(a widget.Area, h nav.Head) {
	x := a.Text(1, 0, theme.Style{Ink: theme.Accent, Bold: true}, "postea") + 3
	m, right := a.Measure(), a.Width()-1
	width := 0
	for _, p := range h.Right {
		width += m.Width(p.Text)
	}
	if width < a.Width()-x-8 {
		right -= width
		at := right
		for _, p := range h.Right {
			at = a.Text(at, 0, p.Style, strings.ReplaceAll(p.Text, "·", a.Look.Signs.Between))
		}
		right -= 2
	}
	crumbs := h.Crumbs
	for len(crumbs) > 1 && crumbsWidth(m, crumbs) > right-x {
		crumbs = crumbs[1:]
	}
	if a.Width() < mediumWidth && len(crumbs) > 1 {
		crumbs = crumbs[len(crumbs)-1:]
	}
	into := " " + a.Look.Signs.Crumb + " "
	if a.Look.Plain {
		into = ", "
	}
	for i, crumb := range crumbs {
		style := theme.Style{Ink: theme.Dim}
		if i == len(crumbs)-1 {
			style = theme.Style{Ink: theme.Strong, Bold: true}
		}
		if x = a.Fit(x, 0, right-x, style, crumb); i < len(crumbs)-1 {
			x = a.Fit(x, 0, right-x, theme.Style{Ink: theme.Faint}, into)
		}
	}
}

func crumbsWidth(m widget.Measure, crumbs []string) int {
	w := 0
	for _, c := range crumbs {
		w += m.Width(c) + 3
	}
	return w - 3
}

// shortGo is the name of a place without the verb.
func shortGo(title string) string {
	const prefix = "Go to "
	if len(title) > len(prefix) && title[:len(prefix)] == prefix {
		return title[len(prefix):]
	}
	return title
}

// drawWelcome is what someone sees who has no account yet.
func drawWelcome(a widget.Area) {
	lines := []struct {
		ink  theme.Ink
		bold bool
		text string
	}{
		{theme.Strong, true, "Welcome to postea"},
		{theme.Dim, false, ""},
		{theme.Text, false, "There is no account yet. This adds one and tests it:"},
		{theme.Dim, false, ""},
		{theme.Accent, false, "postea account add you@example.org"},
		{theme.Dim, false, ""},
		{theme.Dim, false, "To look around first, with nothing to set up:  postea demo"},
	}
	y := max((a.Height()-len(lines))/3, 0)
	for i, l := range lines {
		text := a.Measure().Fit(l.text, a.Width()-4, a.Look.Signs.Ellipsis)
		a.Text((a.Width()-a.Measure().Width(text))/2, y+i, theme.Style{Ink: l.ink, Bold: l.bold}, text)
	}
}
