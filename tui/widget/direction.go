package widget

import (
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

// marks gives what is to stand behind the cells of a row, by their columns. A text is what
// is drawn without a gap.
func marks(row []cell) map[int]string {
	behind := map[int]string{}
	for from := 0; from < len(row); {
		if gap(row[from]) {
			from++
			continue
		}
		to := from
		for to < len(row) && !gap(row[to]) {
			to++
		}
		markText(row, from, to, behind)
		from = to
	}
	return behind
}

// gap tells of a cell that lies between texts.
func gap(c cell) bool { return c.part == fill || c.style.Ink == theme.Rule }

// markText marks the text in the cells from one column to before another.
func markText(row []cell, from, to int, behind map[int]string) {
	for to > from && row[to-1].text == " " {
		to--
	}
	start := from // of the piece with the first letter: what is drawn before it is a sign
	base, left, right := neutral, false, false
	for i := from; i < to; i++ {
		if base == neutral && row[i].part == first {
			start = i
		}
		d := directionOf(row[i].text)
		if base == neutral {
			base = d
		}
		left, right = left || d == leftward, right || d == rightward
	}
	if !left {
		return
	}
	for start < to && row[start].text == " " {
		start++
	}
	last := head(row, to-1)
	if edges := directionOf(row[start].text) == leftward && directionOf(row[last].text) == leftward; base == leftward && start > 0 && (right || !edges) {
		behind[head(row, start-1)] += fromRight
		behind[last] += popMark
	}
	if to < len(row) {
		behind[to] += leftMark
	}
}

// head is the column of the cell that holds the cluster in a column.
func head(row []cell, x int) int {
	for x > 0 && row[x].text == "" {
		x--
	}
	return x
}
