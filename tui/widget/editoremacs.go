package widget

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// emacs takes the keys in which the style of emacs differs; it tells whether the
// key was one of them.
func (e *Editor) emacs(key string) bool {
	e.init()
	if e.marking {
		if e.move(strings.Replace(key, "+shift+", "+", 1), true) {
			return true
		}
	}
	at := e.at
	switch key {
	case "ctrl+space", "ctrl+@":
		e.moveTo(e.at, false)
		e.anchor, e.marking = e.at, true
		return true
	case "ctrl+g", "esc":
		was := e.marking || e.marked
		e.marking = false
		e.moveTo(e.at, false)
		return was
	case "ctrl+a":
		e.moveTo(e.rowStart(), e.marking)
	case "ctrl+e":
		e.moveTo(e.rowEnd(), e.marking)
	case "ctrl+v":
		return e.move("pgdown", e.marking)
	case "alt+v":
		return e.move("pgup", e.marking)
	case "ctrl+k":
		end := Pos{at.Line, len(e.lines[at.Line])}
		if end == at {
			end = e.right()
		}
		e.register = e.slice(at, end)
		e.replace(at, end, "")
	case "alt+w":
		e.register = e.Selected()
		e.moveTo(e.at, false)
	case "ctrl+w":
		e.register = e.Selected()
		e.Insert("")
	case "ctrl+y":
		e.Insert(e.register)
	case "ctrl+o":
		from, _ := e.selection()
		e.Insert("\n")
		e.moveTo(from, false)
	case "ctrl+t":
		e.transpose()
	case "alt+u":
		e.recase(strings.ToUpper)
	case "alt+l":
		e.recase(strings.ToLower)
	case "alt+c":
		e.recase(func(s string) string {
			r, n := utf8.DecodeRuneInString(s)
			return string(unicode.ToTitle(r)) + strings.ToLower(s[n:])
		})
	default:
		if e.marking && !strings.HasPrefix(key, "shift+") {
			e.marking = false
		}
		return false
	}
	if key != "ctrl+a" && key != "ctrl+e" {
		e.marking = false
	}
	return true
}

// transpose swaps the clusters around the cursor.
func (e *Editor) transpose() {
	line := e.lines[e.at.Line]
	at := e.at.Byte
	if at == len(line) {
		at = e.measure.clusterLeft(line, at)
	}
	before := e.measure.clusterLeft(line, at)
	after := e.measure.clusterRight(line, at)
	if before == at || after == at {
		return
	}
	e.replace(Pos{e.at.Line, before}, Pos{e.at.Line, after}, line[at:after]+line[before:at])
}

// recase changes the letters of the word that ends behind the cursor.
func (e *Editor) recase(change func(string) string) {
	from, to := e.at, e.wordRight()
	if from.Line != to.Line {
		return
	}
	text := e.slice(from, to)
	blanks := len(text) - len(strings.TrimLeftFunc(text, func(r rune) bool { return !isWord(r) }))
	e.replace(from, to, text[:blanks]+change(text[blanks:]))
}
