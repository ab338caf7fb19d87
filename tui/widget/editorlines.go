package widget

import (
	"strconv"
	"strings"
)

// newline breaks the line. Within a quote or a list the next line goes on with
// it; on a line that holds nothing else, that ends.
func (e *Editor) newline() {
	from, to := e.selection()
	line := e.lines[from.Line]
	lead := leader(line)
	switch {
	case lead == "" || from != to || from.Byte < len(lead):
		e.insert("\n")
	case strings.TrimRight(line, " ") == strings.TrimRight(lead, " "):
		e.replace(Pos{from.Line, 0}, Pos{from.Line, len(line)}, "")
	default:
		for to.Byte < len(line) && line[to.Byte] == ' ' {
			to.Byte++
		}
		e.replace(from, to, "\n"+following(lead))
	}
}

// leader is what a line of a quote or of a list begins with: its marks and
// blanks. "" is that of any other line.
func leader(line string) string {
	if n := quotePrefix(line); n > 0 {
		return line[:n]
	}
	rest := strings.TrimLeft(line, " \t")
	indent := len(line) - len(rest)
	for _, mark := range []string{"- [ ] ", "- [x] ", "- [X] ", "- ", "* ", "+ "} {
		if strings.HasPrefix(rest, mark) {
			return line[:indent+len(mark)]
		}
	}
	digits := 0
	for digits < len(rest) && rest[digits] >= '0' && rest[digits] <= '9' {
		digits++
	}
	if digits > 0 && digits < 5 && len(rest) > digits+1 && (rest[digits] == '.' || rest[digits] == ')') && rest[digits+1] == ' ' {
		return line[:indent+digits+2]
	}
	return ""
}

// following is the leader of the next line.
func following(lead string) string {
	rest := strings.TrimLeft(lead, " \t")
	indent := lead[:len(lead)-len(rest)]
	switch {
	case strings.HasPrefix(rest, "- ["):
		return indent + "- [ ] "
	case rest[0] >= '0' && rest[0] <= '9':
		end := len(rest) - 2
		n, _ := strconv.Atoi(rest[:end])
		return indent + strconv.Itoa(n+1) + rest[end:]
	}
	return lead
}

// quotedAt is the width at which quotes are broken anew; text of one's own wraps
// by itself.
const quotedAt = 72

// Reflow lays the paragraph under the cursor anew, as one step: a quoted one is
// broken at 72 columns with its marks, any other becomes one line, which wraps by
// itself. It tells whether there was something to do.
func (e *Editor) Reflow() bool {
	e.init()
	first, last := e.paragraph(e.at.Line)
	if first < 0 {
		return false
	}
	lead := leader(e.lines[first])
	quote := ""
	if quotePrefix(e.lines[first]) > 0 {
		quote = strings.TrimRight(lead, " ") + " "
	}
	var words []string
	for _, line := range e.lines[first : last+1] {
		words = append(words, strings.Fields(line[min(len(line), quotePrefix(line)):])...)
	}
	text := strings.Join(words, " ")
	if quote != "" {
		text = strings.Join(e.breakAt(words, quotedAt-e.measure.Width(quote), quote), "\n")
	}
	from, to := Pos{first, 0}, Pos{last, len(e.lines[last])}
	if indent := indentOf(e.lines[first]); quote == "" {
		text = indent + text
	}
	if e.slice(from, to) == text {
		return false
	}
	e.history.sealed = true
	e.replace(from, to, text)
	e.history.sealed = true
	return true
}

func (e *Editor) breakAt(words []string, width int, quote string) []string {
	var out []string
	line, w := "", 0
	for _, word := range words {
		n := e.measure.Width(word)
		if line != "" && w+1+n > max(width, 20) {
			out = append(out, quote+line)
			line, w = "", 0
		}
		if line != "" {
			line, w = line+" ", w+1
		}
		line, w = line+word, w+n
	}
	return append(out, quote+line)
}

// paragraph gives the lines around one that belong together: of one depth of
// quote, not empty, and not of the signature. -1 where there is none.
func (e *Editor) paragraph(at int) (first, last int) {
	sign := e.signature()
	depth := func(i int) int {
		line := e.lines[i]
		p := quotePrefix(line)
		if i >= sign || strings.TrimSpace(line[p:]) == "" {
			return -1
		}
		return strings.Count(line[:p], ">")
	}
	d := depth(at)
	if d < 0 {
		return -1, -1
	}
	item := func(i int) bool { return d == 0 && leader(e.lines[i]) != "" }
	first, last = at, at
	for first > 0 && !item(first) && depth(first-1) == d {
		first--
	}
	for last+1 < len(e.lines) && depth(last+1) == d && !item(last+1) {
		last++
	}
	return first, last
}

func indentOf(line string) string {
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// paragraphUp and paragraphDown are the places of the empty lines around.
func (e *Editor) paragraphUp() Pos {
	i := e.at.Line
	for i > 0 && strings.TrimSpace(e.lines[i]) == "" {
		i--
	}
	for i > 0 && strings.TrimSpace(e.lines[i]) != "" {
		i--
	}
	return Pos{i, 0}
}

func (e *Editor) paragraphDown() Pos {
	i, last := e.at.Line, len(e.lines)-1
	for i < last && strings.TrimSpace(e.lines[i]) == "" {
		i++
	}
	for i < last && strings.TrimSpace(e.lines[i]) != "" {
		i++
	}
	if i == last && strings.TrimSpace(e.lines[i]) != "" {
		return Pos{i, len(e.lines[i])}
	}
	return Pos{i, 0}
}

// ReplaceRange puts text in the place of what lies between two offsets, as one
// step.
func (e *Editor) ReplaceRange(from, to int, text string) {
	e.init()
	e.history.sealed = true
	e.replace(e.place(from), e.place(to), unixLines(text))
	e.history.sealed = true
}
