package preview

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ledongthuc/pdf"
)

const maxPages = 500

// ErrNoText says that a file shows pictures of text, or none.
var ErrNoText = errors.New("there is no text in it")

// IsPDF tells by the first bytes whether PDFText has a chance.
func IsPDF(head []byte) bool { return bytes.Contains(head, []byte("%PDF-")) }

// PDFText gives the text of a PDF file, page by page, of at most limit bytes.
// ctx is looked at between pages only: a hostile file can keep it longer, so it
// belongs into a process that can be ended.
func PDFText(ctx context.Context, data []byte, limit int) (text string, err error) {
	defer func() {
		if p := recover(); p != nil { // the library panics over what it does not expect
			text, err = "", fmt.Errorf("reading the PDF: %v", p)
		}
	}()
	r, err := pdf.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return "", fmt.Errorf("reading the PDF: %w", err)
	}
	var out strings.Builder
	pages := r.NumPage()
	for n := 1; n <= min(pages, maxPages) && out.Len() < limit; n++ {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		page := pageText(r.Page(n))
		if strings.TrimSpace(page) == "" {
			continue
		}
		if out.Len() > 0 {
			fmt.Fprintf(&out, "\n── page %d of %d ──\n\n", n, pages)
		}
		out.WriteString(strings.TrimRight(page, "\n "))
		out.WriteByte('\n')
	}
	if out.Len() == 0 {
		return "", ErrNoText
	}
	return strings.ToValidUTF8(out.String()[:min(out.Len(), limit)], "\ufffd"), nil
}

// pageText puts the pieces of a page into lines. What it cannot read is left out.
func pageText(p pdf.Page) (text string) {
	defer func() {
		if recover() != nil {
			text = ""
		}
	}()
	if p.V.IsNull() {
		return ""
	}
	pieces := p.Content().Text
	measured := map[string]bool{} // fonts whose characters have widths
	for _, piece := range pieces {
		measured[piece.Font] = measured[piece.Font] || piece.W > 0
	}
	var rows []pdfRow
	for _, piece := range pieces {
		// The library ends each string with a line end of its own, which in some
		// fonts is a character, without a width.
		if piece.S != "\n" && (piece.W > 0 || !measured[piece.Font]) {
			rows = place(rows, piece)
		}
	}
	slices.SortStableFunc(rows, func(a, b pdfRow) int { return cmp.Compare(b.y, a.y) })
	var out strings.Builder
	for i, row := range rows {
		if i > 0 && rows[i-1].y-row.y > 1.9*max(row.size, rows[i-1].size) {
			out.WriteByte('\n') // a paragraph begins
		}
		out.WriteString(row.text())
		out.WriteByte('\n')
	}
	return out.String()
}

// pdfRow is what stands on a line.
type pdfRow struct {
	y, size float64
	pieces  []pdf.Text
}

// place puts a piece, mostly a character, on its line. Pieces come in the order
// of writing, so that the line is most often the last one.
func place(rows []pdfRow, piece pdf.Text) []pdfRow {
	size := math.Abs(piece.FontSize)
	for i := len(rows) - 1; i >= max(0, len(rows)-maxOpenRows); i-- {
		if math.Abs(rows[i].y-piece.Y) < max(size, 1)/3 {
			rows[i].pieces = append(rows[i].pieces, piece)
			return rows
		}
	}
	if len(rows) >= maxPDFRows {
		return rows
	}
	return append(rows, pdfRow{piece.Y, size, []pdf.Text{piece}})
}

const (
	maxPDFRows  = 5000
	maxOpenRows = 200 // in which a piece may belong
)

// text joins the pieces from left to right. Where there is a gap, a blank was
// meant, or two columns.
func (r pdfRow) text() string {
	slices.SortStableFunc(r.pieces, func(a, b pdf.Text) int { return cmp.Compare(a.X, b.X) })
	var out strings.Builder
	end := 0.0
	for _, p := range r.pieces {
		gap := (p.X - end) / max(r.size, 1)
		switch {
		case out.Len() == 0, strings.HasSuffix(out.String(), " "), strings.HasPrefix(p.S, " "):
		case gap > 2:
			out.WriteString("   ")
		case gap > 0.15:
			out.WriteByte(' ')
		}
		out.WriteString(p.S)
		end = p.X + p.W
	}
	return strings.TrimRight(out.String(), " ")
}
