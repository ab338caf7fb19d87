package widget

import (
	"sort"
	"strings"

	"postea/tui/theme"
)

// rowPos is a row on the screen: a line and which of its wrapped rows.
type rowPos struct{ line, row int }

func (p rowPos) before(q rowPos) bool { return p.line < q.line || p.line == q.line && p.row < q.row }

// Resize tells the editor the room it is drawn in.
func (e *Editor) Resize(m Measure, width, height int) {
	e.init()
	width, height = max(width, 2), max(height, 1)
	if m != e.measure || width != e.width {
		clear(e.wraps)
	}
	e.resized = e.resized || m != e.measure || width != e.width || height != e.height
	e.measure, e.width, e.height = m, width, height
}

// starts gives the byte offsets at which the rows of a line begin. The last
// column is left free so that the cursor has a place after a full row.
func (e *Editor) starts(line int) []int {
	if w := e.wraps[line]; w != nil {
		return w
	}
	starts := []int{0}
	text := e.lines[line]
	for at := e.measure.lineEnd(text, e.room(line, 0)); at < len(text); at += e.measure.lineEnd(text[at:], e.room(line, at)) {
		starts = append(starts, at)
	}
	e.wraps[line] = starts
	return starts
}

// room is the number of cells for the row of a line that begins at a byte.
func (e *Editor) room(line, at int) int { return max(e.width-1-e.hang(line, at), 1) }

// hang is how far the row of a line that begins at a byte is set in: what a quoted
// line goes on with stands below its words, beside the bars.
func (e *Editor) hang(line, at int) int {
	prefix := quotePrefix(e.lines[line])
	if at == 0 || prefix == 0 || prefix > longestQuote || prefix > e.width/2 {
		return 0
	}
	return prefix
}

// longestQuote is how many bytes of > signs and blanks are set in at most.
const longestQuote = 64

// longLine is from which length on, in bytes, a changed line is not wrapped anew
// from its beginning.
const longLine = 4096

// rewrapped gives the starts of the rows of a line in which what stood from from
// to to has changed its length by delta: those before it stay, and those behind
// it from where they fall on the same places again. nil is to be wrapped anew.
func (e *Editor) rewrapped(line int, old []int, from, to, delta int) []int {
	text := e.lines[line]
	if len(old) < 3 || len(text) < longLine || from <= longestQuote {
		return nil
	}
	k := max(sort.SearchInts(old, from+1)-2, 0) // a word may move back by one row
	starts := append(make([]int, 0, len(old)+1), old[:k+1]...)
	next := sort.SearchInts(old, to+1)
	for at := starts[k]; ; {
		at += e.measure.lineEnd(text[at:], e.room(line, at))
		if at >= len(text) {
			return starts
		}
		for next < len(old) && old[next]+delta < at {
			next++
		}
		if next < len(old) && old[next]+delta == at {
			for _, start := range old[next:] {
				starts = append(starts, start+delta)
			}
			return starts
		}
		starts = append(starts, at)
	}
}

func (e *Editor) row(p Pos) rowPos {
	starts := e.starts(p.Line)
	return rowPos{p.Line, sort.SearchInts(starts, p.Byte+1) - 1}
}

// span gives the bytes of a row within its line.
func (e *Editor) span(r rowPos) (from, to int) {
	starts := e.starts(r.line)
	if r.row+1 < len(starts) {
		return starts[r.row], starts[r.row+1]
	}
	return starts[r.row], len(e.lines[r.line])
}

func (e *Editor) rowStart() Pos {
	from, _ := e.span(e.row(e.at))
	return Pos{e.at.Line, from}
}

func (e *Editor) rowEnd() Pos {
	from, to := e.span(e.row(e.at))
	if to < len(e.lines[e.at.Line]) && to > from { // the end of a wrapped row is the start of the next one
		to = e.measure.clusterLeft(e.lines[e.at.Line], to)
	}
	return Pos{e.at.Line, to}
}

// step goes n rows down or up, as far as there are any.
func (e *Editor) step(r rowPos, n int) rowPos {
	for ; n > 0; n-- {
		switch {
		case r.row+1 < len(e.starts(r.line)):
			r.row++
		case r.line+1 < len(e.lines):
			r = rowPos{r.line + 1, 0}
		default:
			return r
		}
	}
	for ; n < 0; n++ {
		switch {
		case r.row > 0:
			r.row--
		case r.line > 0:
			r = rowPos{r.line - 1, len(e.starts(r.line-1)) - 1}
		default:
			return r
		}
	}
	return r
}

func (e *Editor) vertical(n int, mark bool) {
	from := e.row(e.at)
	goal := e.goal
	if goal == 0 {
		goal = e.column(e.at) + 1
	}
	to := e.step(from, n)
	switch {
	case to != from:
		e.moveTo(e.atColumn(to, goal-1), mark)
	case n < 0:
		e.moveTo(Pos{}, mark)
	default:
		e.moveTo(Pos{len(e.lines) - 1, len(e.lines[len(e.lines)-1])}, mark)
	}
	e.goal = goal
}

func (e *Editor) column(p Pos) int {
	from, _ := e.span(e.row(p))
	return e.hang(p.Line, from) + e.measure.Width(e.lines[p.Line][from:p.Byte])
}

func (e *Editor) atColumn(r rowPos, column int) Pos {
	from, to := e.span(r)
	piece, _ := e.measure.Cut(e.lines[r.line][from:to], column-e.hang(r.line, from))
	p := Pos{r.line, from + len(piece)}
	if e.row(p) != r { // the last cluster of a wrapped row
		p.Byte = e.measure.clusterLeft(e.lines[r.line], p.Byte)
	}
	return p
}

// Scroll moves what is visible by n rows, and takes the cursor along.
func (e *Editor) Scroll(n int) {
	e.keepTop()
	e.top = e.step(e.top, n)
	at := e.row(e.at)
	switch last := e.step(e.top, e.height-1); {
	case at.before(e.top):
		e.moveTo(e.atColumn(e.top, e.column(e.at)), false)
	case last.before(at):
		e.moveTo(e.atColumn(last, e.column(e.at)), false)
	}
}

// Click puts the cursor on a cell of the area drawn last.
func (e *Editor) Click(x, y int) {
	e.keepTop()
	e.moveTo(e.atColumn(e.step(e.top, y), x), false)
	e.viElsewhere()
	e.history.sealed = true
}

// Drag selects from where Click was to a cell of the area drawn last, or of the row
// above or below it.
func (e *Editor) Drag(x, y int) {
	e.keepTop()
	if e.Style == "vi" && e.vi.mode == viNormal {
		e.vi.mode = viVisual
	}
	e.moveTo(e.atColumn(e.step(e.top, y), max(x, 0)), true)
	e.history.sealed = true
}

// keepTop finds another first row where the text has lost the one there was. Keys
// and the mouse may come before the next frame is drawn.
func (e *Editor) keepTop() {
	e.init()
	if e.top.line >= len(e.lines) || e.top.row >= len(e.starts(e.top.line)) {
		e.top = e.row(e.at)
	}
}

// follow scrolls so that the cursor is seen.
func (e *Editor) follow() {
	e.keepTop()
	if e.resized { // there may be room for more above
		e.resized = false
		last := rowPos{len(e.lines) - 1, len(e.starts(len(e.lines)-1)) - 1}
		if full := e.step(last, 1-e.height); full.before(e.top) {
			e.top = full
		}
	}
	at := e.row(e.at)
	if at.before(e.top) {
		e.top = at
		return
	}
	if first := e.step(at, 1-e.height); e.top.before(first) {
		e.top = first
	}
}

// Draw draws the visible rows: quotes dim with a bar in the place of each >,
// the signature dim, the selection on its surface.
func (e *Editor) Draw(a Area) {
	e.Resize(a.Measure(), a.Width(), a.Height())
	e.follow()
	signature := e.signature()
	from, to := e.selection()
	r := e.top
	for y := range a.Height() {
		e.drawRow(a, y, r, r.line >= signature, from, to)
		if e.row(e.at) == r {
			a.PutCursor(e.column(e.at), y)
		}
		next := e.step(r, 1)
		if next == r {
			return
		}
		r = next
	}
}

func (e *Editor) drawRow(a Area, y int, r rowPos, signature bool, from, to Pos) {
	line := e.lines[r.line]
	start, stop := e.span(r)
	style := theme.Style{Ink: theme.Text}
	prefix := quotePrefix(line)
	if signature || prefix > 0 {
		style.Ink = theme.Dim
	}
	var doubts [][2]int
	if !signature {
		doubts = e.doubtful(r, start, stop)
	}
	x := 0
	if e.hang(r.line, start) > 0 {
		x = a.Text(0, y, theme.Style{Ink: theme.Blue}, strings.ReplaceAll(line[:prefix], ">", a.Look.Signs.QuoteBar))
	}
	for i := start; i < stop; {
		_, n, _ := a.Measure().Next(line[i:])
		st, text := style, line[i:i+n]
		for len(doubts) > 0 && i >= doubts[0][1] {
			doubts = doubts[1:]
		}
		if len(doubts) > 0 && i >= doubts[0][0] {
			st.Ink, st.Underline = theme.Red, true
		}
		if i < prefix && text == ">" {
			st.Ink, text = theme.Blue, a.Look.Signs.QuoteBar
		}
		p := Pos{r.line, i}
		if !p.Before(from) && p.Before(to) {
			st.On = theme.Selection
		}
		x = a.Text(x, y, st, text)
		i += n
	}
}

// signature is the line from which on the text is the signature.
func (e *Editor) signature() int {
	for i := len(e.lines) - 1; i >= 0; i-- {
		if e.lines[i] == "-- " {
			return i
		}
	}
	return len(e.lines)
}

// quotePrefix is the length of the > signs, and blanks among them, at the start of a line.
func quotePrefix(line string) int {
	if !strings.HasPrefix(line, ">") {
		return 0
	}
	return len(line) - len(strings.TrimLeft(line, "> "))
}
