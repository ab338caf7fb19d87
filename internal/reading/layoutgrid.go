package reading

import (
	"strings"
	"unicode"
)

// layGrid aligns a table, or, where it is too narrow for that, sets each row
// as a paragraph.
func (l *layouter) layGrid(g *grid, width int) [][]Span {
	widths := l.columnWidths(g)
	if !shrink(widths, width) {
		return l.narrowGrid(g, width)
	}
	numbers := g.numberColumns()
	var out [][]Span
	for _, row := range g.rows {
		out = append(out, l.gridLines(row, widths, numbers, width)...)
	}
	return out
}

// maxAligned is how wide a table may be that keeps its columns in a text without lines.
const maxAligned = 76

// aligned gives a table as text, with its columns where they fit in a line of mail.
func (g *grid) aligned() string {
	l := layouter{width: maxAligned}
	if spanWidth(l.columnWidths(g)) > maxAligned {
		return g.inRows()
	}
	var out []string
	for _, spans := range l.layGrid(g, maxAligned) {
		out = append(out, TextLine{Spans: spans}.String())
	}
	return strings.Join(out, "\n")
}

// numberColumns finds the columns that hold numbers below their title. They
// are aligned to the right, as a reader compares them digit by digit.
func (g *grid) numberColumns() []bool {
	numbers, others := make([]int, g.columns), make([]int, g.columns)
	for i, row := range g.rows {
		for _, c := range row {
			text := c.text()
			switch {
			case c.span > 1 || text == "":
			case isNumber(text):
				numbers[c.column]++
			case i > 0:
				others[c.column]++
			}
		}
	}
	is := make([]bool, g.columns)
	for i := range is {
		is[i] = numbers[i] > 1 && others[i] == 0
	}
	return is
}

func (c *gridCell) text() string {
	var parts []string
	for i := range c.lines {
		parts = append(parts, strings.TrimSpace(c.lines[i].text()))
	}
	return strings.Join(parts, " ")
}

// isNumber tells of an amount: digits with separators, a sign, a currency or a
// unit of a few letters. A time or a date is none.
func isNumber(s string) bool {
	digits, letters := 0, 0
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r):
			letters++
		case r == ':' || r == '/':
			return false
		case !unicode.Is(unicode.Sc, r) && !strings.ContainsRune(" .,'+-−–%\u00a0\u202f", r):
			return false
		}
	}
	return digits > 0 && letters <= 3 && strings.Count(s, "-") <= 1 && !strings.Contains(strings.Trim(s, "-−–"), "–")
}

func (l *layouter) columnWidths(g *grid) []int {
	widths := make([]int, g.columns)
	for _, row := range g.rows {
		for _, c := range row {
			if c.span > 1 {
				continue
			}
			widths[c.column] = max(widths[c.column], l.naturalWidth(&c))
		}
	}
	l.widenSpanned(g, widths)
	return widths
}

// widenSpanned makes room for cells over several columns where those have none, or
// too little of it. One at the end of its row goes on beyond them.
func (l *layouter) widenSpanned(g *grid, widths []int) {
	for _, row := range g.rows {
		for i, c := range row {
			over := widths[c.column:min(c.column+c.span, len(widths))]
			if have := spanWidth(over); c.span > 1 && (have == 0 || i < len(row)-1) {
				last := 0
				for j, w := range over {
					if w > 0 {
						last = j
					}
				}
				over[last] += max(0, l.naturalWidth(&c)-have)
			}
		}
	}
}

func (l *layouter) naturalWidth(c *gridCell) int {
	widest := 0
	for k := range c.lines {
		l.fill(c.lines[k].runs, false)
		widest = max(widest, cellsWidth(l.cells))
	}
	return widest
}

func cellsWidth(cells []cell) int {
	w := 0
	for _, c := range cells {
		w += c.width
	}
	return w
}

// shrink takes cells from the widest columns until the table fits, and fails
// where that would leave them too narrow to read.
func shrink(widths []int, width int) bool {
	used := 0
	room := width
	for _, w := range widths {
		if w > 0 {
			used++
		}
	}
	room -= columnGap * max(0, used-1)
	if room < used*minColumn && total(widths) > room {
		return false
	}
	for total(widths) > room {
		widest, second := 0, 0
		for i, w := range widths {
			if w > widths[widest] {
				widest = i
			}
		}
		for i, w := range widths {
			if i != widest && w > second {
				second = w
			}
		}
		excess := total(widths) - room
		cut := max(1, min(excess, widths[widest]-second))
		widths[widest] -= cut
		if widths[widest] < 1 {
			return false
		}
	}
	return true
}

func total(widths []int) int {
	sum := 0
	for _, w := range widths {
		sum += w
	}
	return sum
}

func (l *layouter) gridLines(row []gridCell, widths []int, numbers []bool, width int) [][]Span {
	wrapped := make([][][]Span, len(row))
	sizes := make([]int, len(row))
	height := 0
	for i, c := range row {
		sizes[i] = spanWidth(widths[c.column:min(c.column+c.span, len(widths))])
		if c.span > 1 && i == len(row)-1 {
			sizes[i] = max(sizes[i], min(l.naturalWidth(&c), width-startOf(widths, c.column)))
		}
		for k := range c.lines {
			lines, _ := l.paragraph(&block{runs: c.lines[k].runs}, max(sizes[i], 1))
			wrapped[i] = append(wrapped[i], lines...)
		}
		height = max(height, len(wrapped[i]))
	}
	out := make([][]Span, height)
	for h := range out {
		at, want := 0, 0
		for i, c := range row {
			if sizes[i] == 0 {
				continue
			}
			want = startOf(widths, c.column)
			if h >= len(wrapped[i]) {
				continue
			}
			used := l.spansWidth(wrapped[i][h])
			if c.right || c.span == 1 && numbers[c.column] {
				want += max(0, sizes[i]-used)
			}
			if want > at {
				out[h] = append(out[h], Span{Text: strings.Repeat(" ", want-at)})
			}
			out[h] = append(out[h], wrapped[i][h]...)
			at = want + used
		}
	}
	return out
}

func (l *layouter) spansWidth(spans []Span) int {
	w := 0
	for _, s := range spans {
		w += l.measure(s.Text)
	}
	return w
}

// startOf gives the cell where a column starts; empty columns take no room.
func startOf(widths []int, column int) int {
	at := 0
	for _, w := range widths[:column] {
		if w > 0 {
			at += w + columnGap
		}
	}
	return at
}

func spanWidth(widths []int) int {
	sum, used := 0, 0
	for _, w := range widths {
		if w > 0 {
			sum += w
			used++
		}
	}
	return sum + columnGap*max(0, used-1)
}

func (l *layouter) narrowGrid(g *grid, width int) [][]Span {
	var out [][]Span
	for _, row := range g.rows {
		var runs []run
		for _, c := range row {
			for k := range c.lines {
				if len(runs) > 0 {
					runs = append(runs, run{text: " · ", kind: Dim})
				}
				runs = append(runs, c.lines[k].runs...)
			}
		}
		lines, _ := l.paragraph(&block{runs: runs, indent: 2}, width)
		out = append(out, lines...)
	}
	return out
}
