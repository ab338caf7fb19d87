// Package picture makes image files small enough for a terminal, and shows them
// there; it also makes them small enough for a mail.
//
//	p, err := picture.Decode(file, 1200)        // bounded; no wider than that
//	cols, rows := p.Fit(80, 30, picture.Cell{})  // how many cells it fills
//	p.Blocks(cols, rows)                         // colours, two pixels a cell
//	p.Kitty(id, cols, rows)                      // or sent whole, and then
//	picture.Placeholder(row, col)                // its cells
//	p.Print(w, picture.Sixel, cols, rows, cell)  // or printed where the cursor is
//
//	w, h, list, err := picture.Smaller(file, 2048, 1280) // copies to be sent
//
// The input is hostile by assumption: sizes are looked at before anything is
// decoded. Only the reduced picture is kept.
package picture
