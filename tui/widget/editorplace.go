package widget

import (
	"strings"
	"unicode"
)

// Offset is where the cursor stands in Text, in bytes.
func (e *Editor) Offset() int {
	e.init()
	return e.offset(e.at)
}

func (e *Editor) offset(p Pos) int {
	n := p.Byte
	for _, l := range e.lines[:p.Line] {
		n += len(l) + 1
	}
	return n
}

// place is the position of an offset in Text, as near as there is one.
func (e *Editor) place(offset int) Pos {
	offset = max(offset, 0)
	for i, l := range e.lines {
		if offset <= len(l) {
			for offset > 0 && offset < len(l) && l[offset]&0xc0 == 0x80 {
				offset--
			}
			return Pos{i, offset}
		}
		offset -= len(l) + 1
	}
	last := len(e.lines) - 1
	return Pos{last, len(e.lines[last])}
}

// At is where the cursor stands.
func (e *Editor) At() Pos { return e.at }

// Put puts the cursor as near to a place as there is one.
func (e *Editor) Put(p Pos) {
	e.init()
	e.moveTo(e.near(p), false)
}

// near is the place between clusters that is nearest to one that there need not be.
func (e *Editor) near(p Pos) Pos {
	p.Line = min(max(p.Line, 0), len(e.lines)-1)
	line := e.lines[p.Line]
	if p.Byte = min(max(p.Byte, 0), len(line)); p.Byte > 0 && p.Byte < len(line) {
		p.Byte = e.measure.clusterRight(line, e.measure.clusterLeft(line, p.Byte))
	}
	return p
}

// Behind is the place behind the cluster at a place.
func (e *Editor) Behind(p Pos) Pos {
	return Pos{p.Line, e.measure.clusterRight(e.lines[p.Line], p.Byte)}
}

// MoveTo puts the cursor on an offset in Text.
func (e *Editor) MoveTo(offset int) {
	e.init()
	e.moveTo(e.place(offset), false)
	e.history.sealed = true
}

// Select selects what lies between two offsets in Text.
func (e *Editor) Select(from, to int) {
	e.init()
	e.moveTo(e.place(from), false)
	e.moveTo(e.place(to), true)
}

// Search selects the next place of what, in any case, behind the cursor or,
// backwards, before it; at the end it goes on at the other one. It tells whether
// there is one.
func (e *Editor) Search(what string, backwards bool) bool {
	e.init()
	if what == "" {
		return false
	}
	e.sought, e.vi.upwards = what, backwards
	text, needle := foldCase(e.Text()), foldCase(what)
	from, to := e.selection()
	var at int
	if backwards {
		if at = strings.LastIndex(text[:e.offset(from)], needle); at < 0 {
			at = strings.LastIndex(text, needle)
		}
	} else {
		start := e.offset(to)
		if e.Style == "vi" && e.vi.mode != viInsert { // where the cursor stands on what was found
			start = min(start+1, len(text))
		}
		if at = strings.Index(text[start:], needle); at >= 0 {
			at += start
		} else {
			at = strings.Index(text, needle)
		}
	}
	if at < 0 {
		return false
	}
	e.Select(at, at+len(needle))
	return true
}

// foldCase lowers letters whose lower form has the same length, so that places
// stay what they are.
func foldCase(s string) string {
	return strings.Map(func(r rune) rune {
		if lower := unicode.ToLower(r); len(string(lower)) == len(string(r)) {
			return lower
		}
		return r
	}, s)
}
