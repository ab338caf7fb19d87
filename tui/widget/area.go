package widget

import (
	"slices"
	"strings"
	"time"

	"postea/tui/theme"
)

// Area is a rectangle of a canvas with its own coordinates. Drawing outside it
// does nothing. An Area is a value; the parts of it are made with Sub and the Splits.
type Area struct {
	Look    *theme.Look
	Now     time.Time
	Focused bool // keys go to what is drawn here

	canvas     *Canvas
	x, y, w, h int
	on         theme.Surface
}

// Width is the number of columns.
func (a Area) Width() int { return a.w }

// Height is the number of lines.
func (a Area) Height() int { return a.h }

// Measure counts cells for this canvas.
func (a Area) Measure() Measure { return a.canvas.Measure }

// Origin is the place of the area's first cell on the canvas.
func (a Area) Origin() (x, y int) { return a.x, a.y }

// Sub is a part of the area, cut to fit.
func (a Area) Sub(x, y, w, h int) Area {
	x, y = max(x, 0), max(y, 0)
	b := a
	b.x, b.y = a.x+min(x, a.w), a.y+min(y, a.h)
	b.w = max(0, min(w, a.w-x))
	b.h = max(0, min(h, a.h-y))
	return b
}

// Inset takes columns off both sides and lines off top and bottom.
func (a Area) Inset(dx, dy int) Area { return a.Sub(dx, dy, a.w-2*dx, a.h-2*dy) }

// Middle is the area's middle with at most width columns.
func (a Area) Middle(width int) Area {
	width = min(width, a.w)
	return a.Sub((a.w-width)/2, 0, width, a.h)
}

// Row is one line of the area.
func (a Area) Row(y int) Area { return a.Sub(0, y, a.w, 1) }

// On gives the area with another surface for what is drawn from now on; the
// surface itself is painted.
func (a Area) On(s theme.Surface) Area {
	a.on = s
	a.Fill(0, 0, a.w, a.h)
	return a
}

// Fill blanks a rectangle with the area's surface.
func (a Area) Fill(x, y, w, h int) {
	r := a.Sub(x, y, w, h)
	for j := range r.h {
		for i := range r.w {
			a.canvas.set(r.x+i, r.y+j, " ", 1, theme.Style{On: a.on}, fill)
		}
	}
}

// Text draws s from a cell on, as far as the area goes, and gives the column after it.
func (a Area) Text(x, y int, style theme.Style, s string) int {
	if y < 0 || y >= a.h {
		return x
	}
	if style.On == theme.Ground {
		style.On = a.on
	}
	p := first
	for len(s) > 0 && x < a.w {
		shown, n, w := a.canvas.Measure.Next(s)
		s = s[n:]
		if x+w > a.w {
			return a.w
		}
		if x >= 0 {
			if shown[0] == ' ' && w > 1 {
				a.Fill(x, y, w, 1)
			} else {
				a.canvas.set(a.x+x, a.y+y, shown, w, style, p)
			}
			p = p.rest()
		}
		x += w
	}
	return x
}

// Link is style with an address behind the text, where the terminal takes one. The
// address is one of this program's own, never one from outside.
func (a Area) Link(style theme.Style, address string) theme.Style {
	if a.Look.Links {
		style.Link = a.canvas.link(address)
	}
	return style
}

// Cell draws a text that is known to fill one cell, such as one of a picture.
func (a Area) Cell(x, y int, style theme.Style, text string) {
	if x >= 0 && y >= 0 && x < a.w && y < a.h {
		a.canvas.set(a.x+x, a.y+y, text, 1, style, first)
	}
}

// Fit draws s in at most width cells, with an ellipsis where it is longer, and
// gives the column after what was drawn.
func (a Area) Fit(x, y, width int, style theme.Style, s string) int {
	width = min(width, a.w-x)
	if width <= 0 {
		return x
	}
	return a.Text(x, y, style, a.canvas.Measure.Fit(s, width, a.Look.Signs.Ellipsis))
}

// Span is a piece of a text, in bytes, that is drawn in a style of its own.
type Span struct {
	From, To int
	Style    theme.Style
}

// FitMarked is Fit with the pieces of s drawn in another style that spans gives:
// where each begins and ends, in bytes, in order.
func (a Area) FitMarked(x, y, width int, style, marked theme.Style, s string, spans [][2]int) int {
	list := make([]Span, len(spans))
	for i, p := range spans {
		list[i] = Span{p[0], p[1], marked}
	}
	return a.FitSpans(x, y, width, style, s, list)
}

// FitSpans is Fit with pieces of s, in their order, in styles of their own.
func (a Area) FitSpans(x, y, width int, style theme.Style, s string, spans []Span) int {
	width = min(width, a.w-x)
	if width <= 0 {
		return x
	}
	shown := a.canvas.Measure.Fit(s, width, a.Look.Signs.Ellipsis)
	same := 0 // what is cut off at the end is replaced by an ellipsis
	for same < len(s) && same < len(shown) && s[same] == shown[same] {
		same++
	}
	for i := range spans {
		spans[i].To = min(spans[i].To, same)
	}
	return a.spans(x, y, style, shown, spans)
}

func (a Area) spans(x, y int, style theme.Style, s string, spans []Span) int {
	at := 0
	for _, p := range spans {
		from, to := max(p.From, at), min(p.To, len(s))
		if from >= to {
			continue
		}
		x = a.Text(x, y, style, s[at:from])
		x = a.Text(x, y, p.Style, s[from:to])
		at = to
	}
	return a.Text(x, y, style, s[at:])
}

// Right draws s so that it ends before column right, and gives the column of its start.
func (a Area) Right(right, y int, style theme.Style, s string) int {
	x := right - a.canvas.Measure.Width(s)
	a.Text(x, y, style, s)
	return x
}

// HRule draws a thin line over the whole width.
func (a Area) HRule(y int) {
	if a.Look.Plain {
		return
	}
	for x := range a.w {
		a.Text(x, y, theme.Style{Ink: theme.Rule}, a.Look.Signs.Horizontal)
	}
}

// VRule draws a thin line over the whole height.
func (a Area) VRule(x int) {
	if a.Look.Plain {
		return
	}
	for y := range a.h {
		a.Text(x, y, theme.Style{Ink: theme.Rule}, a.Look.Signs.Vertical)
	}
}

// PutCursor puts the terminal's cursor on a cell, where the area has the focus.
func (a Area) PutCursor(x, y int) {
	if a.Focused && x >= 0 && y >= 0 && x < a.w && y < a.h {
		a.canvas.Cursor = Cursor{X: a.x + x, Y: a.y + y, On: true}
	}
}

// Overlay fades what is drawn so far and gives a panel of the size, in the
// middle of the upper part of the area, with one blank cell all round, or a
// frame where the panel's surface would not show.
func (a Area) Overlay(w, h int) Area {
	if a.Look.Plain {
		return a.alone()
	}
	a.canvas.Fade(a.Look)
	w, h = min(w+4, a.w), min(h+2, a.h)
	return a.panel((a.w-w)/2, max(0, (a.h-h)/3), w, h)
}

// OverlayBeside is Overlay at the lower right, with what lies behind left as it is.
func (a Area) OverlayBeside(w, h int) Area {
	if a.Look.Plain {
		return a.alone()
	}
	a.canvas.Cursor.On = false
	w, h = min(w+4, a.w), min(h+2, a.h)
	return a.panel(max(a.w-w-2, 0), max(a.h-h-3, 0), w, h)
}

// alone gives all of the area, with nothing else on it.
func (a Area) alone() Area {
	a.canvas.Cursor.On = false
	a.Fill(0, 0, a.w, a.h)
	a.Focused = true
	return a
}

// PlainRow writes a row for a screen reader: its parts, the empty ones left out,
// with the cursor on it where it is the current one.
func (a Area) PlainRow(current bool, parts ...string) {
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	style := theme.Style{Ink: theme.Text}
	if current {
		style = theme.Style{Ink: theme.Strong, Bold: true}
	}
	a.Fit(0, 0, a.w, style, strings.Join(parts, ", "))
	if current {
		a.PutCursor(0, 0)
	}
}

// Empty says in the middle that there is nothing, and below it what to do about that.
func (a Area) Empty(head, rest string) {
	a = a.Inset(4, 0)
	lines := a.Measure().Wrap(rest, max(a.Width(), 1))
	y := max(0, min(a.h/3, a.h-2-len(lines)))
	centred := func(y int, style theme.Style, s string) {
		a.Fit(max(0, (a.w-a.Measure().Width(s))/2), y, a.w, style, s)
	}
	centred(y, theme.Style{Ink: theme.Strong, Bold: true}, head)
	for i, line := range lines {
		centred(y+2+i, theme.Style{Ink: theme.Dim}, line)
	}
}

func (a Area) panel(x, y, w, h int) Area {
	p := a.Sub(x, y, w, h)
	p.Focused = true
	p = p.On(theme.Panel)
	if a.Look.Framed {
		p.frame()
	}
	return p.Inset(2, 1)
}

func (a Area) frame() {
	s, st := a.Look.Signs, theme.Style{Ink: theme.Rule}
	a.HRule(0)
	a.HRule(a.h - 1)
	a.VRule(0)
	a.VRule(a.w - 1)
	a.Text(0, 0, st, s.TopLeft)
	a.Text(a.w-1, 0, st, s.TopRight)
	a.Text(0, a.h-1, st, s.BottomLeft)
	a.Text(a.w-1, a.h-1, st, s.BottomRight)
}
