package widget

import (
	"strings"
	"unicode"
)

// viCase changes the case of a range, by the operator's last letter.
func (e *Editor) viCase(how byte, from, to Pos) {
	e.replace(from, to, strings.Map(func(r rune) rune {
		switch {
		case how == 'U', how == '~' && !unicode.IsUpper(r):
			return unicode.ToUpper(r)
		}
		return unicode.ToLower(r)
	}, e.slice(from, to)))
	e.moveTo(from, false)
}

// viSwapCase goes over so many clusters and swaps their case.
func (e *Editor) viSwapCase(n int) {
	e.viCase('~', e.at, e.viRight(n))
	e.viDone()
	e.moveTo(Pos{e.at.Line, min(e.viRight(n).Byte, e.viLastByte())}, false)
}

// viLastByte is where the last cluster of the line begins.
func (e *Editor) viLastByte() int {
	line := e.lines[e.at.Line]
	return e.measure.clusterLeft(line, len(line))
}

// viRight is so many clusters to the right, within the line.
func (e *Editor) viRight(n int) Pos {
	at, line := e.at, e.lines[e.at.Line]
	for range n {
		at.Byte = e.measure.clusterRight(line, at.Byte)
	}
	return at
}

// viReplace writes a letter over so many clusters, if there are as many.
func (e *Editor) viReplace(with string, n int) {
	line := e.lines[e.at.Line]
	at, end := e.at, e.viRight(n)
	if end.Byte > at.Byte && e.measure.clusters(line[at.Byte:end.Byte]) == n {
		e.replace(at, end, strings.Repeat(with, n))
		e.moveTo(e.left(), false)
	}
}

// viReplaceAll writes a letter over everything that is selected.
func (e *Editor) viReplaceAll(with string, from, to Pos) {
	var b strings.Builder
	for i, line := range strings.Split(e.slice(from, to), "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strings.Repeat(with, e.measure.clusters(line)))
	}
	e.replace(from, to, b.String())
	e.moveTo(from, false)
}

// clusters counts them.
func (m Measure) clusters(s string) int {
	n := 0
	for i := 0; i < len(s); i = m.clusterRight(s, i) {
		n++
	}
	return n
}

// viJoin joins so many lines, with a blank between two of which neither is empty.
func (e *Editor) viJoin(n int) {
	e.history.join(func() {
		for range max(n-1, 1) {
			if e.at.Line+1 >= len(e.lines) {
				break
			}
			line, next := e.lines[e.at.Line], e.lines[e.at.Line+1]
			from := Pos{e.at.Line, len(line)}
			blank := " "
			if line == "" || strings.HasSuffix(line, " ") || strings.TrimSpace(next) == "" {
				blank = ""
			}
			e.replace(from, Pos{e.at.Line + 1, len(indentOf(next))}, blank)
			e.moveTo(from, false)
		}
	})
	e.viDone()
}

// viMatching is where the bracket lies that belongs to the first one from the
// cursor on.
func (e *Editor) viMatching() (Pos, bool) {
	const brackets = "()[]{}"
	line := e.lines[e.at.Line]
	i := strings.IndexAny(line[e.at.Byte:], brackets)
	if i < 0 {
		return e.at, false
	}
	at := Pos{e.at.Line, e.at.Byte + i}
	kind := strings.IndexByte(brackets, line[at.Byte])
	open := kind &^ 1
	return e.viBracket(at, brackets[open], brackets[open+1], kind == open)
}

// viBracket goes from a bracket to the one that belongs to it.
func (e *Editor) viBracket(at Pos, open, closing byte, forward bool) (Pos, bool) {
	depth := 0
	for {
		if line := e.lines[at.Line]; at.Byte >= 0 && at.Byte < len(line) {
			switch line[at.Byte] {
			case open:
				depth++
			case closing:
				depth--
			}
			if depth == 0 {
				return at, true
			}
		}
		if forward {
			if at.Byte++; at.Byte >= len(e.lines[at.Line]) {
				at = Pos{at.Line + 1, 0}
			}
		} else if at.Byte--; at.Byte < 0 {
			if at.Line--; at.Line >= 0 {
				at.Byte = len(e.lines[at.Line]) - 1
			}
		}
		if at.Line < 0 || at.Line >= len(e.lines) {
			return Pos{}, false
		}
	}
}

// viObject gives the object at the cursor that a letter names: w and p, quotes,
// and brackets; within them, or all.
func (e *Editor) viObject(all bool, text string) (from, to Pos, lines, ok bool) {
	switch text {
	case "w", "W":
		from, to = e.viWordObject(all, text == "W")
		return from, to, false, true
	case "p":
		first, last := e.paragraph(e.at.Line)
		if all && first >= 0 && last+1 < len(e.lines) && strings.TrimSpace(e.lines[last+1]) == "" {
			last++
		}
		return Pos{first, 0}, Pos{last, 0}, true, first >= 0
	case `"`, "'", "`":
		from, to, ok = e.viQuoted(text)
	case "(", ")", "b":
		from, to, ok = e.viBracketed('(', ')')
	case "[", "]":
		from, to, ok = e.viBracketed('[', ']')
	case "{", "}", "B":
		from, to, ok = e.viBracketed('{', '}')
	case "<", ">":
		from, to, ok = e.viBracketed('<', '>')
	}
	if ok && all {
		from.Byte--
		to.Byte++
	}
	return from, to, false, ok
}

// viQuoted is what stands between two quotes of the line: those around the
// cursor, or the next ones.
func (e *Editor) viQuoted(quote string) (from, to Pos, ok bool) {
	line := e.lines[e.at.Line]
	for i := 0; ; {
		a := strings.Index(line[i:], quote)
		if a < 0 {
			return Pos{}, Pos{}, false
		}
		a += i + 1
		b := strings.Index(line[a:], quote)
		if b < 0 {
			return Pos{}, Pos{}, false
		}
		if b += a; e.at.Byte <= b {
			return Pos{e.at.Line, a}, Pos{e.at.Line, b}, true
		}
		i = b + 1
	}
}

// viBracketed is what stands between the brackets around the cursor.
func (e *Editor) viBracketed(open, closing byte) (from, to Pos, ok bool) {
	depth := 0
	for at := e.at; at.Line >= 0; {
		if line := e.lines[at.Line]; at.Byte >= 0 && at.Byte < len(line) {
			switch {
			case line[at.Byte] == closing && at != e.at:
				depth++
			case line[at.Byte] == open && depth > 0:
				depth--
			case line[at.Byte] == open:
				to, ok = e.viBracket(at, open, closing, true)
				return Pos{at.Line, at.Byte + 1}, to, ok
			}
		}
		if at.Byte--; at.Byte < 0 {
			if at.Line--; at.Line >= 0 {
				at.Byte = len(e.lines[at.Line]) - 1
			}
		}
	}
	return Pos{}, Pos{}, false
}

// viSeek is the next place of what was looked for last, or the one before.
func (e *Editor) viSeek(backwards bool, n int) motion {
	if e.sought == "" {
		return motion{fails: true}
	}
	text, needle := foldCase(e.Text()), foldCase(e.sought)
	at := e.offset(e.at)
	for range n {
		var i int
		if backwards {
			if i = strings.LastIndex(text[:at], needle); i < 0 {
				i = strings.LastIndex(text, needle)
			}
		} else {
			start := min(at+1, len(text))
			if i = strings.Index(text[start:], needle); i >= 0 {
				i += start
			} else {
				i = strings.Index(text, needle)
			}
		}
		if i < 0 {
			return motion{fails: true}
		}
		at = i
	}
	return motion{to: e.place(at)}
}

// viWordHere is the word at the cursor, or the next one of the line.
func (e *Editor) viWordHere() (word string, from Pos) {
	line, at := e.lines[e.at.Line], e.at
	i := strings.IndexFunc(line[at.Byte:], isWord)
	if i < 0 {
		return "", at
	}
	was := e.at
	e.at.Byte += i
	from, to := e.viWordObject(false, false)
	e.at = was
	return e.slice(from, to), from
}
