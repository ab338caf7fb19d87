package widget

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"postea/tui/theme"
)

func editor(text string, width int) *Editor {
	e := &Editor{}
	e.Set(text)
	e.Resize(Measure{}, width, 10)
	return e
}

func pressAll(e *Editor, keys string) {
	for _, k := range strings.Fields(keys) {
		switch {
		case strings.HasPrefix(k, "'"):
			for _, r := range k[1:] {
				e.Press(string(r), string(r))
			}
		case k == "space":
			e.Press("space", " ")
		default:
			e.Press(k, "")
		}
	}
}

func TestEditing(t *testing.T) {
	tests := []struct{ name, text, keys, want string }{
		{"type", "", "'abc enter 'd", "abc\nd"},
		{"insert in the middle", "ac", "right 'b", "abc"},
		{"backspace joins lines", "ab\ncd", "down backspace", "abcd"},
		{"delete joins lines", "ab\ncd", "end delete", "abcd"},
		{"words", "one two three", "ctrl+end ctrl+w", "one two "},
		{"word right and kill", "one two", "ctrl+right ctrl+right ctrl+u", ""},
		{"delete word", "one two", "alt+d", " two"},
		{"selection is replaced", "one two", "shift+ctrl+right 'x", "onext two"[:0] + "x two"},
		{"select all and cut", "one\ntwo", "ctrl+shift+end ctrl+x", ""},
		{"cut and paste", "one two", "ctrl+shift+right ctrl+x end ctrl+v", " twoone"},
		{"undo typing", "", "'abc ctrl+z", ""},
		{"undo by words", "", "'abc space 'def ctrl+z", "abc "},
		{"redo", "", "'abc ctrl+z ctrl+y", "abc"},
		{"undo a kill", "one two", "end ctrl+w ctrl+z", "one two"},
		{"nothing to undo", "x", "ctrl+z", "x"},
		{"cluster left", "e\u0301", "end backspace", ""},
		{"wide", "日本", "end backspace", "日"},
		{"emoji", "a👨‍👩‍👧‍👦b", "end left backspace", "ab"},
		{"up keeps the column", "abcdef\nab\nabcdef", "down down end up up 'x", "abcdefx\nab\nabcdef"},
		{"up at the top goes to the start", "abc", "end up 'x", "xabc"},
		{"tab is text", "", "tab 'x", "\tx"},
		{"a quote goes on", "> one", "end enter 'x", "> one\n> x"},
		{"a deep quote goes on", ">> one two", "right right right right right right enter", ">> one\n>> two"},
		{"an empty quote ends", "> one", "end enter enter 'x", "> one\nx"},
		{"a list goes on", "  - one", "end enter 'x", "  - one\n  - x"},
		{"a task list goes on", "- [x] one", "end enter 'x", "- [x] one\n- [ ] x"},
		{"numbers go on", "9. one", "end enter 'x", "9. one\n10. x"},
		{"an empty item ends", "- one", "end enter enter 'x", "- one\nx"},
		{"before the mark a line is a line", "- one", "enter", "\n- one"},
		{"a year is no list", "2026 was", "end enter 'x", "2026 was\nx"},
		{"a plain line where it is wanted", "> one", "end shift+enter 'x", "> one\nx"},
		{"undo of a list item", "- one", "end enter ctrl+z", "- one"},
		{"paragraphs", "one\ntwo\n\nthree\nfour", "ctrl+down 'x ctrl+down 'y ctrl+up 'z", "zone\ntwo\nx\nthree\nfoury"},
		{"reflow joins", "one\n  two\nthree\n\nfour", "alt+q", "one two three\n\nfour"},
		{"reflow of a quote", "> one\n> two\n>> deeper\n> three", "alt+q", "> one two\n>> deeper\n> three"},
		{"reflow of an item", "- one\n  two\n- three", "down alt+q", "- one two\n- three"},
		{"reflow of nothing", "\n\none", "alt+q", "\n\none"},
		{"reflow can be undone", "one\ntwo", "alt+q ctrl+z", "one\ntwo"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := editor(tt.text, 40)
			e.measure.Clusters = tt.name == "emoji"
			pressAll(e, tt.keys)
			if got := e.Text(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSoftWrap(t *testing.T) {
	e := editor("one two three four five", 10)
	pressAll(e, "down 'x") // the second row begins at "three"
	if want := "one two xthree four five"; e.Text() != want {
		t.Errorf("got %q, want %q", e.Text(), want)
	}
	pressAll(e, "end 'y")
	if !strings.Contains(e.Text(), "y") {
		t.Error("end leaves the text")
	}
}

func TestReflowBreaksQuotes(t *testing.T) {
	e := editor("> "+strings.Repeat("word ", 40)+"\n> end\n", 80)
	if !e.Reflow() {
		t.Fatal("nothing done")
	}
	for _, l := range strings.Split(strings.TrimSuffix(e.Text(), "\n"), "\n") {
		if !strings.HasPrefix(l, "> word") || len(l) > 72 {
			t.Errorf("%q", l)
		}
	}
	if !strings.Contains(e.Text(), "word end") || e.Reflow() {
		t.Errorf("%q", e.Text())
	}
}

func TestSearchAndPlaces(t *testing.T) {
	e := editor("One two\nONE İstanbul two", 40)
	found := func(what string, back bool) string {
		if !e.Search(what, back) {
			return "-"
		}
		return fmt.Sprint(e.Offset(), " ", e.Selected())
	}
	for i, want := range []string{"3 One", "11 ONE", "3 One"} {
		if got := found("one", false); got != want {
			t.Errorf("%d: %s", i, got)
		}
	}
	if got := found("one", true); got != "11 ONE" {
		t.Errorf("back: %s", got)
	}
	if got := found("two", false); got != "25 two" || found("zwei", false) != "-" || found("", false) != "-" {
		t.Errorf("two: %s", got)
	}
	e.MoveTo(13) // within İ
	if got := e.Offset(); got != 12 {
		t.Errorf("between the bytes of a letter: %d", got)
	}
	e.MoveTo(1000)
	if e.Offset() != len(e.Text()) {
		t.Errorf("beyond the end: %d", e.Offset())
	}
	e.MoveTo(5)
	if w, from, to := e.WordAt(); w != "two" || from != 4 || to != 7 {
		t.Errorf("%q %d %d", w, from, to)
	}
	e.ReplaceRange(4, 7, "three")
	if e.Text() != "One three\nONE İstanbul two" || !e.Undo() || e.Text() != "One two\nONE İstanbul two" {
		t.Errorf("%q", e.Text())
	}
}

func TestReplaceCanBeUndone(t *testing.T) {
	e := editor("old\ntext", 40)
	e.Replace("new")
	if e.Text() != "new" || !e.Undo() || e.Text() != "old\ntext" {
		t.Errorf("after undo %q", e.Text())
	}
}

func TestDrawShowsQuotesSelectionAndCursor(t *testing.T) {
	e := editor("Hi\n> quoted\n-- \nme", 20)
	pressAll(e, "shift+right")
	c := NewCanvas(20, 5, Measure{})
	look := theme.New(theme.Options{Dark: true})
	e.Draw(c.Area(look, time.Time{}))
	if want := "Hi\n│ quoted\n--\nme\n\n"; c.Plain() != want {
		t.Errorf("got %q, want %q", c.Plain(), want)
	}
	if c.Cursor != (Cursor{1, 0, true}) {
		t.Errorf("cursor %+v", c.Cursor)
	}
	if c.cells[0].style.On != theme.Selection || c.cells[1].style.On != theme.Ground {
		t.Error("the selection is not drawn")
	}
}

// A change must not cost what the whole text costs: with a hundred thousand
// lines, typing rewraps one of them.
func TestTypingWrapsOneLine(t *testing.T) {
	e := editor(strings.Repeat("some words on a line\n", 100_000), 80)
	c := NewCanvas(80, 24, Measure{})
	e.Draw(c.Area(theme.New(theme.Options{}), time.Time{}))
	pressAll(e, "'x")
	e.Draw(c.Area(theme.New(theme.Options{}), time.Time{}))
	wrapped := 0
	for _, w := range e.wraps {
		if w != nil {
			wrapped++
		}
	}
	if wrapped > 60 {
		t.Errorf("%d lines were wrapped", wrapped)
	}
}

func BenchmarkType(b *testing.B) {
	e := editor(strings.Repeat("some words on a line that is longer than the screen is wide, or nearly so\n", 50_000), 60)
	c := NewCanvas(60, 40, Measure{})
	a := c.Area(theme.New(theme.Options{}), time.Time{})
	for b.Loop() {
		e.Press("x", "x")
		e.Draw(a)
	}
}

// Whatever is pressed, the cursor stays between clusters, the text stays
// valid, and undoing everything gives the text back.
func FuzzEditor(f *testing.F) {
	f.Add("one two\nthree", uint64(1))
	f.Add("日本語\n👨‍👩‍👧‍👦 e\u0301", uint64(2))
	f.Add("\x00\u202e\t\r\n", uint64(3))
	keys := []string{"left", "right", "up", "down", "home", "end", "backspace", "delete", "enter", "ctrl+w", "alt+d", "ctrl+u", "shift+left",
		"shift+down", "ctrl+shift+right", "ctrl+x", "ctrl+v", "pgdown", "pgup", "ctrl+home", "ctrl+end", "x", "日", "\u0301", ">", "-", "space", "alt+q", "ctrl+up", "ctrl+down", "shift+ctrl+down"}
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		if !utf8.ValidString(text) {
			return
		}
		e := editor(text, 8)
		before := e.Text()
		r := rand.New(rand.NewPCG(seed, seed))
		c := NewCanvas(8, 4, Measure{})
		a := c.Area(theme.New(theme.Options{}), time.Time{})
		for range 60 {
			k := keys[r.IntN(len(keys))]
			typed := ""
			if len([]rune(k)) == 1 {
				typed = k
			}
			e.Press(k, typed)
			e.Draw(a)
			if e.at.Line >= len(e.lines) || e.at.Byte > len(e.lines[e.at.Line]) || len(e.wraps) != len(e.lines) {
				t.Fatalf("cursor %+v in %q after %s", e.at, e.Text(), k)
			}
			if !utf8.ValidString(e.Text()) {
				t.Fatalf("%q after %s", e.Text(), k)
			}
		}
		for e.Undo() {
		}
		if e.Text() != before {
			t.Fatalf("undo gives %q, not %q", e.Text(), before)
		}
	})
}
