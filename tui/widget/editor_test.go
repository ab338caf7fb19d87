package widget

import (
	"fmt"
	"math/rand/v2"
	"slices"
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
	for k := range strings.FieldsSeq(keys) {
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

func TestStyles(t *testing.T) {
	tests := []struct{ style, text, keys, want string }{
		{"emacs", "one two\nthree", "ctrl+e 'x ctrl+a 'y", "yone twox\nthree"},
		{"emacs", "one two\nthree", "ctrl+k ctrl+k down ctrl+y", "three\n"},
		{"emacs", "one two three", "ctrl+space alt+f ctrl+w ctrl+e ctrl+y", " two threeone"},
		{"emacs", "one two", "alt+f ctrl+space ctrl+e alt+w ctrl+y", "one two two"},
		{"emacs", "ab", "ctrl+f ctrl+t", "ba"},
		{"emacs", "one two", "alt+u alt+c", "ONE Two"},
		{"vi", "", "'abc esc 'i 'X", "abXc"},
		{"vi", "one two three", "esc 'dw", "two three"},
		{"vi", "one two three", "esc 'wcw 'X esc", "one X three"},
		{"vi", "one two three", "esc 'wciw 'X esc", "one X three"},
		{"vi", "one two three", "esc 'w 'daw", "one three"},
		{"vi", "one two three", "esc '2dw", "three"},
		{"vi", "раз два три", "esc 'цвц", "раз три"}, // wdw on a Russian keyboard
		{"vi", "раз два три", "esc 'ав 'ку 'чшж esc", "раз джа три"},
		{"vi", "one\ntwo\nthree", "esc 'ddp", "two\none\nthree"},
		{"vi", "one\ntwo\nthree", "esc 'Gdd", "one\ntwo"},
		{"vi", "one\ntwo\nthree", "esc '2ddP", "one\ntwo\nthree"},
		{"vi", "one\ntwo", "esc 'yyjp", "one\ntwo\none"},
		{"vi", "one two", "esc '$x", "one tw"},
		{"vi", "one two", "esc 'wD", "one "},
		{"vi", "one two", "esc 'wC 'X", "one X"},
		{"vi", "one two", "esc 'A 'X esc 'I 'Y", "Yone twoX"},
		{"vi", "one", "esc 'o 'two esc 'O 'mid", "one\nmid\ntwo"},
		{"vi", "one two", "esc 'xxx 'u", "e two"},
		{"vi", "one two", "esc 'cwa space 'b esc 'u", "one two"},
		{"vi", "one\ntwo", "esc 'cca space 'b esc 'u", "one\ntwo"},
		{"vi", "one", "esc 'oa space 'b esc 'u", "one"},
		{"vi", "one", "esc 'oa space 'b esc 'u ctrl+r 'x", "one\na "},
		{"vi", "one", "esc 'x 'ia space 'b left 'c esc 'u", "a bne"},
		{"vi", "one\ntwo\nthree", "esc 'Ved", "two\nthree"},
		{"vi", "one a\ntwo\nthree", "esc 'Vewd", "two\nthree"},
		{"vi", "one\ntwo\nthree", "esc 'V down 'd", "three"},
		{"vi", "one\ntwo\nthree\nfour", "esc 'jVjokd", "four"},
		{"vi", "one two", "esc 'x ctrl+r 'u ctrl+r", "ne two"},
		{"vi", "one two", "esc 've 'd", " two"},
		{"vi", "one\ntwo\nthree", "esc 'Vjd", "three"},
		{"vi", "one\ntwo", "esc 'J", "one two"},
		{"vi", "one two", "esc 'rX", "Xne two"},
		{"vi", "one", "esc '~", "One"},
		{"vi", "one, two", "esc 'f, 'x", "one two"},
		{"vi", "one, two", "esc 'dt,", ", two"},
		{"vi", "one\ntwo", "esc '>> 'j '>>", "  one\n  two"},
		{"vi", "  one", "esc '<<", "one"},
		{"vi", "a\nb\nc", "esc 'dG", ""},
		{"vi", "a\nb\nc", "esc 'G 'dgg", ""},
		{"vi", "one two", "esc 'e 'x", "on two"},
		{"vi", "日本語 x", "esc 'l 'x", "日語 x"},
		{"vi", "one", "esc 'd esc 'x", "ne"},
		{"vi", "a b\nc\n\nd", "esc 'dip", "\nd"},

		{"vi", "one two three four", "esc '2d2w", ""},
		{"vi", "a b c d e f g", "esc '2d2w", "e f g"},
		{"vi", "one two three four", "esc 'd2w", "three four"},
		{"vi", "one two three", "esc 'c2w 'X esc", "X three"},
		{"vi", "a, b, c, d", "esc '2f, ', 'x ';x", "a b c, d"},
		{"vi", "f(a, (b)) + c", "esc '%x", "f(a, (b) + c"},
		{"vi", "f(a, (b)) + c", "esc 'd%", " + c"},
		{"vi", "f(a, (b)) + c", "esc 'f)F(di(", "f(a, ()) + c"},
		{"vi", "one,, two", "esc '0f,diw", "one two"},
		{"vi", "one  two", "esc '0eldiw", "onetwo"},
		{"vi", "f(a) + c", "esc 'lci) 'x esc", "f(x) + c"},
		{"vi", "say \"one two\" now", "esc 'ci\" 'X esc", "say \"X\" now"},
		{"vi", "say 'one two' now", "esc 'da'", "say  now"},
		{"vi", "say one", "esc 'da(", "say one"},
		{"vi", "one two one one", "esc '*x", "one two ne one"},
		{"vi", "one two one one", "esc '#x 'nx", "one two ne ne"},
		{"vi", "one two.three, x", "esc 'dW 'dw 'x", "three, x"},
		{"vi", "foo-bar two", "esc 'Ex 'Bi>", ">foo-ba two"},
		{"vi", "one\n\ntwo (a)", "esc 'GWlbbx 'geia", "one\na\nwo (a)"},
		{"vi", "one two\nthree", "esc 'wdw", "one \nthree"},
		{"vi", "one\n\n  two", "esc 'jdw", "one\n  two"},
		{"vi", "one\ntwo three", "esc 'd2w", "three"},
		{"vi", "one two", "esc 'cfxY esc", "one two"},
		{"vi", "one\ntwo", "esc 'dkd3jGdj", "one\ntwo"},
		{"vi", "one two", "esc 'dbdge 'vfxd", "ne two"},
		{"vi", "one\ntwo\n\nthree", "esc 'd}", "\nthree"},
		{"vi", "one\ntwo", "esc 'de 'de", ""},
		{"vi", "a one", "esc 'wdaw", "a"},
		{"vi", "a  one b", "esc 'ldaw", "a b"},
		{"vi", "a-b c", "esc 'daW", "c"},
		{"vi", "a, b, c", "esc 't, ';x", "a, , c"},
		{"vi", "a\n  b\n  c", "esc 'Gx 'ggx", "\n  b\n  "},
		{"vi", "one two", "esc 'gUw 'wg~w", "ONE TWO"},
		{"vi", "One Two\nThree", "esc 'gUU 'jguu", "ONE TWO\nthree"},
		{"vi", "one two", "esc 'vegU 'wvlU", "ONE TWo"},
		{"vi", "abc", "esc '2~ 'x", "AB"},
		{"vi", "abc", "esc '2rx", "xxc"},
		{"vi", "abc", "esc '9rx", "abc"},
		{"vi", "abc\nde", "esc 'vjrx", "xxx\nxe"},
		{"vi", "a\nb\nc\nd", "esc '3J", "a b c\nd"},
		{"vi", "a\nb\nc\nd", "esc 'VjjJ", "a b c\nd"},
		{"vi", "abcd", "esc '$2X", "ad"},
		{"vi", "a\nb\nc", "esc '2Sx esc", "x\nc"},
		{"vi", "ab cd", "esc 'yw 'wviwp", "ab ab "},
		{"vi", "x", "esc '3iab esc", "abababx"},
		{"vi", "x", "esc '2o 'y esc", "x\ny\ny"},

		{"vi", "one two three", "esc 'x.", "e two three"},
		{"vi", "one two three", "esc 'x3.", "two three"},
		{"vi", "one two three four", "esc 'x3..", " three four"},
		{"vi", "one two three four", "esc 'dw..", "four"},
		{"vi", "a b c d e f", "esc '2dw.", "e f"},
		{"vi", "a\nb\nc\nd", "esc 'dd.", "c\nd"},
		{"vi", "a\nb\nc\nd", "esc '2dd.", ""},
		{"vi", "one two three", "esc 'cw 'X esc 'w.w.", "X X X"},
		{"vi", "a b", "esc 'A 'xy backspace 'z esc '.", "a bxzxz"},
		{"vi", "a\nb", "esc 'Ix esc 'j.", "xa\nxb"},
		{"vi", "a\nb", "esc 'o 'y esc '.", "a\ny\ny\nb"},
		{"vi", "> a\n> b", "esc 'o 'y esc 'G.", "> a\n> y\n> b\n> y"},
		{"vi", "x", "esc '2iab esc '.", "abaababbx"},
		{"vi", "abc", "esc 'rx 'l.", "xxc"},
		{"vi", "abcd", "esc '~.", "ABcd"},
		{"vi", "a\nb\nc", "esc 'J.", "a b c"},
		{"vi", "a\nb", "esc '>> 'j.", "  a\n  b"},
		{"vi", "a\nb", "esc 'yyp.", "a\na\na\nb"},
		{"vi", "a, b, c, d", "esc 'df, '.", " c, d"},
		{"vi", "(a) (b)", "esc 'ci( 'X esc 'f(.", "(X) (X)"},
		{"vi", "one two", "esc 'vlx.", "two"},
		{"vi", "a\nb\nc\nd\ne", "esc 'Vjd.", "e"},
		{"vi", "aa\nbb\ncc", "esc 'vlc 'x esc 'j.", "x\nx\ncc"},
		{"vi", "ab cd", "esc 'vec 'x esc 'w.", "x x"},
		{"vi", "one two three", "esc 'dw 'u.", "two three"},
		{"vi", "one two three four", "esc 'dw 'x.u", "wo three four"},
		{"vi", "a b c d", "esc 'cw 'long esc 'w.w.uu", "long b c d"},
		{"vi", "abc", "esc '.x.", "c"},
		{"vi", "abc", "esc 'x 'l.", "b"},
		{"vi", "ab", "esc 'i 'x right 'y esc '.", "xayyb"},
	}
	for _, tt := range tests {
		t.Run(tt.style+" "+tt.keys, func(t *testing.T) {
			e := editor(tt.text, 40)
			e.Style = tt.style
			for k := range strings.FieldsSeq(tt.keys) {
				if k == "esc" {
					e.Escape()
				} else {
					pressAll(e, k)
				}
			}
			if got := e.Text(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	e := editor("one", 40)
	e.Style = "vi"
	if e.Mode() != "insert" || !e.Escape() || e.Mode() != "normal" || e.Escape() {
		t.Error("modes")
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
	for l := range strings.SplitSeq(strings.TrimSuffix(e.Text(), "\n"), "\n") {
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

// What a quoted line goes on with stands below its words, and the cursor with it.
// What changes the text while whole lines are selected takes no key of vi aback.
func TestViLinesOfAnotherText(t *testing.T) {
	for _, key := range []string{"ctrl+u", "down", "j", "k", "d", ">", "r x", "J", "enter"} {
		for name, change := range map[string]func(*Editor){
			"undo":    func(e *Editor) { e.Undo() },
			"replace": func(e *Editor) { e.Replace("x") },
			"paste":   func(e *Editor) { e.Insert("y") },
			"reflow":  func(e *Editor) { e.Reflow() },
		} {
			e := editor("", 20)
			e.Style = "vi"
			pressAll(e, "'one enter 'two space 'words enter enter 'three space 'more")
			e.Escape()
			pressAll(e, "'Vkk")
			change(e)
			for k := range strings.FieldsSeq(key) {
				pressAll(e, map[bool]string{true: "'" + k, false: k}[len(k) == 1])
			}
			e.Escape()
			pressAll(e, "'ja!")
			if !strings.Contains(e.Text(), "!") {
				t.Errorf("%s, %s: %q", name, key, e.Text())
			}
		}
	}
}

// The wheel and the mouse may come before a text that has become shorter is drawn.
func TestScrollingBeforeTheNextFrame(t *testing.T) {
	for name, f := range map[string]func(*Editor){
		"scroll": func(e *Editor) { e.Scroll(-1) }, "click": func(e *Editor) { e.Click(1, 1) }, "drag": func(e *Editor) { e.Drag(1, 1) },
	} {
		e := editor(strings.Repeat("line\n", 50), 20)
		pressAll(e, "ctrl+end")
		e.Draw(NewCanvas(20, 5, Measure{}).Area(theme.New(theme.Options{}), time.Time{}))
		e.Replace("short")
		if f(e); e.Text() != "short" {
			t.Errorf("%s: %q", name, e.Text())
		}
	}
}

// A line is opened where the selection was that it takes the place of.
func TestEmacsOpensALineOverASelection(t *testing.T) {
	e := editor("one two", 20)
	e.Style = "emacs"
	e.Click(3, 0)
	e.Drag(7, 0)
	pressAll(e, "ctrl+o '! ")
	if got := e.Text(); got != "one!\n" {
		t.Errorf("%q", got)
	}
}

// A text that has room again is not left scrolled.
func TestEditorFillsItsRoom(t *testing.T) {
	e := editor("one two three\n\nfour\nfive\nsix", 20)
	pressAll(e, "ctrl+end")
	look := theme.New(theme.Options{})
	draw := func(w, h int) string {
		c := NewCanvas(w, h, Measure{})
		e.Draw(c.Area(look, time.Time{}))
		return c.Plain()
	}
	if got := draw(6, 2); got != "five\nsix\n" {
		t.Fatalf("%q", got)
	}
	if got := draw(20, 6); got != "one two three\n\nfour\nfive\nsix\n\n" {
		t.Errorf("%q", got)
	}
	draw(20, 2)
	if got := draw(20, 3); got != "four\nfive\nsix\n" {
		t.Errorf("%q", got)
	}
}

func TestQuotesHang(t *testing.T) {
	e := editor("> > one two three\nno quote here", 12)
	c := NewCanvas(12, 6, Measure{})
	a := c.Area(theme.New(theme.Options{}), time.Time{})
	pressAll(e, "end down")
	e.Draw(a)
	if want := "│ │ one two\n│ │ three\nno quote\nhere\n\n\n"; c.Plain() != want {
		t.Errorf("got:\n%s\nwant:\n%s", c.Plain(), want)
	}
	if c.Cursor.Y != 1 || c.Cursor.X != 9 {
		t.Errorf("cursor %+v", c.Cursor)
	}
	e.Click(5, 1)
	if e.at != (Pos{0, 13}) {
		t.Errorf("a click puts the cursor on %v", e.at)
	}
	e.Click(0, 1) // on the bars: before the words
	if e.at != (Pos{0, 12}) {
		t.Errorf("a click puts the cursor on %v", e.at)
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

// A long line is wrapped as if it were wrapped anew after each change.
func TestLongLinesWrapAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	words := []string{"a ", "word ", "日本語", "somewhat-longer-than-that ", "👩‍💻 ", "e\u0301 ", "  ", strings.Repeat("x", 90)}
	var b strings.Builder
	for b.Len() < 3*longLine {
		b.WriteString(words[r.IntN(len(words))])
	}
	e := editor(b.String(), 40)
	for range 400 {
		e.MoveTo(r.IntN(len(e.Text())))
		switch r.IntN(3) {
		case 0:
			e.Insert(words[r.IntN(len(words))])
		case 1:
			pressAll(e, "backspace")
		default:
			e.Select(e.Offset(), e.Offset()+r.IntN(200))
			e.Insert(words[r.IntN(len(words))])
		}
		got := slices.Clone(e.starts(0))
		e.wraps[0] = nil
		if want := e.starts(0); !slices.Equal(got, want) {
			t.Fatalf("rows begin at\n%v, not at\n%v", got, want)
		}
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
		"shift+down", "ctrl+shift+right", "ctrl+x", "ctrl+v", "pgdown", "pgup", "ctrl+home", "ctrl+end", "x", "日", "\u0301", ">", "-", "space", "alt+q", "ctrl+up", "ctrl+down", "shift+ctrl+down", "esc", "d", "w", "v", "V", "y", "p", "c", "$", "0", "G", "g", "J", "o", "ctrl+k", ".", "~", "%", "*", "i", "(", "\"", "r", "2", "U", ",", "f", "ctrl+y", "ctrl+space", "ctrl+t", "alt+u", "ctrl+o", "ctrl+a", "ctrl+e", "ctrl+g", "alt+w", "alt+l", "alt+c", "alt+v", "}", "{", ";", "n", "N", "#", "t", "F", "a", "A", "I", "O", "C", "D", "S", "s", "Y", "P", "ctrl+r", "ctrl+d"}
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		if !utf8.ValidString(text) {
			return
		}
		e := editor(text, 8)
		e.Style = []string{"", "emacs", "vi"}[seed%3]
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
			switch n := r.IntN(40); {
			case k == "esc":
				e.Escape()
			case n == 0: // the composer's own, whatever the style
				e.Undo()
			case n == 1:
				e.Redo()
			case n == 2:
				e.Insert("p\nq")
			case n == 3:
				e.Reflow()
			case n == 4:
				e.Click(r.IntN(12)-2, r.IntN(8)-2)
			case n == 5:
				e.Drag(r.IntN(12)-2, r.IntN(8)-2)
			case n == 6:
				e.Scroll(r.IntN(9) - 4)
			case n == 7:
				a = NewCanvas(2+r.IntN(20), 1+r.IntN(8), Measure{Clusters: r.IntN(2) == 0}).Area(theme.New(theme.Options{}), time.Time{})
			case n == 8:
				e.Search("o", r.IntN(2) == 0)
			default:
				e.Press(k, typed)
			}
			if r.IntN(3) > 0 { // keys come faster than frames
				e.Draw(a)
			}
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
