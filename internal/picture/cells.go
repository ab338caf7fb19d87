package picture

import (
	"image"
	"image/color"
)

// Cell is the size of a terminal's cell in pixels; zero is 10 × 20.
type Cell struct{ Width, Height int }

func (c Cell) filled() Cell {
	if c.Width <= 0 || c.Height <= 0 {
		return Cell{10, 20}
	}
	return c
}

// Fit gives how many cells the picture fills within so many: no more than its
// own pixels need, and its shape is kept.
func (p *Picture) Fit(maxCols, maxRows int, c Cell) (cols, rows int) {
	c = c.filled()
	w, h := within(p.width, p.height, max(maxCols, 1)*c.Width, max(maxRows, 1)*c.Height)
	return max((w+c.Width/2)/c.Width, 1), max((h+c.Height/2)/c.Height, 1)
}

// Block is a cell with two pixels: one above the other.
type Block struct {
	Top, Bottom color.RGBA // premultiplied; an alpha of 0 is the background
}

// Blocks gives the picture as cells of two pixels each, row by row.
func (p *Picture) Blocks(cols, rows int) [][]Block {
	img := scale(p.pixels, max(cols, 1), max(rows, 1)*2)
	out := make([][]Block, max(rows, 1))
	for y := range out {
		out[y] = make([]Block, max(cols, 1))
		for x := range out[y] {
			out[y][x] = Block{img.RGBAAt(x, 2*y), img.RGBAAt(x, 2*y+1)}
		}
	}
	return out
}

// fill gives the picture with the pixels that so many cells have.
func (p *Picture) fill(cols, rows int, c Cell) *image.RGBA {
	c = c.filled()
	w, h := within(p.width, p.height, cols*c.Width, rows*c.Height)
	b := p.pixels.Bounds()
	if w > b.Dx() || h > b.Dy() {
		w, h = b.Dx(), b.Dy()
	}
	return scale(p.pixels, w, h)
}
