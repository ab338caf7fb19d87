package tui

import (
	"time"

	"postea/internal/app"
	"postea/tui/nav"
	"postea/tui/search"
	"postea/tui/theme"
	"postea/tui/widget"
)

// The widths at which the desk changes.
const (
	mediumWidth = 90
	wideWidth   = 140
	leastSide   = 24
	mostSide    = 32
	leastList   = 40 // beside the reader
	leastReader = 46 // beside the list
)

// placement is where the reader stands beside the list.
type placement int

const (
	previewOff placement = iota
	previewRight
	previewBelow
)

func (p placement) next() placement { return (p + 1) % 3 }

func parsePlacement(s string) (p placement, chosen bool) {
	switch s {
	case "off":
		return previewOff, true
	case "right":
		return previewRight, true
	case "below":
		return previewBelow, true
	}
	return previewOff, false
}

// rect is a pane's place.
type rect struct{ x, y, w, h int }

func (r rect) empty() bool { return r.w <= 0 || r.h <= 0 }

func (r rect) holds(x, y int) bool { return x >= r.x && y >= r.y && x < r.x+r.w && y < r.y+r.h }

// layout is where the panes are. A pane that is not shown is empty.
type layout struct{ side, list, read, find rect }

func (l layout) of(p pane) rect {
	switch p {
	case sidePane:
		return l.side
	case readPane:
		return l.read
	case findPane:
		return l.find
	}
	return l.list
}

func (l layout) at(x, y int) (pane, rect, bool) {
	for _, p := range []pane{sidePane, readPane, findPane, listPane} { // a drawer lies over the list
		if r := l.of(p); r.holds(x, y) {
			return p, r, true
		}
	}
	return 0, rect{}, false
}

// placement is where the reader stands now: where the user said, if that fits, or
// below the list if it does not beside it; else at the right of a wide screen.
func (d *desk) placement() placement {
	beside := d.size.Width
	if d.folders {
		beside -= d.sideWidth() + 1
	}
	switch {
	case d.narrow():
		return previewOff
	case d.chosen && d.preview == previewRight && beside < leastList+1+leastReader:
		return previewBelow
	case d.chosen:
		return d.preview
	case d.size.Width >= wideWidth:
		return previewRight
	}
	return previewOff
}

// narrow tells whether one pane is shown at a time.
func (d *desk) narrow() bool { return d.plain || d.size.Width < mediumWidth }

// sideWidth is the width of the sidebar beside the list: names of folders and accounts get
// more of a window that has room to spare.
func (d *desk) sideWidth() int { return min(max(leastSide, leastSide+(d.size.Width-160)/5), mostSide) }

// resize gives the desk another size. The pane that has the keys keeps them: else
// what is typed into a search, say, would be verbs of the list.
func (d *desk) resize(size nav.Size) nav.Cmd {
	hidden := d.room.read.empty()
	d.size = size
	d.reading = d.placement() == previewOff && (d.reading || d.focus == readPane)
	d.drawer = d.narrow() && (d.drawer || d.focus == sidePane)
	cmd := d.arrange()
	if hidden && !d.reading {
		return nav.Batch(cmd, d.followNow())
	}
	return cmd
}

// arrange gives each pane its place and tells it its size.
func (d *desk) arrange() nav.Cmd {
	w, h := d.size.Width, d.size.Height
	if d.narrow() {
		d.room = layout{list: rect{0, 0, w, h}}
		if d.drawer && d.plain {
			d.room = layout{side: rect{0, 0, w, h}}
		} else if d.drawer {
			d.room.side = rect{0, 0, min(mostSide, w*2/3), h}
		}
	} else {
		d.drawer = false
		d.room = layout{list: rect{0, 0, w, h}}
		if d.folders {
			side := d.sideWidth()
			d.room.side = rect{0, 0, side, h}
			d.room.list = rect{side + 1, 0, w - side - 1, h}
		}
	}
	d.placeReader()
	if l := &d.room.list; d.find.On() && !l.empty() {
		d.room.find = rect{l.x, l.y, l.w, min(search.Height, l.h)}
		l.y, l.h = l.y+search.Height, l.h-search.Height
	}
	if d.room.of(d.focus).empty() {
		d.focus = listPane
	}
	cmds := []nav.Cmd{d.read.SetBeside(!d.reading && d.focus != readPane)}
	for _, p := range []pane{sidePane, listPane, readPane, findPane} {
		if r := d.room.of(p); !r.empty() {
			cmds = append(cmds, d.screen(p).Handle(nav.Size{Width: r.w, Height: r.h, Measure: d.size.Measure, Pictures: d.size.Pictures, WholePictures: d.size.WholePictures}))
		}
	}
	return nav.Batch(cmds...)
}

func (d *desk) placeReader() {
	l := d.room.list
	if d.reading {
		d.room.read, d.room.list = l, rect{}
		return
	}
	switch d.placement() {
	case previewRight:
		lw := min(max(l.w*2/5, leastList), 72)
		d.room.list = rect{l.x, l.y, lw, l.h}
		d.room.read = rect{l.x + lw + 1, l.y, l.w - lw - 1, l.h}
	case previewBelow:
		lh := max(l.h*2/5, 4)
		d.room.list = rect{l.x, l.y, l.w, lh}
		d.room.read = rect{l.x, l.y + lh + 1, l.w, l.h - lh - 1}
	}
}

// Draw implements nav.Screen.
func (d *desk) Draw(a widget.Area) {
	for _, p := range []pane{findPane, listPane, readPane, sidePane} {
		r := d.room.of(p)
		if r.empty() {
			continue
		}
		b := a.Sub(r.x, r.y, r.w, r.h)
		b.Focused = a.Focused && d.focus == p
		if p == sidePane && d.drawer {
			b = b.On(theme.Panel)
		}
		if p == findPane {
			d.find.DrawFound(b, d.found())
			continue
		}
		d.screen(p).Draw(b)
	}
	if s := d.room.side; !s.empty() {
		a.Sub(s.w, 0, 1, a.Height()).VRule(0)
	}
	l, r := d.room.list, d.room.read
	if f := d.room.find; !f.empty() {
		l = f
	}
	switch {
	case l.empty() || r.empty():
	case l.y == r.y:
		a.Sub(r.x-1, 0, 1, a.Height()).VRule(0)
	default:
		a.Sub(r.x, r.y-1, r.w, 1).HRule(0)
	}
}

// Head implements nav.Screen.
func (d *desk) Head(now time.Time) nav.Head {
	h := d.screen(d.focus).Head(now)
	list := d.list.Head(now)
	crumbs := d.crumbs()
	h.Right = list.Right
	if d.focus == readPane {
		if d.reading {
			crumbs = append(crumbs, h.Crumbs...)
		}
		if n, of := d.list.Position(); of > 0 && d.reading {
			h.Right = []nav.Piece{{Text: app.Number(n) + " of " + app.Number(of), Style: theme.Style{Ink: theme.Dim}}}
		}
	}
	h.Crumbs = crumbs
	return h
}

func (d *desk) found() search.Found {
	total, more, waiting, problem := d.list.Found()
	return search.Found{Total: total, More: more, Waiting: waiting, Problem: problem}
}

// crumbs name the place of the list: the account, then the folder.
func (d *desk) crumbs() []string {
	p := d.list.Place()
	switch p.Kind {
	case app.PlaceAllInboxes:
		return []string{"All inboxes"}
	case app.PlaceStarred:
		return []string{"Starred"}
	case app.PlaceEverywhere:
		return []string{"Search"}
	}
	for _, acc := range d.side.Data().Accounts {
		if acc.Name != p.Account {
			continue
		}
		for _, f := range acc.Folders {
			if f.Place.Folder == p.Folder {
				return []string{acc.Label.String(), f.Label.String()}
			}
		}
	}
	if p.Name == "" {
		return nil
	}
	return []string{nav.Line(p.Name)}
}
