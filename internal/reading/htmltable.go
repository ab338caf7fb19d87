package reading

import (
	"strconv"
	"strings"
)

// Bounds of a table that is kept as a grid.
const (
	maxColumns   = 100
	maxGridRows  = 5000
	maxCellText  = 80  // characters; longer text reads better as a paragraph
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
	right        bool // aligned to the right
	lines        []block
}

func (r *htmlRenderer) table(e *element, s scope) {
	rows := tableRows(e, nil)
	if e.hasTable || !isGrid(rows) || e.letters > lettersOf(e, rows) {
		r.block(false, func() { r.children(e, s) })
		return
	}
	r.block(true, func() {
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

// lettersOf counts the text that a grid shows: not what stands between rows and cells.
func lettersOf(table *element, rows []*element) int {
	n := 0
	for _, k := range table.kids {
		if k.tag == "caption" {
			n += k.letters
		}
	}
	for _, row := range rows {
		for _, c := range row.kids {
			if isCell(c) {
				n += c.letters
			}
		}
	}
	return n
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
		if down := clampSpan(c.attr("rowspan"), maxColumns); down > 1 {
			for i := range span {
				held[column+i] = down - 1
			}
		}
		cs := s
		cs.inherit(l)
		lines := r.cellLines(c, cs)
		filled = filled || len(lines) > 0
		if span == 0 { // more columns than anybody compares: it is read behind the one before
			if len(cells) == 0 {
				cells = append(cells, gridCell{span: 1})
			}
			last := &cells[len(cells)-1]
			last.lines = append(last.lines, lines...)
			continue
		}
		right := strings.EqualFold(c.attr("align"), "right") || l.right
		cells = append(cells, gridCell{column, span, right, lines})
		column += span
	}
	for right, rows := range held { // a row may end before what still covers it
		if right >= column && rows > 0 {
			held[right]--
		}
	}
	if !filled {
		return nil
	}
	return cells
}

func clampSpan(v string, most int) int {
	if v == "" {
		return min(1, most)
	}
	n, err := strconv.Atoi(strings.TrimSpace(v))
	if err != nil || n < 1 {
		n = 1
	}
	return min(n, most)
}

// cellLines renders a cell by itself; it holds no blocks but lines.
func (r *htmlRenderer) cellLines(c *element, s scope) []block {
	inner := htmlRenderer{links: r.links, sheet: r.sheet, forwarded: r.forwarded, looks: r.looks}
	if c.tag == "th" {
		s.span = max(s.span, Strong)
	}
	s.indent = 0
	inner.item(c, s)
	inner.flush()
	lines := inner.blocks[:0]
	for _, b := range inner.blocks {
		if !b.blank() {
			lines = append(lines, b)
		}
	}
	return lines
}

// inRows gives the table as text, each row on one line.
func (g *grid) inRows() string { return g.text(true) }

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
