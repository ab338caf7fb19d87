package widget

import (
	"strings"
	"unicode"
)

// viCommand does what is no motion.
func (e *Editor) viCommand(c string) {
	v := &e.vi
	n := max(v.count, 1)
	if v.mode == viVisual || v.mode == viLines {
		if e.viSelected(c) {
			return
		}
	}
	if v.op != "" { // dd, yy, cc, >>, <<; anything else is none
		if c == v.op {
			e.viOperate(v.op, e.at, Pos{min(e.at.Line+n-1, len(e.lines)-1), 0}, true)
		} else {
			e.viDone()
		}
		return
	}
	line := e.lines[e.at.Line]
	end := Pos{e.at.Line, len(line)}
	insert := func(at Pos) {
		e.viDone()
		e.moveTo(at, false)
		v.mode = viInsert
	}
	switch c {
	case "d", "c", "y", ">", "<":
		v.op = c
		return
	case "i":
		insert(e.at)
	case "a":
		insert(Pos{e.at.Line, e.measure.clusterRight(line, e.at.Byte)})
	case "I":
		insert(Pos{e.at.Line, len(indentOf(line))})
	case "A":
		insert(end)
	case "o", "O":
		e.history.sealed = true
		if c == "o" {
			e.at = end
			e.newline()
			insert(e.at)
		} else {
			at := Pos{e.at.Line, 0}
			e.replace(at, at, "\n")
			insert(at)
		}
	case "x", "s":
		to := e.at
		for range n {
			to.Byte = e.measure.clusterRight(line, to.Byte)
		}
		e.viOperate(map[string]string{"x": "d", "s": "c"}[c], e.at, to, false)
	case "X":
		if e.at.Byte > 0 {
			e.viOperate("d", e.left(), e.at, false)
		}
	case "D", "C":
		e.viOperate(strings.ToLower(c), e.at, end, false)
	case "S":
		e.viOperate("c", e.at, e.at, true)
	case "Y":
		e.viOperate("y", e.at, e.at, true)
	case "p", "P":
		e.viPut(c == "p", n)
	case "J":
		e.viJoin()
	case "~":
		e.viSwapCase()
	case "u":
		for range n {
			e.Undo()
		}
		e.viDone()
	case "v":
		e.viDone()
		v.mode, e.anchor = viVisual, e.at
	case "V":
		e.viDone()
		v.mode, v.column0 = viLines, e.at
		e.viSelectLines(e.at.Line)
	default:
		e.viDone()
	}
}

// viSelected does a command to the selection.
func (e *Editor) viSelected(c string) bool {
	op := map[string]string{"d": "d", "x": "d", "c": "c", "s": "c", "y": "y", ">": ">", "<": "<"}[c]
	lines := e.vi.mode == viLines || op == ">" || op == "<"
	from, to := e.selection()
	switch {
	case op != "":
		if !lines {
			to.Byte = e.measure.clusterRight(e.lines[to.Line], to.Byte)
		}
		e.marked = false
		e.viOperate(op, from, to, lines)
	case c == "v" || c == "V":
		e.viDone()
	case c == "o":
		e.anchor, e.at = e.at, e.anchor
	default:
		return false
	}
	return true
}

func (e *Editor) viPut(behind bool, n int) {
	text := strings.Repeat(e.register, n)
	e.history.sealed = true
	line := e.lines[e.at.Line]
	switch {
	case text == "":
	case e.vi.lines && behind:
		at := Pos{e.at.Line, len(line)}
		e.replace(at, at, strings.Repeat("\n"+e.register, n))
		e.moveTo(Pos{at.Line + 1, 0}, false)
	case e.vi.lines:
		at := Pos{e.at.Line, 0}
		e.replace(at, at, strings.Repeat(e.register+"\n", n))
		e.moveTo(at, false)
	default:
		at := e.at
		if behind {
			at.Byte = e.measure.clusterRight(line, at.Byte)
		}
		e.replace(at, at, text)
		e.moveTo(e.left(), false)
	}
	e.viDone()
}

func (e *Editor) viJoin() {
	if e.at.Line+1 < len(e.lines) {
		from := Pos{e.at.Line, len(e.lines[e.at.Line])}
		next := e.lines[e.at.Line+1]
		e.replace(from, Pos{e.at.Line + 1, len(indentOf(next))}, " ")
		e.moveTo(from, false)
	}
	e.viDone()
}

func (e *Editor) viSwapCase() {
	line := e.lines[e.at.Line]
	end := e.measure.clusterRight(line, e.at.Byte)
	swapped := strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, line[e.at.Byte:end])
	e.replace(e.at, Pos{e.at.Line, end}, swapped)
	e.viDone()
}
