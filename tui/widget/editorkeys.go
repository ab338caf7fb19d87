package widget

import "strings"

// Press takes a key: key is its name, text what it types. It tells whether the
// editor had a use for it. With shift, motions select.
func (e *Editor) Press(key, text string) bool {
	e.init()
	switch {
	case e.Style == "emacs" && e.emacs(key):
		return true
	case e.Style == "vi" && e.vi.mode != viInsert:
		return e.viTake(key, text)
	}
	e.viTyped(press{key: key, text: text})
	motion, mark := strings.CutPrefix(key, "shift+")
	if !mark {
		motion = strings.Replace(key, "+shift+", "+", 1)
		mark = motion != key
	}
	if e.move(motion, mark) {
		e.history.sealed = true
		e.viElsewhere()
		return true
	}
	if e.change(key) {
		return true
	}
	if text == "" {
		return false
	}
	e.insert(text)
	return true
}

func (e *Editor) move(motion string, mark bool) bool {
	switch motion {
	case "left", "ctrl+b":
		e.moveTo(e.left(), mark)
	case "right", "ctrl+f":
		e.moveTo(e.right(), mark)
	case "up", "ctrl+p":
		e.vertical(-1, mark)
	case "down", "ctrl+n":
		e.vertical(1, mark)
	case "pgup":
		e.vertical(1-max(e.height, 2), mark)
	case "pgdown":
		e.vertical(max(e.height, 2)-1, mark)
	case "home":
		e.moveTo(e.rowStart(), mark)
	case "end":
		e.moveTo(e.rowEnd(), mark)
	case "ctrl+home", "alt+<":
		e.moveTo(Pos{}, mark)
	case "ctrl+end", "alt+>":
		last := len(e.lines) - 1
		e.moveTo(Pos{last, len(e.lines[last])}, mark)
	case "ctrl+left", "alt+left", "alt+b":
		e.moveTo(e.wordLeft(), mark)
	case "ctrl+right", "alt+right", "alt+f":
		e.moveTo(e.wordRight(), mark)
	case "ctrl+up", "alt+up", "alt+{":
		e.moveTo(e.paragraphUp(), mark)
	case "ctrl+down", "alt+down", "alt+}":
		e.moveTo(e.paragraphDown(), mark)
	default:
		return false
	}
	return true
}

func (e *Editor) change(key string) bool {
	switch key {
	case "enter":
		e.newline()
	case "shift+enter", "ctrl+j":
		e.insert("\n")
	case "tab":
		e.insert("\t")
	case "backspace", "ctrl+h", "shift+backspace":
		e.erase(e.left())
	case "delete", "ctrl+d":
		e.erase(e.right())
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		e.erase(e.wordLeft())
	case "alt+d", "ctrl+delete", "alt+delete":
		e.erase(e.wordRight())
	case "ctrl+u":
		e.erase(e.rowStart())
	case "alt+q":
		e.Reflow()
	case "ctrl+x":
		e.register = e.Selected()
		e.insert("")
	case "alt+c", "alt+w", "ctrl+insert":
		e.register = e.Selected()
	case "ctrl+v", "shift+insert":
		e.insert(e.register)
	case "ctrl+z", "ctrl+_", "ctrl+/":
		e.Undo()
	case "ctrl+y", "alt+_", "ctrl+shift+z":
		e.Redo()
	default:
		return false
	}
	return true
}

// erase removes the selection, or what lies between the cursor and p.
func (e *Editor) erase(p Pos) {
	from, to := e.selection()
	if from == to {
		from, to = p, e.at
		if e.at.Before(p) {
			from, to = e.at, p
		}
	}
	e.replace(from, to, "")
}

func (e *Editor) left() Pos {
	if e.at.Byte > 0 {
		return Pos{e.at.Line, e.measure.clusterLeft(e.lines[e.at.Line], e.at.Byte)}
	}
	if e.at.Line > 0 {
		return Pos{e.at.Line - 1, len(e.lines[e.at.Line-1])}
	}
	return e.at
}

func (e *Editor) right() Pos {
	if e.at.Byte < len(e.lines[e.at.Line]) {
		return Pos{e.at.Line, e.measure.clusterRight(e.lines[e.at.Line], e.at.Byte)}
	}
	if e.at.Line < len(e.lines)-1 {
		return Pos{e.at.Line + 1, 0}
	}
	return e.at
}

func (e *Editor) wordLeft() Pos {
	if e.at.Byte == 0 {
		return e.left()
	}
	return Pos{e.at.Line, wordLeft(e.lines[e.at.Line], e.at.Byte)}
}

func (e *Editor) wordRight() Pos {
	if e.at.Byte == len(e.lines[e.at.Line]) {
		return e.right()
	}
	return Pos{e.at.Line, wordRight(e.lines[e.at.Line], e.at.Byte)}
}
