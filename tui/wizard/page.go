package wizard

import (
	"strings"

	"postea/tui/theme"
	"postea/tui/widget"
)

const (
	pageWidth = 68
	labelEnd  = 11 // where values begin that stand beside their label
)

// line is one line of the page.
type line struct {
	draw func(row widget.Area)
	at   []place // what can be clicked on it
}

type place struct {
	spot    spot
	x, y, w int
}

// page gathers lines.
type page struct {
	m     *Model
	width int
	lines []line
	foot  []line // what is wrong, seen wherever the focus is
}

// layout is where the parts of the page are.
type layout struct {
	x, y, w int
	first   int // line of the page that is drawn first
	height  int // of what is seen of them
	lines   []line
	foot    []line
	spots   []place
}

func (m *Model) layout() layout {
	l := layout{w: min(pageWidth, m.size.Width-4)}
	l.x = (m.size.Width - l.w) / 2
	p := &page{m: m, width: l.w}
	m.build(p)
	l.lines, l.height = append(p.lines, p.foot...), m.size.Height
	if len(l.lines) > l.height {
		l.lines, l.foot = p.lines, p.foot[:min(len(p.foot), l.height/2)]
		l.height -= len(l.foot)
	}
	l.y = max(0, min(4, (l.height-len(l.lines))/2))
	if over := len(l.lines) - l.height; over > 0 {
		for i, ln := range l.lines { // the focus is seen
			for _, s := range ln.at {
				if s.spot == m.focus {
					l.first = min(max(0, i-l.height/2), over)
				}
			}
		}
	}
	for i, ln := range l.lines[l.first:min(l.first+l.height, len(l.lines))] {
		for _, s := range ln.at {
			s.x, s.y = s.x+l.x, i+l.y
			l.spots = append(l.spots, s)
		}
	}
	return l
}

// Draw implements nav.Screen.
func (m *Model) Draw(a widget.Area) {
	l := m.layout()
	draw := func(lines []line, y int) {
		for i, ln := range lines {
			if ln.draw != nil {
				row := a.Sub(l.x, y+i, l.w, 1)
				row.Focused = a.Focused
				ln.draw(row)
			}
		}
	}
	draw(l.lines[l.first:min(l.first+l.height, len(l.lines))], l.y)
	draw(l.foot, l.height)
}

func (p *page) add(draw func(widget.Area), at ...place) { p.lines = append(p.lines, line{draw, at}) }

func (p *page) blank() {
	if n := len(p.lines); n > 0 && p.lines[n-1].draw != nil {
		p.add(nil)
	}
}

// gap is a blank line where there is room for one.
func (p *page) gap() {
	if !p.m.low() {
		p.blank()
	}
}

// low tells of a window with little height.
func (m *Model) low() bool { return m.size.Height < 26 }

func (p *page) text(ink theme.Ink, text string) {
	if text == "" {
		return
	}
	for _, s := range p.m.size.Measure.Wrap(text, p.width) {
		p.add(func(row widget.Area) { row.Text(0, 0, theme.Style{Ink: ink}, s) })
	}
}

func (p *page) heading(text string) {
	p.add(func(row widget.Area) { row.Text(0, 0, theme.Style{Ink: theme.Strong, Bold: true}, text) })
}

// field is a label, what is typed below it, and a rule; or in one line, with a
// shorter label, where there is little room.
func (p *page) field(s spot, label, short string) {
	m := p.m
	if m.low() && m.stage != atAddress && m.stage != atFinding {
		p.beside(s, short)
		return
	}
	focused := m.focus == s && !m.busy()
	ink := theme.Dim
	if focused {
		ink = theme.Accent
	}
	p.add(func(row widget.Area) { row.Text(0, 0, theme.Style{Ink: ink}, label) })
	p.add(func(row widget.Area) { m.value(row, s, focused) }, place{spot: s, w: p.width})
	p.add(func(row widget.Area) {
		if focused {
			for x := range row.Width() {
				row.Text(x, 0, theme.Style{Ink: theme.Accent}, row.Look.Signs.Horizontal)
			}
			return
		}
		row.HRule(0)
	})
}

// beside is a field with its label in front of it.
func (p *page) beside(s spot, label string) {
	m := p.m
	focused := m.focus == s && !m.busy()
	p.add(func(row widget.Area) {
		ink := theme.Dim
		if focused {
			ink = theme.Accent
		}
		row.Text(0, 0, theme.Style{Ink: ink}, label)
		at := row.Sub(labelEnd, 0, row.Width()-labelEnd, 1)
		at.Focused = row.Focused
		m.value(at, s, focused)
	}, place{spot: s, w: p.width})
}

func (m *Model) value(at widget.Area, s spot, focused bool) {
	row := at
	at.Focused = row.Focused && focused
	style := theme.Style{Ink: theme.Strong}
	switch {
	case secretField(s):
		dots := func(text string) string {
			n := 0
			for len(text) > 0 {
				_, size, _ := at.Measure().Next(text)
				text, n = text[size:], n+1
			}
			return strings.Repeat(at.Look.Signs.Dot, n)
		}
		all, before := dots(m.fields[s].Text()), dots(m.fields[s].Before())
		at.Text(0, 0, style, all)
		if focused {
			at.PutCursor(min(at.Measure().Width(before), at.Width()-1), 0)
		}
	case focused:
		m.fields[s].Draw(at, style)
	default:
		at.Fit(0, 0, at.Width(), style, m.fields[s].Text())
	}
}

// choice is a label with several words, of which one is chosen.
func (p *page) choice(s spot, label string, options []string, chosen int) {
	focused := p.m.focus == s && !p.m.busy()
	p.add(func(row widget.Area) {
		ink := theme.Dim
		if focused {
			ink = theme.Accent
		}
		row.Text(0, 0, theme.Style{Ink: ink}, label)
		x := labelEnd
		for i, o := range options {
			style := theme.Style{Ink: theme.Dim}
			if i == chosen {
				style = theme.Style{Ink: theme.Strong, Bold: true, Underline: focused}
				o = row.Look.Signs.Dot + " " + o
			}
			x = row.Fit(x, 0, row.Width()-x, style, o) + 3
		}
		if focused {
			row.PutCursor(labelEnd, 0)
		}
	}, place{spot: s, w: p.width})
}

// beneath is a remark below the value of a line with a label.
func (p *page) beneath(text string) {
	for _, s := range p.m.size.Measure.Wrap(text, p.width-labelEnd) {
		p.add(func(row widget.Area) { row.Text(labelEnd, 0, theme.Style{Ink: theme.Dim}, s) })
	}
}

// buttons are drawn beside each other, as many as there is room for.
func (p *page) buttons(list ...spot) {
	labels := map[spot]string{spotSign: "Sign in", spotChange: "Change the servers", spotUse: "Use these servers", spotTrust: "Trust these keys", spotPage: "Copy the address", spotBrowser: "Sign in without a code"}
	rows, x := [][]place{nil}, 0
	for _, s := range list {
		w := len(labels[s]) + 4
		if x > 0 && x+w > p.width {
			rows, x = append(rows, nil), 0
		}
		last := len(rows) - 1
		rows[last] = append(rows[last], place{spot: s, x: x, w: w})
		x += w + 2
	}
	for _, at := range rows {
		p.buttonRow(at, list[0], labels)
	}
}

func (p *page) buttonRow(at []place, first spot, labels map[spot]string) {
	m := p.m
	p.add(func(row widget.Area) {
		for _, b := range at {
			style := theme.Style{Ink: theme.Text, On: theme.Selection}
			switch {
			case b.spot == m.focus && !m.busy():
				style = theme.Style{Ink: theme.Accent, Bold: true, Reverse: true}
			case b.spot == first:
				style.Ink = theme.Accent
			}
			text := "  " + labels[b.spot] + "  "
			if !row.Look.Coloured() {
				text = "[ " + labels[b.spot] + " ]"
				style.On = theme.Ground
			}
			row.Text(b.x, 0, style, text)
			if b.spot == m.focus && !m.busy() {
				row.PutCursor(b.x+2, 0)
			}
		}
	}, at...)
}
