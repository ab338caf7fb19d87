package preview

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

const (
	maxRows    = 5000
	maxColumns = 100
	maxCell    = 40 // cells of the screen; longer values are cut in the view
)

// Table aligns separated values (RFC 4180, and what programs write instead).
// It is nil where the text is no table: fewer than two columns, or quotes that
// do not close.
func Table(text string) []string {
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = separator(text), true, -1, false
	var rows [][]string
	var widths []int
	more := false
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil
		}
		if more = len(rows) == maxRows; more {
			break
		}
		record = record[:min(len(record), maxColumns)]
		for i, cell := range record {
			cell = strings.Join(strings.Fields(cell), " ")
			if ansi.StringWidth(cell) > maxCell {
				cell = ansi.Truncate(cell, maxCell, "…")
			}
			record[i] = cell
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], ansi.StringWidth(cell))
		}
		rows = append(rows, record)
	}
	if len(widths) < 2 {
		return nil
	}
	return align(rows, widths, more)
}

func align(rows [][]string, widths []int, more bool) []string {
	right := numeric(rows, len(widths))
	lines := make([]string, 0, len(rows)+1)
	for _, record := range rows {
		var b strings.Builder
		for i, cell := range record {
			pad := strings.Repeat("\u00a0", widths[i]-ansi.StringWidth(cell))
			if i > 0 {
				b.WriteString("\u00a0\u00a0")
			}
			if right[i] {
				b.WriteString(pad + cell)
			} else {
				b.WriteString(cell + pad)
			}
		}
		lines = append(lines, strings.TrimRight(b.String(), "\u00a0"))
	}
	if more {
		lines = append(lines, "… cut here")
	}
	return lines
}

// numeric tells which columns hold numbers below their first row.
func numeric(rows [][]string, columns int) []bool {
	out := make([]bool, columns)
	for i := range out {
		n := 0
		for _, record := range rows[min(1, len(rows)):] {
			if i >= len(record) || record[i] == "" {
				continue
			}
			if strings.Trim(record[i], "0123456789.,-+%€$£ ") != "" {
				n = 0
				break
			}
			n++
		}
		out[i] = n > 0
	}
	return out
}

// separator is the one that stands most often in the first lines.
func separator(text string) rune {
	head := text[:min(len(text), 4096)]
	best, most := ',', 0
	for _, r := range ",;\t|" {
		if n := strings.Count(head, string(r)); n > most {
			best, most = r, n
		}
	}
	return best
}
