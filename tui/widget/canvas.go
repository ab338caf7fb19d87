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
}

// Cursor is where the terminal's cursor is to stand.
type Cursor struct {
	X, Y int
	On   bool
}

// Canvas is a screen of cells.
type Canvas struct {
	Measure Measure
	Cursor  Cursor

	w, h  int
	cells []cell
}

// NewCanvas makes an empty canvas.
func NewCanvas(w, h int, m Measure) *Canvas {
	c := &Canvas{Measure: m, w: max(w, 0), h: max(h, 0)}
	c.cells = make([]cell, c.w*c.h)
	for i := range c.cells {
		c.cells[i].text = " "
	}
	return c
}

// Area is the whole canvas to draw on.
func (c *Canvas) Area(look *theme.Look, now time.Time) Area {
	return Area{Look: look, Now: now, Focused: true, canvas: c, w: c.w, h: c.h}
}

// set puts a cluster into a cell, and never leaves half of a wide one.
func (c *Canvas) set(x, y int, text string, width int, style theme.Style) {
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
	row[x] = cell{text, style}
	for i := x + 1; i < x+width; i++ {
		row[i] = cell{"", style}
	}
}

// Fade draws everything so far in the faint ink, for what lies behind an overlay;
// lines are no stronger than before.
func (c *Canvas) Fade() {
	for i := range c.cells {
		ink := theme.Faint
		if c.cells[i].style.Ink == theme.Rule {
			ink = theme.Rule
		}
		c.cells[i].style = theme.Style{Ink: ink}
	}
	c.Cursor.On = false
}

// Render gives the canvas as styled lines.
func (c *Canvas) Render(look *theme.Look) string {
	var b strings.Builder
	b.Grow(len(c.cells) * 2)
	sgr := map[theme.Style]string{}
	for y := range c.h {
		if y > 0 {
			b.WriteByte('\n')
		}
		c.renderLine(&b, c.cells[y*c.w:(y+1)*c.w], look, sgr)
	}
	return b.String()
}

func (c *Canvas) renderLine(b *strings.Builder, row []cell, look *theme.Look, sgr map[theme.Style]string) {
	end := len(row)
	for end > 0 && !look.Painted() && blank(row[end-1]) {
		end--
	}
	current, plain := theme.Style{}, true
	for _, cl := range row[:end] {
		if cl.text == "" {
			continue
		}
		if plain || cl.style != current {
			code, ok := sgr[cl.style]
			if !ok {
				code = look.SGR(cl.style)
				sgr[cl.style] = code
			}
			b.WriteString(code)
			current, plain = cl.style, false
		}
		b.WriteString(cl.text)
	}
	if !plain {
		b.WriteString("\x1b[m")
	}
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
