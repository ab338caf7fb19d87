package widget

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/bidi"

	"postea/tui/theme"
)

// A terminal that knows of scripts written from the right puts a line in order as one
// text (UAX #9): what stands in the columns beside such a text would be drawn into it, and
// the punctuation at its end would stand at its beginning. Marks that take no room part
// the columns, and say in which direction a text runs.
const (
	leftMark  = "\u200e" // LRM: the line goes on from the left
	fromRight = "\u202b" // RLE: what follows runs from the right; not an isolate, for which mlterm takes a cell
	popMark   = "\u202c" // PDF: ends that
)

// direction is that of a cluster by itself.
type direction uint8

const (
	neutral direction = iota
	leftward
	rightward
)

// directionOf tells whether a cluster belongs to a script that is written to the left.
func directionOf(cluster string) direction {
	if cluster == "" {
		return neutral
	}
	if c := cluster[0]; c < 0x80 {
		if c|0x20 >= 'a' && c|0x20 <= 'z' {
			return rightward
		}
		return neutral
	}
	p, _ := bidi.LookupString(cluster)
	switch p.Class() {
	case bidi.L:
		return rightward
	case bidi.R, bidi.AL:
		return leftward
	}
	return neutral
}

// Parted gives a column of a line, which ends with a blank, with a mark behind it where it
// holds anything that is written to the left: the terminal would draw the next one before it.
func Parted(column string) string {
	if strings.ContainsFunc(column, func(r rune) bool { return directionOf(string(r)) == leftward }) {
		column += leftMark
	}
	return column
}

// runsLeft tells whether a row holds anything that is written to the left.
func runsLeft(row []cell) bool {
	for i := range row {
		// They begin with Hebrew; between U+0900 and U+F000 there is none.
		if t := row[i].text; t != "" && t[0] >= 0xd6 && (t[0] <= 0xe0 || t[0] >= 0xef) && directionOf(t) == leftward {
			return true
		}
	}
	return false
}

// bidiText is a text of a row that is written to the left, or in part: what is drawn
// without a gap.
type bidiText struct {
	from, to int       // its cells, without signs before it
	base     direction // of its first letter
	right    bool      // some of it is written to the right
}

// bidiTexts finds them.
func bidiTexts(row []cell) []bidiText {
	var out []bidiText
	for from := 0; from < len(row); {
		if gap(row[from]) {
			from++
			continue
		}
		to := from
		for to < len(row) && !gap(row[to]) {
			to++
		}
		if t, ok := bidiTextIn(row, from, to); ok {
			out = append(out, t)
		}
		from = to
	}
	return out
}

// gap tells of a cell that lies between texts.
func gap(c cell) bool { return c.part == fill || c.style.Ink == theme.Rule }

func bidiTextIn(row []cell, from, to int) (t bidiText, ok bool) {
	for to > from && row[to-1].text == " " {
		to--
	}
	t.from, t.to = from, to // from: the piece with the first letter, for what is drawn before it is a sign
	for i := from; i < to; i++ {
		if t.base == neutral && row[i].part == first {
			t.from = i
		}
		d := directionOf(row[i].text)
		if t.base == neutral {
			t.base = d
		}
		ok, t.right = ok || d == leftward, t.right || d == rightward
	}
	for t.from < to && row[t.from].text == " " {
		t.from++
	}
	return t, ok
}

// marks gives what is to stand behind the cells of a row, by their columns.
func marks(row []cell) map[int]string {
	behind := map[int]string{}
	for _, t := range bidiTexts(row) {
		last := head(row, t.to-1)
		edges := directionOf(row[t.from].text) == leftward && directionOf(row[last].text) == leftward
		if t.base == leftward && t.from > 0 && (t.right || !edges) {
			behind[head(row, t.from-1)] += fromRight
			behind[last] += popMark
		}
		if t.to < len(row) {
			behind[t.to] += leftMark
		}
	}
	return behind
}

// inOrder gives a row as it is seen, for a terminal that draws all from left to right, and
// where a column went.
func inOrder(row []cell) (seen []cell, column func(x int) int) {
	seen = slices.Clone(row)
	went := map[int]int{}
	for _, t := range bidiTexts(row) {
		var at []int // the columns of clusters
		var clusters []string
		for x := t.from; x < t.to; x++ {
			if row[x].text != "" {
				at, clusters = append(at, x), append(clusters, row[x].text)
			}
		}
		level, shown := levels(clusters, t.base), joined(clusters)
		x := t.from
		for _, i := range visual(level) {
			width := t.to - at[i]
			if i+1 < len(at) {
				width = at[i+1] - at[i]
			}
			copy(seen[x:x+width], row[at[i]:at[i]+width])
			if seen[x].text = shown[i]; level[i] == 1 {
				seen[x].text = mirrored(shown[i])
			}
			for k := range width {
				went[at[i]+k] = x + k
			}
			x += width
		}
		if t.base == leftward && t.from > 0 { // who writes on does so at its left end
			went[t.to] = t.from - 1
		}
	}
	return seen, func(x int) int {
		if to, ok := went[x]; ok {
			return to
		}
		return x
	}
}

// head is the column of the cell that holds the cluster in a column.
func head(row []cell, x int) int {
	for x > 0 && row[x].text == "" {
		x--
	}
	return x
}
