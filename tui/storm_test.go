package tui_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"postea/tui/tuitest"
)

// A window that is made larger and smaller, down to nothing, shows in the end what it
// showed before, in every view, and never more than it has room for.
func TestStormOfSizes(t *testing.T) {
	const rest = 150 * time.Millisecond // in which a reader follows, but no second passes
	for i, sc := range scenes {
		for k, size := range sizes {
			if notNow(i, k, len(sizes)) {
				continue
			}
			t.Run(sc.name, func(t *testing.T) {
				t.Parallel()
				s := tuitest.Setup{Width: size[0], Height: size[1], Options: sc.options}
				if sc.backend != nil {
					s.Backend = sc.backend()
				}
				tuitest.Run(t, s, func(d *tuitest.Driver) {
					if sc.play != nil {
						sc.play(d)
					}
					d.Advance(rest)
					back := func() {
						d.Resize(260, 200) // where all is seen nothing is scrolled
						d.Resize(size[0], size[1])
						d.Advance(rest)
					}
					scope := lines(d.Screen())[size[1]-1]
					back()
					before, cursor := lines(d.Screen()), d.View().Cursor
					if before[size[1]-1] != scope {
						t.Errorf("%v: the last line is\n%s\nand was\n%s", size, before[size[1]-1], scope)
					}
					r := rand.New(rand.NewPCG(uint64(i), uint64(k)))
					for range 30 {
						w, h := r.IntN(260), r.IntN(80)
						if r.IntN(4) == 0 {
							w, h = r.IntN(24), r.IntN(10)
						}
						d.Resize(w, h)
						checkFrame(d, w, h, ansi.StringWidthWc)
					}
					back()
					after, now := lines(d.Screen()), d.View().Cursor
					for y := range before {
						if y >= len(after) || after[y] != before[y] {
							t.Errorf("%v: line %d is\n%s\nand was\n%s", size, y, after[min(y, len(after)-1)], before[y])
						}
					}
					if (now == nil) != (cursor == nil) || now != nil && now.Position != cursor.Position {
						t.Errorf("%v: the cursor is at %v and was at %v", size, now, cursor)
					}
				})
			})
		}
	}
}

// What had the keys before the window became another keeps them: words for a search
// are no verbs of the list, and what is read stays open.
func TestKeysStayWhereTheyWere(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("/")
		d.Type("num")
		d.Resize(12, 3)
		d.Resize(80, 24)
		d.Type("bers")
		d.See("numbers", "2 found")
		d.Press("esc", "enter")
		d.See("projector")
		d.Resize(200, 50)
		d.See("projector", "Linus T.", "r reply  R all")
		d.Resize(80, 24)
		d.See("projector", "r reply")
		d.SeeNot("Linus T.")
		d.Press("esc")
		d.See("Linus T.", "c compose")
		d.Press("j", "j")
		d.Resize(200, 50)
		d.Advance(time.Second)
		d.See("Invoice INV-2031 for €42.00 is ready.")
		d.SeeNot("projector?")
		d.Press("shift+tab")
		d.See("n new")
		d.Resize(80, 24)
		d.See("ALL ACCOUNTS", "n new")
		d.Press("esc")
		d.SeeNot("ALL ACCOUNTS")
	})(t)
}

// checkFrame fails where a frame is larger than the window, or its cursor outside.
func checkFrame(d *tuitest.Driver, w, h int, width func(string) int) {
	d.T.Helper()
	v := d.View()
	frame := strings.Split(v.Content, "\n")
	if len(frame) > max(h, 1) {
		d.T.Fatalf("%d lines in a window of %dx%d", len(frame), w, h)
	}
	for _, l := range frame {
		if n := width(l); n > w {
			d.T.Fatalf("%d cells in a window of %dx%d: %q", n, w, h, l)
		}
	}
	if c := v.Cursor; c != nil && (c.X < 0 || c.Y < 0 || c.X >= w || c.Y >= h) {
		d.T.Fatalf("the cursor is at %d, %d in a window of %dx%d", c.X, c.Y, w, h)
	}
}
