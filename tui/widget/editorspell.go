package widget

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// doubtful gives the words of a row that Doubt does not know, as ranges of bytes
// within the line. Quotes, addresses and what looks like code are not judged, nor
// is the word that is being typed.
func (e *Editor) doubtful(r rowPos, from, to int) [][2]int {
	line := e.lines[r.line]
	if e.Doubt == nil || quotePrefix(line) > 0 || e.introducesQuote(r.line) {
		return nil
	}
	for from > 0 && line[from-1] != ' ' && line[from-1] != '\t' && to-from < 4096 {
		from--
	}
	var out [][2]int
	for from < to {
		end := from
		for end < len(line) && line[end] != ' ' && line[end] != '\t' {
			end++
		}
		if token := line[from:end]; !strings.Contains(strings.TrimRight(token, ".,:;!?)\"'*"), ".") && !strings.ContainsAny(token, "@/\\_`{}<>=|#$") && !strings.HasPrefix(token, "www.") && len(token) < 100 {
			out = e.wordsOf(r.line, from, end, out)
		}
		for end < len(line) && (line[end] == ' ' || line[end] == '\t') {
			end++
		}
		from = max(end, from+1)
	}
	return out
}

// introducesQuote tells of the line above a quote, which is names and a date.
func (e *Editor) introducesQuote(i int) bool {
	return i+1 < len(e.lines) && quotePrefix(e.lines[i+1]) > 0 && strings.HasSuffix(strings.TrimRight(e.lines[i], " "), ":")
}

// wordsOf judges the words of a piece without blanks.
func (e *Editor) wordsOf(line, from, to int, out [][2]int) [][2]int {
	text := e.lines[line]
	for i := from; i < to; {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsLetter(r) {
			i += n
			continue
		}
		j := i
		for j < to {
			r, n := utf8.DecodeRuneInString(text[j:])
			apostrophe := (r == '\'' || r == '’') && j+n < to && startsWord(text[j+n:])
			if !unicode.In(r, unicode.L, unicode.M) && !apostrophe {
				break
			}
			j += n
		}
		typing := e.at.Line == line && e.at.Byte == j && !e.marked
		if !typing && utf8.RuneCountInString(text[i:j]) > 1 && e.Doubt(text[i:j]) {
			out = append(out, [2]int{i, j})
		}
		i = max(j, i+n)
	}
	return out
}

func startsWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// NextDoubt selects the next word that Doubt does not know, from the one at the
// cursor on, and after the end from the beginning. It gives the word and its
// place as offsets in Text; ok is false where there is none.
func (e *Editor) NextDoubt() (word string, from, to int, ok bool) {
	e.init()
	sign := e.signature()
	start, _ := e.selection()
	for n := range len(e.lines) + 1 {
		i := (start.Line + n) % len(e.lines)
		if i >= sign {
			continue
		}
		for _, w := range e.doubtful(rowPos{i, 0}, 0, len(e.lines[i])) {
			if n == 0 && w[1] < start.Byte || n == len(e.lines) && w[0] >= start.Byte {
				continue
			}
			from = e.offset(Pos{i, w[0]})
			to = from + w[1] - w[0]
			e.Select(from, to)
			return e.lines[i][w[0]:w[1]], from, to, true
		}
	}
	return "", 0, 0, false
}
