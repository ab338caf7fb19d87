package reading

import (
	"strconv"
	"strings"
)

// Bounds of a table that is kept as a grid.
const (
	maxColumns   = 100
	maxGridRows  = 5000
	maxCellText  = 80  // bytes; longer text reads better as a paragraph
	maxTitledRow = 240 // the same for a table with th cells
	columnGap    = 2
	minColumn    = 6
)

// grid is a table of data. Its cells keep their place; a layout table, which
// only arranges, is read cell by cell instead.
type grid struct {
	rows    [][]gridCell
	columns int
}

type gridCell struct {
	column, span int
	lines        []block
}

func (r *htmlRenderer) table(e *element, s scope) {
	rows := tableRows(e, nil)
	if e.hasTable || !isGrid(rows) {
		r.block(s, false, func() { r.children(e, s) })
		return
	}
	r.block(s, true, func() {
		for _, k := range e.kids {
			if k.tag == "caption" {
				r.element(k, s)
			}
		}
		r.flush()
		g := r.grid(rows, s)
		if len(g.rows) == 0 {
			return
		}
		if r.gap {
			r.blankLine(s.depth)
			r.gap = false
		}
		r.blocks = append(r.blocks, block{kind: s.kind, depth: s.depth, grid: g})
	})
}

func tableRows(e *element, rows []*element) []*element {
	for _, k := range e.kids {
		switch k.tag {
		case "tr":
			rows = append(rows, k)
		case "tbody", "thead", "tfoot", "form":
			rows = tableRows(k, rows)
		}
	}
	return rows
}

func isCell(e *element) bool { return e.tag == "td" || e.tag == "th" }

// isGrid tells a table of data: rows of several short cells.
func isGrid(rows []*element) bool {
	limit := maxCellText
	for _, row := range rows {
		for _, c := range row.kids {
			if c.tag == "th" {
				limit = maxTitledRow
			}
		}
	}
	if len(rows) > maxGridRows {
		return false
	}
	wide := 0
	for _, row := range rows {
		filled := 0
		for _, c := range row.kids {
			if !isCell(c) {
				continue
			}
			if c.hasBlock || c.letters > limit {
				return false
			}
			if c.letters > 0 {
				filled++
			}
		}
		if filled > 1 {
			wide++
		}
	}
	return wide > 0
}

func (r *htmlRenderer) grid(rows []*element, s scope) *grid {
	g := &grid{}
	held := make(map[int]int) // column → rows that a cell from above still covers
	for _, row := range rows {
		l := r.lookOf(row)
		if l.hidden {
			continue
		}
		rs := s
		rs.inherit(l)
		if cells := r.gridRow(row, rs, held); len(cells) > 0 {
			g.rows = append(g.rows, cells)
			last := cells[len(cells)-1]
			g.columns = max(g.columns, last.column+last.span)
		}
	}
	return g
}

func (r *htmlRenderer) gridRow(row *element, s scope, held map[int]int) []gridCell {
	var cells []gridCell
	column, filled := 0, false
	for _, c := range row.kids {
		l := r.lookOf(c)
		if !isCell(c) || l.hidden {
			continue
		}
		for column < maxColumns && held[column] > 0 {
			held[column]--
			column++
		}
		span := clampSpan(c.attr("colspan"), maxColumns-column)
		if span == 0 {
			break
		}
		if down := clampSpan(c.attr("rowspan"), maxColumns); down > 1 {
			for i := range span {
				held[column+i] = down - 1
			}
		}
		cs := s
		cs.inherit(l)
		lines := r.cellLines(c, cs)
		filled = filled || len(lines) > 0
		cells = append(cells, gridCell{column, span, lines})
		column += span
	}
	if !filled {
		return nil
	}
	return cells
}

func clampSpan(v string, most int) int {
	n, err := strconv.Atoi(strings.TrimSpace(v))
	if err != nil || n < 1 {
		n = 1
	}
	return min(n, most)
}

// cellLines renders a cell by itself; it holds no blocks but lines.
func (r *htmlRenderer) cellLines(c *element, s scope) []block {
	inner := htmlRenderer{links: r.links, hiding: r.hiding}
	if c.tag == "th" {
		s.span = max(s.span, Strong)
	}
	s.indent = 0
	inner.children(c, s)
	inner.flush()
	lines := inner.blocks[:0]
	for _, b := range inner.blocks {
		if !b.blank() {
			lines = append(lines, b)
		}
	}
	return lines
}

// text gives the rows as lines, cells parted by two blanks; marks says
// whether the numbers of links are in it.
func (g *grid) text(marks bool) string {
	var out strings.Builder
	for i, row := range g.rows {
		if i > 0 {
			out.WriteByte('\n')
		}
		for j, c := range row {
			if j > 0 {
				out.WriteString("  ")
			}
			for k := range c.lines {
				if k > 0 {
					out.WriteByte(' ')
				}
				if marks {
					out.WriteString(strings.TrimSpace(c.lines[k].text()))
				} else {
					out.WriteString(snippetText(&c.lines[k]))
				}
			}
		}
	}
	return out.String()
}

// layGrid aligns a table, or, where it is too narrow for that, sets each row
// as a paragraph.
func (l *layouter) layGrid(g *grid, width int) [][]Span {
	widths := l.columnWidths(g)
	if !shrink(widths, width) {
		return l.narrowGrid(g, width)
	}
	var out [][]Span
	for _, row := range g.rows {
		out = append(out, l.gridLines(row, widths)...)
	}
	return out
}

func (l *layouter) columnWidths(g *grid) []int {
	widths := make([]int, g.columns)
	for _, row := range g.rows {
		for _, c := range row {
			if c.span > 1 {
				continue
			}
			for k := range c.lines {
				l.fill(c.lines[k].runs, false)
				widths[c.column] = max(widths[c.column], cellsWidth(l.cells))
			}
		}
	}
	return widths
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

func (l *layouter) gridLines(row []gridCell, widths []int) [][]Span {
	wrapped := make([][][]Span, len(row))
	sizes := make([]int, len(row))
	height := 0
	for i, c := range row {
		sizes[i] = spanWidth(widths[c.column:min(c.column+c.span, len(widths))])
		for k := range c.lines {
			wrapped[i] = append(wrapped[i], l.paragraph(&block{runs: c.lines[k].runs}, max(sizes[i], 1))...)
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
			if want > at {
				out[h] = append(out[h], Span{Text: strings.Repeat(" ", want-at)})
			}
			out[h] = append(out[h], wrapped[i][h]...)
			at = want + l.spansWidth(wrapped[i][h])
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
		out = append(out, l.paragraph(&block{runs: runs, indent: 2}, width)...)
	}
	return out
}
