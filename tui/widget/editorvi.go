package widget

import (
	"strings"
	"unicode"
	"unicode/utf8"
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
	op      string // d, c, y, > or <, waiting for a motion
	prefix  string // g, r, f, F, t, T, i or a, waiting for the next key
	find    string // the last f, F, t or T with its letter
	lines   bool   // the register holds whole lines
	column0 Pos    // where a selection of lines began
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
	case e.vi.mode != viNormal:
		if e.vi.mode == viInsert && e.at.Byte > 0 {
			e.at = e.left()
		}
		e.vi = vi{mode: viNormal, find: e.vi.find, lines: e.vi.lines}
		e.moveTo(e.at, false)
		e.history.sealed = true
		return true
	case e.vi.op != "" || e.vi.prefix != "" || e.vi.count > 0:
		e.vi.op, e.vi.prefix, e.vi.count = "", "", 0
		return true
	}
	return false
}

// viKey takes a key outside of insert.
func (e *Editor) viKey(key, text string) bool {
	if text == "" {
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
	if v.prefix == "" && (text >= "1" && text <= "9" || text == "0" && v.count > 0) {
		v.count = min(v.count*10+int(text[0]-'0'), 99_999)
		return true
	}
	prefix := v.prefix
	v.prefix = ""
	switch {
	case prefix == "r":
		e.viReplace(text)
		e.viDone()
		return true
	case prefix == "i" || prefix == "a":
		e.viObject(prefix, text)
		return true
	case prefix == "" && (strings.Contains("gfFtT", text) || text == "r" && v.op == "" || v.op != "" && strings.Contains("ia", text)):
		v.prefix = text
		return true
	}
	if to, inclusive, lines, ok := e.viMotion(prefix, text); ok {
		e.viMove(to, inclusive, lines)
		return true
	}
	e.viCommand(prefix + text)
	return true
}

// viMotion gives where a motion leads, whether what stands there belongs to it,
// and whether it is about whole lines.
func (e *Editor) viMotion(prefix, text string) (to Pos, inclusive, lines, ok bool) {
	n := max(e.vi.count, 1)
	start := e.at
	defer func() { e.at = start }()
	repeat := func(step func() Pos) Pos {
		for range n {
			e.at = step()
		}
		return e.at
	}
	line := e.lines[e.at.Line]
	switch prefix + text {
	case "h":
		return repeat(func() Pos { return Pos{e.at.Line, e.measure.clusterLeft(line, e.at.Byte)} }), false, false, true
	case "l", " ":
		return repeat(func() Pos { return Pos{e.at.Line, e.measure.clusterRight(line, e.at.Byte)} }), false, false, true
	case "j", "k":
		if text == "k" {
			n = -n
		}
		i := min(max(e.at.Line+n, 0), len(e.lines)-1)
		piece, _ := e.measure.Cut(e.lines[i], e.measure.Width(line[:e.at.Byte]))
		return Pos{i, len(piece)}, false, true, true
	case "0":
		return Pos{e.at.Line, 0}, false, false, true
	case "^", "_":
		return Pos{e.at.Line, len(indentOf(line))}, false, false, true
	case "$":
		i := min(e.at.Line+n-1, len(e.lines)-1)
		return Pos{i, len(e.lines[i])}, false, false, true
	case "w", "W":
		return repeat(e.viNextWord), false, false, true
	case "b", "B":
		return repeat(e.wordLeft), false, false, true
	case "e", "E":
		return repeat(func() Pos { e.at = e.right(); p := e.wordRight(); e.at = p; return e.left() }), true, false, true
	case "gg":
		return Pos{min(max(e.vi.count-1, 0), len(e.lines)-1), 0}, false, true, true
	case "G":
		i := len(e.lines) - 1
		if e.vi.count > 0 {
			i = min(e.vi.count-1, i)
		}
		return Pos{i, 0}, false, true, true
	case "{":
		return repeat(e.paragraphUp), false, false, true
	case "}":
		return repeat(e.paragraphDown), false, false, true
	case ";":
		if len(e.vi.find) > 1 {
			return e.viFind(e.vi.find[:1], e.vi.find[1:], n)
		}
	}
	if prefix != "" && strings.Contains("fFtT", prefix) {
		e.vi.find = prefix + text
		return e.viFind(prefix, text, n)
	}
	return Pos{}, false, false, false
}

func (e *Editor) viNextWord() Pos {
	line, i := e.lines[e.at.Line], e.at.Byte
	r, _ := utf8.DecodeRuneInString(line[i:])
	in := isWord(r)
	for i < len(line) {
		r, n := utf8.DecodeRuneInString(line[i:])
		if unicode.IsSpace(r) || isWord(r) != in {
			break
		}
		i += n
	}
	for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
		i++
	}
	if i == len(line) && e.at.Line+1 < len(e.lines) && e.vi.op == "" {
		return Pos{e.at.Line + 1, len(indentOf(e.lines[e.at.Line+1]))}
	}
	return Pos{e.at.Line, i}
}

func (e *Editor) viFind(how, what string, n int) (to Pos, inclusive, lines, ok bool) {
	line, i := e.lines[e.at.Line], e.at.Byte
	for range n {
		if how == "f" || how == "t" {
			from := e.measure.clusterRight(line, i)
			j := strings.Index(line[from:], what)
			if j < 0 {
				return e.at, false, false, true
			}
			i = from + j
		} else if i = strings.LastIndex(line[:i], what); i < 0 {
			return e.at, false, false, true
		}
	}
	switch how {
	case "t":
		i = e.measure.clusterLeft(line, i)
	case "T":
		i = e.measure.clusterRight(line, i)
	}
	return Pos{e.at.Line, i}, how == "f" || how == "t", false, true
}

// viMove goes there, extends the selection, or lets the waiting operator work.
func (e *Editor) viMove(to Pos, inclusive, lines bool) {
	if e.vi.op == "" {
		e.moveTo(to, e.vi.mode != viNormal)
		if e.vi.mode == viLines {
			e.viSelectLines(to.Line)
		}
		e.vi.count = 0
		e.history.sealed = true
		return
	}
	from := e.at
	if to.before(from) {
		from, to = to, from
	}
	if inclusive {
		to.Byte = e.measure.clusterRight(e.lines[to.Line], to.Byte)
	}
	e.viOperate(e.vi.op, from, to, lines)
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
			e.replace(from, to, "")
		}
	}
	e.viDone()
	if op == "c" {
		e.vi.mode = viInsert
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
	e.vi.op, e.vi.prefix, e.vi.count = "", "", 0
	if e.vi.mode != viInsert {
		e.vi.mode = viNormal
	}
	e.moveTo(e.at, false)
	e.history.sealed = true
}

func (e *Editor) viReplace(with string) {
	line := e.lines[e.at.Line]
	if end := e.measure.clusterRight(line, e.at.Byte); end > e.at.Byte {
		at := e.at
		e.replace(at, Pos{at.Line, end}, with)
		e.moveTo(at, false)
	}
}

// viObject lets the operator work on the word at the cursor.
func (e *Editor) viObject(kind, text string) {
	if text == "p" {
		if first, last := e.paragraph(e.at.Line); first >= 0 {
			e.viOperate(e.vi.op, Pos{first, 0}, Pos{last, 0}, true)
			return
		}
	}
	if text != "w" {
		e.viDone()
		return
	}
	line := e.lines[e.at.Line]
	from, to := e.at.Byte, e.at.Byte
	r, _ := utf8.DecodeRuneInString(line[from:])
	in := isWord(r)
	for from > 0 {
		r, n := utf8.DecodeLastRuneInString(line[:from])
		if isWord(r) != in {
			break
		}
		from -= n
	}
	for to < len(line) {
		r, n := utf8.DecodeRuneInString(line[to:])
		if isWord(r) != in {
			break
		}
		to += n
	}
	for kind == "a" && to < len(line) && line[to] == ' ' {
		to++
	}
	e.viOperate(e.vi.op, Pos{e.at.Line, from}, Pos{e.at.Line, to}, false)
}

func (e *Editor) viSelectLines(to int) {
	from := e.vi.column0.Line
	a, b := Pos{from, 0}, Pos{to, len(e.lines[to])}
	if to < from {
		a, b = Pos{from, len(e.lines[from])}, Pos{to, 0}
	}
	e.anchor, e.at, e.marked = a, b, a != b
}
