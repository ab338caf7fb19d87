package widget

import (
	"strings"
	"unicode/utf8"

	"postea/tui/theme"
)

// Field is a line of text being edited. The zero value is empty and ready.
type Field struct {
	text string
	at   int // byte offset of the cursor, between clusters
	left int // byte offset of the first cluster shown
}

// Text is what has been typed.
func (f *Field) Text() string { return f.text }

// Set replaces the text and puts the cursor at its end.
func (f *Field) Set(s string) {
	f.text = oneLine(s)
	f.at, f.left = len(f.text), 0
}

// Before is the text before the cursor.
func (f *Field) Before() string { return f.text[:f.at] }

// ReplaceBefore replaces the n bytes before the cursor.
func (f *Field) ReplaceBefore(n int, s string) {
	s = oneLine(s)
	f.text = f.text[:f.at-n] + s + f.text[f.at:]
	f.at += len(s) - n
}

// Insert puts text at the cursor; line breaks become blanks.
func (f *Field) Insert(s string) { f.ReplaceBefore(0, s) }

// Press takes a key: key is its name, text what it types. It tells whether the
// field had a use for it.
func (f *Field) Press(m Measure, key, text string) bool {
	switch key {
	case "left", "ctrl+b":
		f.at = m.clusterLeft(f.text, f.at)
	case "right", "ctrl+f":
		f.at = m.clusterRight(f.text, f.at)
	case "home":
		f.at = 0
	case "end":
		f.at = len(f.text)
	case "ctrl+left", "alt+left", "alt+b":
		f.at = wordLeft(f.text, f.at)
	case "ctrl+right", "alt+right", "alt+f":
		f.at = wordRight(f.text, f.at)
	case "backspace", "ctrl+h", "shift+backspace":
		f.cut(m.clusterLeft(f.text, f.at), f.at)
	case "delete", "ctrl+d":
		f.cut(f.at, m.clusterRight(f.text, f.at))
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		f.cut(wordLeft(f.text, f.at), f.at)
	case "alt+d", "ctrl+delete", "alt+delete":
		f.cut(f.at, wordRight(f.text, f.at))
	case "ctrl+u":
		f.cut(0, f.at)
	default:
		if text == "" {
			return false
		}
		f.Insert(text)
	}
	return true
}

func (f *Field) cut(from, to int) {
	f.text = f.text[:from] + f.text[to:]
	f.at = from
}

// Cursor is the byte offset of the cursor.
func (f *Field) Cursor() int { return f.at }

// Draw draws the text on the first line of the area, scrolled so that the
// cursor is seen, and puts the terminal's cursor there. Spans are in styles of
// their own.
func (f *Field) Draw(a Area, style theme.Style, spans ...Span) {
	m := a.Measure()
	if f.left > f.at || f.left > len(f.text) {
		f.left = f.at
	}
	// What lies further to the left than a line can reach is not measured: a huge
	// paste must not make every frame slow.
	if far := f.at - 64*(a.Width()+1); f.left < far {
		for far < f.at && !utf8.RuneStart(f.text[far]) {
			far++
		}
		f.left = far
	}
	for w := m.Width(f.text[f.left:f.at]); f.left < f.at && w >= a.Width(); {
		_, n, cw := m.Next(f.text[f.left:f.at])
		f.left, w = f.left+n, w-cw
	}
	f.fill(m, a.Width())
	for i := range spans {
		spans[i].From, spans[i].To = max(spans[i].From-f.left, 0), spans[i].To-f.left
	}
	a.spans(0, 0, style, f.text[f.left:], spans)
	a.PutCursor(m.Width(f.text[f.left:f.at]), 0)
}

// fill scrolls back where what is shown leaves room behind it.
func (f *Field) fill(m Measure, width int) {
	if f.left == 0 {
		return
	}
	shown, w := m.Cut(f.text[f.left:], width)
	for f.left > 0 && f.left+len(shown) == len(f.text) {
		at := m.clusterLeft(f.text, f.left)
		if w += m.Width(f.text[at:f.left]); w >= width {
			return
		}
		shown, f.left = f.text[at:], at
	}
}

func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, s)
}
