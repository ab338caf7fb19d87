package widget

import (
	"unicode"
	"unicode/utf8"
)

// letterKind parts what vi takes for words: blanks (0), letters and digits, and
// the rest; for the big ones of W, B and E blanks and all others.
func letterKind(r rune, big bool) int {
	switch {
	case unicode.IsSpace(r):
		return 0
	case big || isWord(r):
		return 1
	}
	return 2
}

// viKindAt is the kind of what stands at a place; 0 at the end of a line.
func (e *Editor) viKindAt(at Pos, big bool) int {
	line := e.lines[at.Line]
	if at.Byte >= len(line) {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(line[at.Byte:])
	return letterKind(r, big)
}

// runEnd is behind the letters from a place on that are of the same kind.
func runEnd(line string, at int, big bool) int {
	r, _ := utf8.DecodeRuneInString(line[at:])
	for at < len(line) {
		next, n := utf8.DecodeRuneInString(line[at:])
		if letterKind(next, big) != letterKind(r, big) {
			break
		}
		at += n
	}
	return at
}

// runStart is where the letters before a place begin that are of the kind of the
// one at it.
func runStart(line string, at int, big bool) int {
	r, _ := utf8.DecodeRuneInString(line[at:])
	for at > 0 {
		before, n := utf8.DecodeLastRuneInString(line[:at])
		if letterKind(before, big) != letterKind(r, big) {
			break
		}
		at -= n
	}
	return at
}

// viWordMotion goes over so many words: w, b, e or ge. Towards the top it fails
// where that is reached already.
func (e *Editor) viWordMotion(how string, n int, big bool) motion {
	start := e.at
	defer func() { e.at = start }()
	if how == "w" {
		changes := e.vi.op == "c"
		switch {
		case changes && e.viKindAt(start, big) != 0:
			return motion{to: e.viWordEnd(n, big)} // the blank after a word that is changed stays
		case changes && e.lines[start.Line] == "":
			return motion{to: start}
		}
		return motion{to: e.viWordsOn(n, big)}
	}
	for range n {
		switch how {
		case "b":
			e.at = e.viWordBack(big)
		case "e":
			e.at = e.viLastOfNext(big)
		case "ge":
			e.at = e.viLastOfWordBefore(big)
		}
	}
	return motion{to: e.at, inclusive: how != "b", fails: how != "e" && start == Pos{}}
}

// viWordsOn is so many words ahead. An operator does not reach past the line of
// the last one of them.
func (e *Editor) viWordsOn(n int, big bool) Pos {
	start := e.at
	defer func() { e.at = start }()
	for i := range n {
		next := e.viNextWord(big)
		if i == n-1 && e.vi.op != "" && next.Line > e.at.Line {
			if n := len(e.lines[e.at.Line]); n > 0 {
				return Pos{e.at.Line, n}
			}
			return Pos{e.at.Line + 1, 0} // the word is an empty line
		}
		e.at = next
	}
	return e.at
}

// viNextWord is where the next word begins; an empty line is one.
func (e *Editor) viNextWord(big bool) Pos {
	at := e.at
	if e.viKindAt(at, big) != 0 {
		at.Byte = runEnd(e.lines[at.Line], at.Byte, big)
	}
	for {
		line := e.lines[at.Line]
		if at.Byte < len(line) && e.viKindAt(at, big) == 0 {
			at.Byte = runEnd(line, at.Byte, big)
		}
		if at.Byte < len(line) || at.Line+1 == len(e.lines) {
			return at
		}
		if at = (Pos{at.Line + 1, 0}); e.lines[at.Line] == "" {
			return at
		}
	}
}

// viWordBack is where the word before begins; an empty line is one.
func (e *Editor) viWordBack(big bool) Pos {
	at, ok := e.viLastBefore(e.at, big)
	if ok && e.lines[at.Line] != "" {
		at.Byte = runStart(e.lines[at.Line], at.Byte, big)
	}
	return at
}

// viLastBefore is the last letter before a place that is no blank, or an empty
// line.
func (e *Editor) viLastBefore(at Pos, big bool) (Pos, bool) {
	for {
		switch line := e.lines[at.Line]; {
		case at.Byte > 0:
			at.Byte = e.measure.clusterLeft(line, at.Byte)
			if e.viKindAt(at, big) != 0 {
				return at, true
			}
		case at.Line == 0:
			return at, false
		default:
			at = Pos{at.Line - 1, len(e.lines[at.Line-1])}
			if at.Byte == 0 {
				return at, true
			}
		}
	}
}

// viLastOfWordBefore is the last letter of the word before, or an empty line.
func (e *Editor) viLastOfWordBefore(big bool) Pos {
	at := e.at
	if e.viKindAt(at, big) != 0 {
		at.Byte = runStart(e.lines[at.Line], at.Byte, big)
	}
	at, _ = e.viLastBefore(at, big)
	return at
}

// viLastOfNext is the last letter of this word, or of the next one if it stands
// there.
func (e *Editor) viLastOfNext(big bool) Pos {
	at := e.at
	at.Byte = e.measure.clusterRight(e.lines[at.Line], at.Byte)
	for e.viKindAt(at, big) == 0 {
		line := e.lines[at.Line]
		if at.Byte < len(line) {
			at.Byte = runEnd(line, at.Byte, big)
			continue
		}
		if at.Line+1 == len(e.lines) {
			return Pos{at.Line, e.measure.clusterLeft(line, len(line))}
		}
		at = Pos{at.Line + 1, 0}
	}
	line := e.lines[at.Line]
	return Pos{at.Line, e.measure.clusterLeft(line, runEnd(line, at.Byte, big))}
}

// viWordEnd is behind the nth word from the one at the cursor on.
func (e *Editor) viWordEnd(n int, big bool) Pos {
	start := e.at
	defer func() { e.at = start }()
	at := Pos{e.at.Line, runEnd(e.lines[e.at.Line], e.at.Byte, big)}
	for range n - 1 {
		e.at = Pos{at.Line, e.measure.clusterLeft(e.lines[at.Line], at.Byte)}
		at = e.viLastOfNext(big)
		at.Byte = e.measure.clusterRight(e.lines[at.Line], at.Byte)
	}
	return at
}

// viWordObject is the word at the cursor, or the blanks. Where all is meant, the
// blanks behind the word belong to it, or those before it where there are none
// and which do not begin the line, and to blanks the word behind them.
func (e *Editor) viWordObject(all, big bool) (from, to Pos) {
	line := e.lines[e.at.Line]
	a, b := runStart(line, e.at.Byte, big), runEnd(line, e.at.Byte, big)
	behind := Pos{e.at.Line, b}
	switch blank := e.viKindAt(behind, big) == 0; {
	case !all:
	case e.viKindAt(e.at, big) == 0 || blank && b < len(line):
		b = runEnd(line, b, big)
	case a > len(indentOf(line)) && e.viKindAt(Pos{e.at.Line, a - 1}, big) == 0:
		a = runStart(line, a-1, big)
	}
	return Pos{e.at.Line, a}, Pos{e.at.Line, b}
}
