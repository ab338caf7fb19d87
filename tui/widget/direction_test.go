package widget

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"postea/tui/theme"
)

// What is written to the left stays in its column on a terminal that puts lines in order.
func TestDirections(t *testing.T) {
	const noa, omar = "נועה לוי", "عمر حداد"
	for _, c := range []struct {
		name  string
		draw  func(a Area)
		bytes string // < is RLE, > PDF, | LRM
	}{
		{"a number beside a name", func(a Area) {
			a.Text(1, 0, theme.Style{}, noa)
			a.Text(12, 0, theme.Style{}, "23 Nov")
		}, " " + noa + " |  23 Nov"},
		{"two columns", func(a Area) {
			a.Text(0, 0, theme.Style{}, noa)
			a.Text(10, 0, theme.Style{}, omar)
			a.Text(20, 0, theme.Style{}, "5")
		}, noa + " | " + omar + " | 5"},
		{"a rule between two panes", func(a Area) {
			a.Text(0, 0, theme.Style{}, noa)
			a.Text(8, 0, theme.Style{Ink: theme.Rule}, "│")
			a.Text(9, 0, theme.Style{}, omar)
		}, noa + "│|" + omar},
		{"what ends a sentence", func(a Area) { a.Text(1, 0, theme.Style{}, "שלום, Ada (3)!") },
			" <שלום, Ada (3)!>"},
		{"what was cut", func(a Area) {
			a.Fit(1, 0, 5, theme.Style{}, noa)
			a.Text(8, 0, theme.Style{}, "7")
		}, " <נועה…> | 7"},
		{"a sign before it", func(a Area) {
			a.Text(1, 0, theme.Style{}, "●")
			a.Text(2, 0, theme.Style{}, " 3 שלום")
		}, " ● <3 שלום>"},
		{"pieces of one text", func(a Area) {
			x := a.Text(1, 0, theme.Style{}, "שלום ")
			x = a.Text(x, 0, theme.Style{Bold: true}, "עולם")
			a.Text(x, 0, theme.Style{}, "!")
		}, " <שלום עולם!>"},
		{"a name within a sentence", func(a Area) {
			a.Text(1, 0, theme.Style{}, "Moved to "+noa)
			a.Text(20, 0, theme.Style{}, "1")
		}, " Moved to " + noa + " | 1"},
		{"wide clusters before and in it", func(a Area) {
			a.Text(0, 0, theme.Style{}, "花")
			a.Text(2, 0, theme.Style{}, "שלום 花")
		}, "花שלום 花"},
		{"at the first column", func(a Area) { a.Text(0, 0, theme.Style{}, "שלום!") }, "שלום!"},
		{"none", func(a Area) { a.Text(1, 0, theme.Style{}, "naïve 花 ● 3") }, " naïve 花 ● 3"},
	} {
		look := theme.New(theme.Options{})
		canvas := NewCanvas(24, 1, Measure{})
		c.draw(canvas.Area(look, time.Time{}))
		line := ansi.Strip(canvas.Render(look))
		if got := strings.NewReplacer(fromRight, "<", popMark, ">", leftMark, "|").Replace(line); got != c.bytes {
			t.Errorf("%s: %q, want %q", c.name, got, c.bytes)
		}
		if plain := strings.NewReplacer(fromRight, "", popMark, "", leftMark, "").Replace(line); plain+"\n" != canvas.Plain() {
			t.Errorf("%s: %q is not %q", c.name, plain, canvas.Plain())
		}
	}
}
