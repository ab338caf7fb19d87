package widget

import (
	"slices"
	"strings"
)

// Pos is a place between two clusters of an editor's text.
type Pos struct{ Line, Byte int }

// Before tells whether p comes before q.
func (p Pos) Before(q Pos) bool { return p.Line < q.Line || p.Line == q.Line && p.Byte < q.Byte }

// Editor edits text of many lines with soft wrapping. A key costs the line it
// changes and the lines on the screen, whatever the length of the rest. The
// zero value is empty and ready; Resize comes before motions and drawing.
type Editor struct {
	lines  []string
	wraps  [][]int // for each line the starts of its rows; nil: not wrapped yet
	at     Pos
	anchor Pos
	marked bool // a selection runs from anchor to at
	goal   int  // the column that vertical motion keeps, 0 for none, else column+1

	// Style is the style of the keys: "", emacs or vi.
	Style   string
	vi      vi
	marking bool // motions select, in the style of emacs

	// Doubt tells whether a word is not known; nil judges none.
	Doubt func(word string) bool

	top           rowPos
	measure       Measure
	width, height int
	resized       bool // since the last frame
	history       history
	register      string // what was cut or copied last
	sought        string // what was looked for last
	changes       int
}

// Set replaces the text, forgets the history and puts the cursor at the start.
func (e *Editor) Set(text string) {
	*e = Editor{measure: e.measure, width: e.width, height: e.height, register: e.register, changes: e.changes + 1, Doubt: e.Doubt, Style: e.Style}
	e.lines = strings.Split(unixLines(text), "\n")
	e.wraps = make([][]int, len(e.lines))
}

// Replace replaces the text as one step that can be taken back.
func (e *Editor) Replace(text string) {
	e.init()
	last := len(e.lines) - 1
	e.history.sealed = true
	e.replace(Pos{}, Pos{last, len(e.lines[last])}, unixLines(text))
	e.history.sealed = true
	e.moveTo(Pos{}, false)
}

// Text is the whole text, lines parted by LF.
func (e *Editor) Text() string { return strings.Join(e.lines, "\n") }

// Len is the length of Text in bytes.
func (e *Editor) Len() int {
	n := max(len(e.lines)-1, 0)
	for _, l := range e.lines {
		n += len(l)
	}
	return n
}

// Changes counts the changes so far; it tells whether Text would differ.
func (e *Editor) Changes() int { return e.changes }

// Steps counts the steps that Undo can take back.
func (e *Editor) Steps() int { return len(e.history.done) }

// AtTop tells whether the cursor stands on the first row.
func (e *Editor) AtTop() bool {
	e.init()
	return e.row(e.at) == rowPos{}
}

// Insert puts text in the place of the selection, or at the cursor.
func (e *Editor) Insert(text string) {
	e.viTyped(press{text: text, whole: true})
	e.insert(text)
}

func (e *Editor) insert(text string) {
	e.init()
	from, to := e.selection()
	e.replace(from, to, unixLines(text))
}

// Selected is the selected text.
func (e *Editor) Selected() string {
	e.init()
	from, to := e.selection()
	return e.slice(from, to)
}

// Undo takes the last change back; it tells whether there was one.
func (e *Editor) Undo() bool {
	h := &e.history
	if len(h.done) == 0 {
		return false
	}
	for more := true; more; {
		c := h.done[len(h.done)-1]
		h.done = h.done[:len(h.done)-1]
		e.splice(c.from, end(c.from, c.inserted), c.removed)
		h.undone = append(h.undone, c)
		e.moveTo(c.before, false)
		more = c.joined && len(h.done) > 0
	}
	h.sealed = true
	e.viElsewhere()
	return true
}

// Redo makes the change again that Undo took back last.
func (e *Editor) Redo() bool {
	h := &e.history
	if len(h.undone) == 0 {
		return false
	}
	for more := true; more; more = len(h.undone) > 0 && h.undone[len(h.undone)-1].joined {
		c := h.undone[len(h.undone)-1]
		h.undone = h.undone[:len(h.undone)-1]
		e.splice(c.from, end(c.from, c.removed), c.inserted)
		h.done = append(h.done, c)
		e.moveTo(end(c.from, c.inserted), false)
	}
	h.sealed = true
	e.viElsewhere()
	return true
}

func (e *Editor) init() {
	if len(e.lines) == 0 {
		e.lines, e.wraps = []string{""}, make([][]int, 1)
	}
}

func (e *Editor) selection() (from, to Pos) {
	if !e.marked {
		return e.at, e.at
	}
	if e.at.Before(e.anchor) {
		return e.at, e.anchor
	}
	return e.anchor, e.at
}

// replace makes a change, remembers it and puts the cursor after it.
func (e *Editor) replace(from, to Pos, text string) {
	if from == to && text == "" {
		return
	}
	c := change{from: from, removed: e.slice(from, to), inserted: text, before: e.at}
	e.splice(from, to, text)
	e.history.add(c)
	e.moveTo(end(from, text), false)
}

// splice changes the lines.
func (e *Editor) splice(from, to Pos, text string) {
	e.changes++
	head, tail := e.lines[from.Line][:from.Byte], e.lines[to.Line][to.Byte:]
	if from.Line == to.Line && !strings.Contains(text, "\n") {
		e.lines[from.Line] = head + text + tail
		e.wraps[from.Line] = e.rewrapped(from.Line, e.wraps[from.Line], from.Byte, to.Byte, len(text)-(to.Byte-from.Byte))
		return
	}
	fresh := strings.Split(head+text, "\n")
	fresh[len(fresh)-1] += tail
	e.lines = slices.Replace(e.lines, from.Line, to.Line+1, fresh...)
	e.wraps = slices.Replace(e.wraps, from.Line, to.Line+1, make([][]int, len(fresh))...)
}

func (e *Editor) slice(from, to Pos) string {
	if from.Line == to.Line {
		return e.lines[from.Line][from.Byte:to.Byte]
	}
	var b strings.Builder
	b.WriteString(e.lines[from.Line][from.Byte:])
	for _, l := range e.lines[from.Line+1 : to.Line] {
		b.WriteByte('\n')
		b.WriteString(l)
	}
	b.WriteByte('\n')
	b.WriteString(e.lines[to.Line][:to.Byte])
	return b.String()
}

// moveTo puts the cursor on p, and selects on the way where mark is set.
func (e *Editor) moveTo(p Pos, mark bool) {
	if mark && !e.marked {
		e.anchor = e.at
	}
	e.marked = mark && p != e.anchor
	e.at = p
	e.goal = 0
	e.history.sealed = e.history.sealed || mark
}

func unixLines(s string) string {
	if !strings.ContainsRune(s, '\r') {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}
