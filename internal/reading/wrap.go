package reading

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/rivo/uniseg"
)

// cell is a grapheme cluster: what must not be cut.
type cell struct {
	text  string
	width int
	run   int
	wide  bool // CJK: lines may break on both sides of it
}

const (
	tabStop         = 8
	maxClusterBytes = 128
)

// fill makes l.cells of runs. Marks and joiners are counted over the borders
// of runs, so that a flood of them cannot hide behind many small runs.
func (l *layouter) fill(runs []run, keep bool) {
	l.cells = l.cells[:0]
	c := cleaner{block: true}
	column := 0
	for i, r := range runs {
		text := r.text
		if !plainASCII(text, true) || c.marks > 0 {
			c.out.Reset()
			for _, ch := range normalizeNewlines(text) {
				c.add(ch)
			}
			text, c.joiner = c.out.String(), 0
		}
		column = l.clusters(text, i, keep, column)
	}
}

func (l *layouter) clusters(text string, run int, keep bool, column int) int {
	state := -1
	for text != "" {
		if c := text[0]; c < 0x20 || c < 0x80 && (len(text) == 1 || text[1] < 0x80) {
			column += l.ascii(c, text[:1], run, keep, column)
			text, state = text[1:], -1
			continue
		}
		var cluster string
		cluster, text, _, state = uniseg.FirstGraphemeClusterInString(text, state)
		w := l.measure(cluster)
		if w > l.width {
			cluster, w = "\ufffd", 1
		}
		if w == 0 && len(l.cells) > 0 { // a mark without a base of its own
			if last := &l.cells[len(l.cells)-1]; len(last.text) < maxClusterBytes {
				last.text += cluster
			}
			continue
		}
		l.cells = append(l.cells, cell{cluster, w, run, w == 2 && breaksAnywhere(cluster)})
		column += w
	}
	return column
}

func (l *layouter) ascii(c byte, text string, run int, keep bool, column int) int {
	switch c {
	case '\t':
		n := 1
		if keep {
			n = tabStop - column%tabStop
		}
		for range n {
			l.cells = append(l.cells, cell{" ", 1, run, false})
		}
		return n
	case '\n':
		text = " "
	}
	l.cells = append(l.cells, cell{text, 1, run, false})
	return 1
}

func (l *layouter) measure(s string) int {
	if l.graphemes {
		return ansi.StringWidth(s)
	}
	return ansi.StringWidthWc(s)
}

// breaksAnywhere tells of scripts written without blanks.
func breaksAnywhere(cluster string) bool {
	r, _ := utf8.DecodeRuneInString(cluster)
	return r >= 0x2e80 && r <= 0xffef && !(r >= 0xac00 && r <= 0xd7af) || r >= 0x20000 && r <= 0x3ffff
}

const (
	notFirst = "、。，．・：；？！）］｝〕〉》」』】ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.!?:;)]}"
	notLast  = "（［｛〔〈《「『【([{"
)

// wrap cuts cells into lines of at most first cells, then rest cells. Blanks
// at a cut are dropped; those in front of the text are kept if keep says so. It
// also tells how each line goes on.
func wrap(cells []cell, first, rest int, keep bool) (lines [][]cell, goes []Goes) {
	width := max(first, 1)
	if !keep {
		cells = trimLeft(cells)
	}
	for len(cells) > 0 {
		n := fit(cells, width)
		line := trimRight(cells[:n])
		on := OnWith
		if cells = cells[n:]; len(cells) > 0 && (len(line) < n || cells[0].text == " ") {
			on = Behind
		}
		if cells = trimLeft(cells); len(cells) == 0 {
			on = Ends
		}
		lines, goes = append(lines, line), append(goes, on)
		width = max(rest, 1)
	}
	return lines, goes
}

// fit gives how many cells go on a line of that width: up to the last place
// where a line may break, or all that fit where there is none.
func fit(cells []cell, width int) int {
	used, last := 0, 0
	for i, c := range cells {
		if i > 0 && canBreak(cells[i-1], c) {
			last = i
		}
		if used += c.width; used > width && i > 0 {
			switch {
			case c.text == " ":
				return i
			case last > 0:
				return last
			}
			return i
		}
	}
	return len(cells)
}

func canBreak(a, b cell) bool {
	switch {
	case a.text == " ":
		return b.text != " "
	case b.text == " ":
		return false
	case !a.wide && !b.wide:
		return false
	}
	return !strings.Contains(notFirst, b.text) && !strings.Contains(notLast, a.text)
}

func trimLeft(cells []cell) []cell {
	for len(cells) > 0 && cells[0].text == " " {
		cells = cells[1:]
	}
	return cells
}

func trimRight(cells []cell) []cell {
	for len(cells) > 0 && cells[len(cells)-1].text == " " {
		cells = cells[:len(cells)-1]
	}
	return cells
}
