package widget

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/text/unicode/bidi"

	"postea/tui/theme"
)

// What is written from the right is seen as it is read there.
func TestInOrder(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"שלום, Ada (3)!", "!Ada (3) ,םולש"},
		{"(שלום) iPhone עולם, 3.", ".3 ,םלוע iPhone (םולש)"},
		{"Moved to תיקייה", "Moved to הייקית"},
		{"a שלום 3 b", "a 3 םולש b"},
		{"a (שלום) b", "a (םולש) b"},
		{"שלום 12:30-13:00 עולם", "םלוע 12:30-13:00 םולש"},
		{"מחיר $5 או 10%", "10% וא $5 ריחמ"},
		{"שָׁלוֹם", "םוֹלשָׁ"},
		{"«שלום» <x>", "<x> «םולש»"},
		{"עולם 花 a", "花 a םלוע"},
		{"abc", "abc"},
	} {
		look := theme.New(theme.Options{Orders: true})
		canvas := NewCanvas(40, 1, Measure{})
		a := canvas.Area(look, time.Time{})
		a.Text(1, 0, theme.Style{}, c.text)
		a.Text(30, 0, theme.Style{}, "23 Nov")
		line := ansi.Strip(canvas.Render(look))
		if got := strings.TrimSpace(strings.TrimSuffix(line, "23 Nov")); got != c.want || !strings.HasPrefix(line, " ") {
			t.Errorf("%q is seen as %q, want %q", c.text, got, c.want)
		}
	}
}

// Each piece keeps its style, and the cursor goes where the letter is that it stands on, or
// to the end, which is at the left.
func TestInOrderCursor(t *testing.T) {
	look := theme.New(theme.Options{Orders: true, Dark: true})
	for at, want := range map[int]int{2: 5, 4: 3, 6: 1, 0: 0, 9: 9} {
		canvas := NewCanvas(12, 1, Measure{})
		a := canvas.Area(look, time.Time{})
		x := a.Text(2, 0, theme.Style{Ink: theme.Red}, "שם")
		a.Text(x, 0, theme.Style{Ink: theme.Blue}, "טוב"[:4])
		a.PutCursor(at, 0)
		line := canvas.Render(look)
		if canvas.Cursor.X != want {
			t.Errorf("the cursor on %d is at %d, want %d", at, canvas.Cursor.X, want)
		}
		if back := canvas.Meant(look, want, 0); back != at {
			t.Errorf("a click on %d means %d, want %d", want, back, at)
		}
		if blue, red := strings.Index(line, "וט"), strings.Index(line, "םש"); blue < 0 || red < blue || strings.Count(line, "38;2;") != 2 {
			t.Errorf("%q", line)
		}
	}
}

func TestJoined(t *testing.T) {
	for in, want := range map[string]string{
		"عمر": "ﻋﻤﺮ", "سلام": "ﺳﻠﺎﻡ", "دار": "ﺩﺍﺭ", "ب": "ﺏ", "بـ": "ﺑـ", "پیچک": "ﭘﯿﭽﮏ", "ماء": "ﻣﺎء", "هذا 3": "ﻫﺬﺍ 3", "على": "ﻋﻠﻰ",
	} {
		if got := strings.Join(joined(strings.Split(in, "")), ""); got != want {
			t.Errorf("%s is written %q, want %q", in, got, want)
		}
	}
}

// Which way each letter is written is the same for another implementation, which does not
// know of pairs of brackets.
func TestLevelsAreThoseOfOthers(t *testing.T) {
	letters := []rune("אבגabcع٣123 ,.:!%+-$ש")
	for seed := range uint64(20_000) {
		r := rand.New(rand.NewPCG(seed, 1))
		text := make([]rune, 1+r.IntN(12))
		base := neutral
		for i := range text {
			text[i] = letters[r.IntN(len(letters))]
			if d := directionOf(string(text[i])); base == neutral {
				base = d
			}
		}
		if base == neutral {
			continue
		}
		var p bidi.Paragraph
		if _, err := p.SetString(string(text)); err != nil {
			t.Fatal(err)
		}
		order, err := p.Order()
		if err != nil {
			t.Fatal(err)
		}
		var want []uint8
		for i := range order.NumRuns() {
			run := order.Run(i)
			for range run.String() {
				want = append(want, map[bidi.Direction]uint8{bidi.RightToLeft: 1}[run.Direction()])
			}
		}
		clusters := strings.Split(string(text), "")
		for i, level := range levels(clusters, base) {
			if level&1 != want[i] {
				t.Fatalf("%q: %v, others %v", string(text), levels(clusters, base), want)
			}
		}
	}
}
