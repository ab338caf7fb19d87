package widget

import "strings"

// viCommand does what is no motion.
func (e *Editor) viCommand(c string) {
	v := &e.vi
	n := max(e.viCount(), 1)
	if v.mode == viVisual || v.mode == viLines {
		if e.viSelected(c) {
			return
		}
	}
	if v.op != "" { // dd, yy, cc, >>, <<, guu; anything else is none
		if c == v.op || len(v.op) > 1 && c == v.op[1:] {
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
		v.mode, v.times, v.opened = viInsert, n, c == "o" || c == "O"
	}
	switch c {
	case "d", "c", "y", ">", "<", "gu", "gU", "g~":
		v.op, v.times, v.count = c, v.count, 0
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
		e.viOperate(map[string]string{"x": "d", "s": "c"}[c], e.at, e.viRight(n), false)
	case "X":
		from := e.at
		for range n {
			from.Byte = e.measure.clusterLeft(line, from.Byte)
		}
		e.viOperate("d", from, e.at, false)
	case "D", "C":
		e.viOperate(strings.ToLower(c), e.at, end, false)
	case "S", "Y":
		e.viOperate(map[string]string{"S": "c", "Y": "y"}[c], e.at, Pos{min(e.at.Line+n-1, len(e.lines)-1), 0}, true)
	case "p", "P":
		e.viPut(c == "p", n)
	case "J":
		e.viJoin(n)
	case "~":
		e.viSwapCase(n)
	case ".":
		e.viAgain(e.viCount())
	case "u":
		for range n {
			e.Undo()
		}
		e.viDone()
		v.now = viChange{}
	case "v":
		e.viDone()
		v.mode, e.anchor = viVisual, e.at
	case "V":
		e.viDone()
		v.mode, v.column0, v.walked = viLines, e.at, e.at
		e.viSelectLines(e.at.Line)
	default:
		e.viDone()
	}
}

// viSelected does a command to the selection.
func (e *Editor) viSelected(c string) bool {
	op := map[string]string{"d": "d", "x": "d", "c": "c", "s": "c", "y": "y", ">": ">", "<": "<", "u": "gu", "U": "gU", "~": "g~", "gu": "gu", "gU": "gU", "g~": "g~"}[c]
	lines := e.vi.mode == viLines || op == ">" || op == "<"
	from, to := e.viSelectedRange()
	switch {
	case op != "":
		e.marked = false
		e.viOperate(op, from, to, lines)
	case c == "p" || c == "P":
		text := e.register
		if e.register = e.slice(from, to); !e.vi.lines && lines {
			text += "\n"
		}
		e.replace(from, to, text)
		e.vi.lines = lines
		e.viDone()
	case c == "J":
		e.moveTo(from, false)
		e.viJoin(to.Line - from.Line + 1)
	case c == "v" && e.vi.mode == viLines:
		e.vi.mode = viVisual
	case c == "V" && e.vi.mode == viVisual:
		e.vi.mode, e.vi.column0, e.vi.walked = viLines, e.anchor, e.at
		e.viSelectLines(e.at.Line)
	case c == "v" || c == "V":
		e.viDone()
	case c == "o" && e.vi.mode == viLines:
		e.vi.column0, e.vi.walked = e.vi.walked, e.vi.column0
		e.viSelectLines(e.vi.walked.Line)
	case c == "o":
		e.anchor, e.at = e.at, e.anchor
	default:
		return false
	}
	return true
}

// viSelectedRange is what is selected, with what stands under the cursor.
func (e *Editor) viSelectedRange() (from, to Pos) {
	from, to = e.selection()
	if e.vi.mode == viVisual {
		to.Byte = e.measure.clusterRight(e.lines[to.Line], to.Byte)
	}
	return from, to
}

// maxPut bounds what a count makes of the register, in bytes.
const maxPut = 4 << 20

func (e *Editor) viPut(behind bool, n int) {
	n = max(min(n, maxPut/(len(e.register)+1)), 1)
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
