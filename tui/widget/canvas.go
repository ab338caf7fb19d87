package widget

import (
	"strings"
	"time"

	"postea/tui/theme"
)

// cell is one cell of a canvas. A wide cluster has its text in the first cell;
// the cells after it are tails, with empty text.
type cell struct {
	text  string
	style theme.Style
	part  part
}

// part is what a cell is of a text.
type part uint8

const (
	fill  part = iota // none
	first             // the first cell of a piece drawn at once
	inner
)

// rest is what the cells after one of this kind are.
func (p part) rest() part {
	if p == first {
		return inner
	}
	return p
}

// Cursor is where the terminal's cursor is to stand.
type Cursor struct {
	X, Y int
	On   bool
}

// Canvas is a screen of cells. One may serve for frame after frame: the room it
// takes is kept. The zero value is a canvas of no size.
type Canvas struct {
	Measure Measure
	Cursor  Cursor

	w, h  int
	cells []cell

	links []string // addresses behind texts; the first has number 1

	// The escape sequences that Render has asked the look for.
	look *theme.Look
	sgr  map[theme.Style]string
}

// NewCanvas makes an empty canvas.
func NewCanvas(w, h int, m Measure) *Canvas {
	c := &Canvas{}
	c.Clear(w, h, m)
	return c
}

// Clear makes the canvas empty, with another size perhaps.
func (c *Canvas) Clear(w, h int, m Measure) {
	c.Measure, c.Cursor, c.w, c.h = m, Cursor{}, max(w, 0), max(h, 0)
	c.links = c.links[:0]
	n := c.w * c.h
	if cap(c.cells) < n {
		c.cells = make([]cell, n)
	}
	c.cells = c.cells[:n]
	for i := range c.cells {
		c.cells[i] = cell{text: " "}
	}
}

// Area is the whole canvas to draw on.
func (c *Canvas) Area(look *theme.Look, now time.Time) Area {
	return Area{Look: look, Now: now, Focused: true, canvas: c, w: c.w, h: c.h}
}

// set puts a cluster into a cell, and never leaves half of a wide one.
func (c *Canvas) set(x, y int, text string, width int, style theme.Style, p part) {
	row := c.cells[y*c.w : (y+1)*c.w]
	if row[x].text == "" {
		for i := x - 1; i >= 0; i-- {
			broken := row[i].text != ""
			row[i].text = " "
			if broken {
				break
			}
		}
	}
	for i := x + width; i < c.w && row[i].text == ""; i++ {
		row[i].text = " "
	}
	row[x] = cell{text, style, p}
	for i := x + 1; i < x+width; i++ {
		row[i] = cell{"", style, p.rest()}
	}
}

// Fade draws everything so far in the faint ink, for what lies behind an overlay;
// lines are no stronger than before. A picture that the terminal draws is left out.
func (c *Canvas) Fade(look *theme.Look) {
	for i := range c.cells {
		cl := &c.cells[i]
		switch s := cl.style; {
		case s.Back != 0:
			cl.style = theme.Style{Fore: look.Faded(s.Fore), Back: look.Faded(s.Back)}
			continue
		case s.Fore != 0:
			cl.text = " "
		case s.Ink == theme.Rule:
			cl.style = theme.Style{Ink: theme.Rule}
			continue
		}
		cl.style = theme.Style{Ink: theme.Faint}
	}
	c.Cursor.On = false
}

// Render gives the canvas as styled lines.
func (c *Canvas) Render(look *theme.Look) string {
	// The cells of pictures have styles of their own each, which are not worth keeping.
	const many = 1024
	if c.look != look || len(c.sgr) > many {
		c.look, c.sgr = look, map[theme.Style]string{}
	}
	if y := c.Cursor.Y; look.Orders && c.Cursor.On {
		if row := c.cells[y*c.w : (y+1)*c.w]; runsLeft(row) {
			_, column := inOrder(row)
			c.Cursor.X = column(c.Cursor.X)
		}
	}
	var b strings.Builder
	b.Grow(len(c.cells) * 3)
	for y := range c.h {
		if y > 0 {
			b.WriteByte('\n')
		}
		c.renderLine(&b, c.cells[y*c.w:(y+1)*c.w])
	}
	return b.String()
}

// Meant is the column of what is seen in a column of a line, which is another one where the
// line was put in order.
func (c *Canvas) Meant(look *theme.Look, x, y int) int {
	if !look.Orders || x < 0 || x >= c.w || y < 0 || y >= c.h {
		return x
	}
	row := c.cells[y*c.w : (y+1)*c.w]
	if !runsLeft(row) {
		return x
	}
	_, column := inOrder(row)
	for from := range row {
		if from != x && column(from) == x {
			return from
		}
	}
	return x
}

func (c *Canvas) renderLine(b *strings.Builder, row []cell) {
	end := len(row)
	painted := c.look.Painted()
	for end > 0 && !painted && blank(row[end-1]) {
		end--
	}
	var behind map[int]string
	if runsLeft(row[:end]) {
		if c.look.Orders {
			row, _ = inOrder(row)
		} else {
			behind = marks(row)
		}
	}
	current, plain := theme.Style{}, true
	for i := range row[:end] {
		cl := &row[i]
		switch {
		case cl.text == "":
			continue
		case plain && !painted && blank(*cl), !plain && (cl.style == current || cl.text == " " && alike(cl.style, current)):
		default:
			if cl.style.Link != current.Link {
				c.writeLink(b, cl.style.Link)
			}
			b.WriteString(c.code(cl.style))
			current, plain = cl.style, false
		}
		b.WriteString(cl.text)
		b.WriteString(behind[i])
	}
	if current.Link != 0 {
		c.writeLink(b, 0)
	}
	if !plain {
		b.WriteString("\x1b[m")
	}
}

// link gives an address a number for styles; 0 where it cannot have one. Only
// printable ASCII can stand in the sequence.
func (c *Canvas) link(address string) uint16 {
	if address == "" || len(c.links) >= 1<<15 || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return 0
	}
	c.links = append(c.links, address)
	return uint16(len(c.links))
}

// writeLink begins the text that an address stands behind, or ends it.
func (c *Canvas) writeLink(b *strings.Builder, link uint16) {
	b.WriteString("\x1b]8;;")
	if link > 0 {
		b.WriteString(c.links[link-1])
	}
	b.WriteString("\x1b\\")
}

// code is the escape sequence of a style.
func (c *Canvas) code(s theme.Style) string {
	code, ok := c.sgr[s]
	if !ok {
		code = c.look.SGR(s)
		c.sgr[s] = code
	}
	return code
}

// alike tells whether a blank is the same in both styles, which spares the
// terminal, and whoever compares its cells, half of all sequences.
func alike(a, b theme.Style) bool {
	return a.On == b.On && a.Back == b.Back && a.Link == b.Link && !a.Underline && !b.Underline && !a.Reverse && !b.Reverse
}

// blank tells of a cell that shows nothing, whatever its ink.
func blank(c cell) bool {
	return c.text == " " && c.style.On == theme.Ground && c.style.Back == 0 && !c.style.Underline && !c.style.Reverse
}

// Plain gives the canvas as plain lines without trailing blanks.
func (c *Canvas) Plain() string {
	var b strings.Builder
	for y := range c.h {
		var line strings.Builder
		for _, cl := range c.cells[y*c.w : (y+1)*c.w] {
			line.WriteString(cl.text)
		}
		b.WriteString(strings.TrimRight(line.String(), " "))
		b.WriteByte('\n')
	}
	return b.String()
}
