package widget

import (
	"strings"

	"postea/tui/layout"
)

type viMode int

const (
	viInsert viMode = iota
	viNormal
	viVisual
	viLines // whole lines are selected
)

// vi is the state of the vi style.
type vi struct {
	mode    viMode
	count   int
	op      string // d, c, y, >, <, gu, gU or g~, waiting for a motion
	times   int    // count in front of the operator, or of what is inserted
	prefix  string // g, r, f, F, t, T, i or a, waiting for the next key
	find    string // the last f, F, t or T with its letter
	lines   bool   // the register holds whole lines
	column0 Pos    // where a selection of lines began
	walked  Pos    // where the cursor of a selection of lines would stand
	opened  bool   // o or O has begun to insert
	upwards bool   // what was looked for last was looked for towards the top

	now   viChange // the one under way
	last  viChange // the one that can be made again
	again bool     // it is being made again
	began int      // changes before the one under way
	steps int      // and what could be taken back then
}

// Mode is what the style of vi calls the mode; "" in other styles.
func (e *Editor) Mode() string {
	if e.Style != "vi" {
		return ""
	}
	return [...]string{"insert", "normal", "visual", "visual line"}[e.vi.mode]
}

// Escape leaves insert, a selection, or a command that was begun. It tells
// whether there was something to leave.
func (e *Editor) Escape() bool {
	e.init()
	switch {
	case e.Style == "emacs":
		return e.emacs("esc")
	case e.Style != "vi":
		return false
	case e.vi.mode == viInsert:
		e.viLeaveInsert(e.vi.now.typed)
		e.viChanged()
		return true
	case e.vi.mode != viNormal || e.vi.op != "" || e.vi.prefix != "" || e.vi.count > 0:
		e.vi.mode = viNormal
		e.viDone()
		e.viOnText()
		return true
	}
	return false
}

// viKey takes a key outside of insert.
func (e *Editor) viKey(key, text string) bool {
	if e.vi.mode != viNormal { // what these name may be gone: undo and a paste are no keys of vi
		e.anchor, e.vi.column0, e.vi.walked = e.near(e.anchor), e.near(e.vi.column0), e.near(e.vi.walked)
	}
	if text == "" {
		if e.vi.mode == viLines {
			e.at = e.vi.walked
			defer func() {
				if e.vi.mode == viLines {
					e.vi.walked = e.at
					e.viSelectLines(e.at.Line)
				}
			}()
		}
		switch key {
		case "ctrl+r":
			e.Redo()
		case "ctrl+d", "ctrl+u":
			n := max(e.height/2, 1)
			if key == "ctrl+u" {
				n = -n
			}
			e.vertical(n, e.vi.mode != viNormal)
		case "backspace":
			e.moveTo(e.left(), e.vi.mode != viNormal)
		case "enter":
			e.vertical(1, e.vi.mode != viNormal)
		default:
			return e.move(strings.TrimPrefix(key, "shift+"), e.vi.mode != viNormal)
		}
		return true
	}
	v := &e.vi
	if e.viDigit(text) {
		v.count = min(v.count*10+int(text[0]-'0'), maxViCount)
		return true
	}
	prefix, selecting := v.prefix, v.mode == viVisual || v.mode == viLines
	v.prefix = ""
	if prefix == "" || !strings.Contains("rfFtT", prefix) { // behind these stands a letter of the text
		text = layout.Latin(text)
	}
	switch {
	case prefix == "r" && selecting:
		from, to := e.viSelectedRange()
		e.viReplaceAll(text, from, to)
		e.viDone()
		return true
	case prefix == "r":
		e.viReplace(text, max(e.viCount(), 1))
		e.viDone()
		return true
	case prefix == "i" || prefix == "a":
		e.viTakeObject(prefix == "a", text, selecting)
		return true
	case prefix == "" && (strings.Contains("gfFtT", text) || text == "r" && v.op == "" || (v.op != "" || selecting) && strings.Contains("ia", text)):
		v.prefix = text
		return true
	}
	if v.mode == viLines { // its end is the line's, but it is walked on from where one was
		e.at = v.walked
	}
	if m, ok := e.viMotion(prefix, text); ok {
		e.viMove(m)
		return true
	}
	if v.mode == viLines {
		e.viSelectLines(v.walked.Line)
	}
	e.viCommand(prefix + text)
	return true
}

// maxViCount bounds a count, and the product of two: nobody means more, and it
// must not take for ever.
const maxViCount = 999

// viDigit tells whether a key goes on with a count.
func (e *Editor) viDigit(text string) bool {
	return e.vi.prefix == "" && (text >= "1" && text <= "9" || text == "0" && e.vi.count > 0)
}

// viCount is the count of a motion or command, that of its operator included; 0
// where there is none.
func (e *Editor) viCount() int {
	if e.vi.count == 0 && (e.vi.times == 0 || e.vi.op == "") {
		return 0
	}
	n := max(e.vi.count, 1)
	if e.vi.op != "" {
		n *= max(e.vi.times, 1)
	}
	return min(n, maxViCount)
}

// viTakeObject lets the operator work on an object, or selects it.
func (e *Editor) viTakeObject(all bool, text string, selecting bool) {
	from, to, lines, ok := e.viObject(all, text)
	switch {
	case !ok && selecting:
		e.vi.count = 0
	case !ok:
		e.viDone()
	case selecting && lines:
		e.vi.mode, e.vi.column0, e.vi.walked = viLines, from, to
		e.viSelectLines(to.Line)
	case selecting:
		e.vi.mode = viVisual
		e.at = to
		last := e.left()
		e.moveTo(from, false)
		if from.Before(last) {
			e.moveTo(last, true)
		}
	default:
		e.viOperate(e.vi.op, from, to, lines)
	}
}

// motion is where a motion leads.
type motion struct {
	to        Pos
	inclusive bool // what stands there belongs to it
	lines     bool // it is about whole lines
	fails     bool // there is no such place: an operator that waits for it does nothing
}

// viMotion gives the motion that a key makes with what was typed before it; ok is
// false for what is none.
func (e *Editor) viMotion(prefix, text string) (m motion, ok bool) {
	n := max(e.viCount(), 1)
	start := e.at
	defer func() { e.at = start }()
	repeat := func(step func() Pos) motion {
		for range n {
			e.at = step()
		}
		return motion{to: e.at}
	}
	line := e.lines[e.at.Line]
	switch prefix + text {
	case "h":
		return repeat(func() Pos { return Pos{e.at.Line, e.measure.clusterLeft(line, e.at.Byte)} }), true
	case "l", " ":
		return repeat(func() Pos { return Pos{e.at.Line, e.measure.clusterRight(line, e.at.Byte)} }), true
	case "j", "k":
		if text == "k" {
			n = -n
		}
		i := min(max(e.at.Line+n, 0), len(e.lines)-1)
		piece, _ := e.measure.Cut(e.lines[i], e.measure.Width(line[:e.at.Byte]))
		return motion{to: Pos{i, len(piece)}, lines: true, fails: e.vi.op != "" && i != e.at.Line+n}, true
	case "0":
		return motion{to: Pos{e.at.Line, 0}}, true
	case "^", "_":
		return motion{to: Pos{e.at.Line, len(indentOf(line))}}, true
	case "$":
		i := min(e.at.Line+n-1, len(e.lines)-1)
		return motion{to: Pos{i, len(e.lines[i])}}, true
	case "w", "W", "b", "B", "e", "E", "ge", "gE":
		return e.viWordMotion(strings.ToLower(prefix+text), n, text == strings.ToUpper(text)), true
	case "gg":
		i := min(n-1, len(e.lines)-1)
		return motion{to: Pos{i, len(indentOf(e.lines[i]))}, lines: true}, true
	case "G":
		i := len(e.lines) - 1
		if e.viCount() > 0 {
			i = min(n-1, i)
		}
		return motion{to: Pos{i, len(indentOf(e.lines[i]))}, lines: true}, true
	case "{":
		return repeat(e.paragraphUp), true
	case "}":
		return repeat(e.paragraphDown), true
	case ";", ",":
		how := e.vi.find
		if len(how) < 2 {
			return motion{fails: true}, true
		}
		dir := how[:1]
		if text == "," {
			dir = map[string]string{"f": "F", "F": "f", "t": "T", "T": "t"}[dir]
		}
		return e.viFind(dir, how[1:], n, true), true
	case "%":
		to, found := e.viMatching()
		return motion{to: to, inclusive: true, fails: !found}, true
	case "n", "N":
		return e.viSeek((text == "N") != e.vi.upwards, n), true
	case "*", "#":
		word, from := e.viWordHere()
		if word == "" {
			return motion{fails: true}, true
		}
		e.sought, e.vi.upwards, e.at = word, text == "#", from
		return e.viSeek(text == "#", n), true
	}
	if prefix != "" && strings.Contains("fFtT", prefix) {
		e.vi.find = prefix + text
		return e.viFind(prefix, text, n, false), true
	}
	return motion{}, false
}

// viFind looks for the nth place of a letter in the line. Where t or T is made
// again, the letter before which it stands already does not count.
func (e *Editor) viFind(how, what string, n int, again bool) motion {
	line, i := e.lines[e.at.Line], e.at.Byte
	if next := e.measure.clusterRight(line, i); again && how == "t" && strings.HasPrefix(line[next:], what) {
		i = next
	} else if again && how == "T" && strings.HasSuffix(line[:i], what) {
		i -= len(what)
	}
	for range n {
		if how == "f" || how == "t" {
			from := e.measure.clusterRight(line, i)
			j := strings.Index(line[from:], what)
			if j < 0 {
				return motion{fails: true}
			}
			i = from + j
		} else if i = strings.LastIndex(line[:i], what); i < 0 {
			return motion{fails: true}
		}
	}
	switch how {
	case "t":
		i = e.measure.clusterLeft(line, i)
	case "T":
		i = e.measure.clusterRight(line, i)
	}
	return motion{to: Pos{e.at.Line, i}, inclusive: how == "f" || how == "t"}
}

// viMove goes there, extends the selection, or lets the waiting operator work.
func (e *Editor) viMove(m motion) {
	switch {
	case m.fails && e.vi.op != "":
		e.viDone()
		return
	case m.fails:
		m.to = e.at
	}
	to := m.to
	if e.vi.op == "" {
		e.moveTo(to, e.vi.mode != viNormal)
		if e.vi.mode == viLines {
			e.vi.walked = to
			e.viSelectLines(to.Line)
		}
		e.vi.count = 0
		e.history.sealed = true
		return
	}
	from := e.at
	if to.Before(from) {
		from, to = to, from
	}
	if m.inclusive {
		to.Byte = e.measure.clusterRight(e.lines[to.Line], to.Byte)
	}
	if !m.lines && to.Line > from.Line {
		whole := from.Byte <= len(indentOf(e.lines[from.Line])) // nothing stays of the first line
		switch {
		case !m.inclusive && to.Byte == 0: // what ends where a line begins does not touch that line
			to = Pos{to.Line - 1, len(e.lines[to.Line-1])}
			m.lines = whole
		case e.vi.op == "d" && strings.TrimSpace(e.lines[to.Line][to.Byte:]) == "":
			m.lines = whole
		}
	}
	e.viOperate(e.vi.op, from, to, m.lines)
}

// viOperate does what an operator does to a range.
func (e *Editor) viOperate(op string, from, to Pos, lines bool) {
	if lines {
		from, to = Pos{from.Line, 0}, Pos{to.Line, len(e.lines[to.Line])}
	}
	e.history.sealed = true
	switch op {
	case ">", "<":
		e.viIndent(op, from.Line, to.Line)
	case "gu", "gU", "g~":
		e.viCase(op[1], from, to)
	case "y", "d", "c":
		e.register, e.vi.lines = e.slice(from, to), lines
		switch {
		case op == "y":
			e.moveTo(from, false)
		case op == "d" && lines && to.Line+1 < len(e.lines):
			e.replace(from, Pos{to.Line + 1, 0}, "")
		case op == "d" && lines && from.Line > 0:
			e.replace(Pos{from.Line - 1, len(e.lines[from.Line-1])}, to, "")
			e.moveTo(Pos{e.at.Line, 0}, false)
		default:
			e.moveTo(from, false)
			e.replace(from, to, "")
		}
	}
	e.viDone()
	if op == "c" {
		e.vi.mode, e.vi.times = viInsert, 1
	}
}

func (e *Editor) viIndent(op string, first, last int) {
	lines := append([]string(nil), e.lines[first:last+1]...)
	for i, l := range lines {
		if op == ">" && l != "" {
			lines[i] = "  " + l
		} else if op == "<" {
			lines[i] = strings.TrimPrefix(strings.TrimPrefix(l, " "), " ")
		}
	}
	e.replace(Pos{first, 0}, Pos{last, len(e.lines[last])}, strings.Join(lines, "\n"))
	e.moveTo(Pos{first, len(indentOf(e.lines[first]))}, false)
}

func (e *Editor) viDone() {
	e.vi.op, e.vi.prefix, e.vi.count, e.vi.times = "", "", 0, 0
	if e.vi.mode != viInsert {
		e.vi.mode = viNormal
	}
	e.moveTo(e.at, false)
	e.history.sealed = true
}

func (e *Editor) viSelectLines(to int) {
	from := e.vi.column0.Line
	a, b := Pos{from, 0}, Pos{to, len(e.lines[to])}
	if to < from {
		a, b = Pos{from, len(e.lines[from])}, Pos{to, 0}
	}
	e.anchor, e.at, e.marked = a, b, a != b
}
