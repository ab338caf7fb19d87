package tui_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"postea/tui"
	"postea/tui/tuitest"
)

// Who reads in the midst of a long message reads on there when the window has become
// another, however often it does.
func TestReadingGoesOnInAnotherWidth(t *testing.T) {
	for _, plain := range []bool{false, true} {
		b := tuitest.Sample()
		var text strings.Builder
		for i := range 300 {
			fmt.Fprintf(&text, "Paragraph %03d %s\n\n", i, strings.Repeat("goes on ", 5+i%20))
		}
		b.Messages[2].MIME, b.Messages[2].Body = "", text.String()
		tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b, Options: tui.Options{Plain: plain}}, func(d *tuitest.Driver) {
			stands := func() bool {
				y := 2
				if plain {
					y = d.View().Cursor.Y
				}
				return strings.Contains(lines(d.Screen())[y], "Paragraph 150 ")
			}
			d.Press("enter")
			for range 40 {
				if !strings.Contains(d.Screen(), "Paragraph 150 ") {
					d.Press("pgdown")
				}
			}
			for range 40 {
				if !stands() {
					d.Press("j")
				}
			}
			r := rand.New(rand.NewPCG(1, 2))
			for range 100 {
				d.Resize(r.IntN(240), r.IntN(60))
			}
			d.Resize(60, 20)
			d.See("Paragraph 150 ")
			d.Resize(120, 36)
			if !stands() {
				t.Errorf("plain %v: another line is where Paragraph 150 was:\n%s", plain, d.Screen())
			}
			d.Press("j", "j", "k")
			before := d.Screen()
			d.Resize(50, 36)
			d.Resize(120, 36)
			if after := d.Screen(); after != before {
				t.Errorf("plain %v: it shows\n%s\nand was\n%s", plain, after, before)
			}
		})
	}
}
