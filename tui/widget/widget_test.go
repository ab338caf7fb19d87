package widget

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"postea/tui/theme"
)

func TestMeasure(t *testing.T) {
	tests := []struct {
		s         string
		wc, graph int
	}{
		{"", 0, 0}, {"abc", 3, 3}, {"日本", 4, 4}, {"e\u0301", 1, 1}, {"👍🏽", 2, 2}, {"👨‍👩‍👧‍👦", 8, 2}, {"🏳️‍🌈", 3, 2},
		{"\t", tabWidth, tabWidth}, {"\x1b", 1, 1}, {"\u202e", 1, 1}, {"a\u200bb", 3, 3}, {"\xff", 1, 1}, {"\u0301", 1, 1}, {"مريم", 4, 4},
	}
	for _, tt := range tests {
		if got := (Measure{}).Width(tt.s); got != tt.wc {
			t.Errorf("%q is %d cells by code point, want %d", tt.s, got, tt.wc)
		}
		if got := (Measure{Clusters: true}).Width(tt.s); got != tt.graph {
			t.Errorf("%q is %d cells by cluster, want %d", tt.s, got, tt.graph)
		}
	}
}

func TestFit(t *testing.T) {
	tests := []struct {
		s     string
		width int
		want  string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"ab cd", 4, "ab…"}, {"日本語", 5, "日本…"}, {"日本語", 4, "日…"}, {"abc", 0, ""}, {"abc", 1, "…"},
	}
	for _, tt := range tests {
		if got := (Measure{}).Fit(tt.s, tt.width, "…"); got != tt.want {
			t.Errorf("%q in %d: got %q, want %q", tt.s, tt.width, got, tt.want)
		}
	}
}

func FuzzMeasure(f *testing.F) {
	for _, s := range []string{"one two three", "日本語テキスト", "👨‍👩‍👧‍👦🏳️‍🌈", "\x1b]0;x\x07", "\xff\xfe\u202e", "a\u0301\u0301\u0301"} {
		f.Add(s, 5, true)
	}
	f.Fuzz(func(t *testing.T, s string, width int, clusters bool) {
		width = width%200 + 1
		if width < 1 {
			width = 1
		}
		m := Measure{Clusters: clusters}
		if w := m.Width(m.Fit(s, width, "…")); w > width {
			t.Errorf("Fit(%q, %d) is %d wide", s, width, w)
		}
		if got := strings.Join(m.Wrap(s, width), ""); got != s {
			t.Errorf("Wrap(%q) gives %q", s, got)
		}
		for rest := s; rest != ""; {
			shown, n, w := m.Next(rest)
			if n <= 0 || w <= 0 || strings.ContainsFunc(shown, unicode.IsControl) {
				t.Fatalf("Next(%q) = %q, %d, %d", rest, shown, n, w)
			}
			rest = rest[n:]
		}
	})
}

// The canvas is the last wall: whatever is drawn, no control sequence but its
// own colours comes out, and every line is as wide as the canvas at most.
func FuzzCanvas(f *testing.F) {
	f.Add("plain", 3)
	f.Add("\x1b[2J日本\u009b31m\u202e", -2)
	f.Fuzz(func(t *testing.T, s string, x int) {
		look := theme.New(theme.Options{Dark: true})
		c := NewCanvas(12, 2, Measure{})
		a := c.Area(look, time.Time{})
		a.Text(x%12, 0, theme.Style{}, "日本日本日本日本")
		a.Text(x%12+1, 0, theme.Style{Ink: theme.Red}, s)
		for line := range strings.SplitSeq(c.Render(look), "\n") {
			plain := ansi.Strip(line)
			if w := ansi.StringWidthWc(plain); w > 12 {
				t.Errorf("%d cells: %q", w, plain)
			}
			if strings.ContainsFunc(plain, unicode.IsControl) {
				t.Errorf("controls in %q", plain)
			}
		}
	})
}

func TestList(t *testing.T) {
	var l List
	l.Resize(100, 10)
	l.Move(12)
	if from, to := l.Visible(); l.Cursor != 12 || from != 3 || to != 13 {
		t.Errorf("cursor %d, %d to %d", l.Cursor, from, to)
	}
	l.Scroll(-3)
	if from, _ := l.Visible(); from != 0 || l.Cursor != 9 {
		t.Errorf("cursor %d, from %d", l.Cursor, from)
	}
	l.To(1000)
	if from, to := l.Visible(); l.Cursor != 99 || from != 90 || to != 100 {
		t.Errorf("cursor %d, %d to %d", l.Cursor, from, to)
	}
	l.Resize(5, 10)
	if from, to := l.Visible(); l.Cursor != 4 || from != 0 || to != 5 {
		t.Errorf("cursor %d, %d to %d", l.Cursor, from, to)
	}
	l.Resize(0, 10)
	if l.Move(1); l.Cursor != 0 {
		t.Errorf("cursor %d in an empty list", l.Cursor)
	}
}

func TestField(t *testing.T) {
	var f Field
	f.Set("one two")
	for _, k := range []string{"ctrl+w", "home", "right"} {
		f.Press(Measure{}, k, "")
	}
	f.Press(Measure{}, "X", "X")
	if f.Text() != "oXne " || f.Before() != "oX" {
		t.Errorf("got %q, before %q", f.Text(), f.Before())
	}
	f.ReplaceBefore(1, "y\nz")
	if f.Text() != "oy zne " {
		t.Errorf("got %q", f.Text())
	}
	if f.Press(Measure{}, "ctrl+q", "") {
		t.Error("took a key it has no use for")
	}
}

// A field shows as much as there is room for, when it has become wider and when its
// end was taken away.
func TestFieldFills(t *testing.T) {
	var f Field
	shows := func(width int, want string) {
		t.Helper()
		c := NewCanvas(width, 1, Measure{})
		f.Draw(c.Area(theme.New(theme.Options{}), time.Time{}), theme.Style{})
		if got := strings.TrimSuffix(c.Plain(), "\n"); got != want {
			t.Errorf("%d cells show %q, want %q", width, got, want)
		}
	}
	f.Set("Wednesday 日本語")
	shows(4, "語")
	shows(9, "y 日本語")
	shows(30, "Wednesday 日本語")
	f.Set("one two three four")
	shows(8, "ee four")
	f.Press(Measure{}, "ctrl+w", "")
	shows(8, " three")
	f.Press(Measure{}, "ctrl+u", "")
	shows(8, "")
	f.Set("one two three four")
	shows(8, "ee four")
	f.Press(Measure{}, "home", "")
	shows(8, "one two")
}

func TestRank(t *testing.T) {
	texts := []string{"Reply to all", "Go to Archive", "Archive", "Search in Archive", "日本 アーカイブ"}
	got := Rank("arch", texts)
	if len(got) != 3 || texts[got[0].Index] != "Archive" {
		t.Errorf("got %+v", got)
	}
	if got := Rank("", texts); len(got) != len(texts) || got[1].Index != 1 {
		t.Errorf("empty pattern: %+v", got)
	}
	if got := Rank("rta", texts); len(got) != 1 || got[0].Index != 0 {
		t.Errorf("initials: %+v", got)
	}
	menu := []string{"Forward as attachment the message whole", "Read on page down, then the next message", "Change the theme…"}
	if got := Rank("theme", menu); len(got) == 0 || got[0].Index != 2 {
		t.Errorf("a word in the midst: %+v", got)
	}
	if got := Rank("日ア", texts); len(got) != 1 {
		t.Errorf("other scripts: %+v", got)
	}
}

// A field with a huge text shows its end as one with little does, and in this life.
func TestHugeField(t *testing.T) {
	draw := func(text string) string {
		var f Field
		f.Set(text)
		c := NewCanvas(40, 1, Measure{})
		f.Draw(c.Area(theme.New(theme.Options{Dark: true}), time.Time{}), theme.Style{})
		return c.Plain()
	}
	for _, piece := range []string{"ada@example.org, ", "é", "👩‍👩‍👧", "日本"} {
		huge, little := draw(strings.Repeat(piece, 100_000)), draw(strings.Repeat(piece, 100))
		if huge != little || strings.TrimSpace(huge) == "" {
			t.Errorf("%q…: %q, want %q", piece, huge, little)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	look := theme.New(theme.Options{Dark: true})
	for b.Loop() {
		c := NewCanvas(200, 50, Measure{})
		a := c.Area(look, time.Time{})
		for y := range 50 {
			a.Text(0, y, theme.Style{Ink: theme.Strong}, "Grace Hopper")
			a.Fit(24, y, 150, theme.Style{}, "Re: the talk on Thursday and a rather long subject with 日本語 in it and some more words")
		}
		c.Render(look)
	}
}

func TestLinks(t *testing.T) {
	look := theme.New(theme.Options{Links: true})
	c := NewCanvas(12, 2, Measure{})
	a := c.Area(look, time.Time{})
	a.Text(0, 0, theme.Style{}, "see ")
	a.Text(4, 0, a.Link(theme.Style{Ink: theme.Blue}, "file://desk/a"), "file")
	a.Text(8, 0, theme.Style{}, " now")
	a.Text(8, 1, a.Link(theme.Style{}, "file://desk/b"), "last") // to the end of the line
	got := ansi.Strip(strings.NewReplacer("\x1b]8;;\x1b\\", "]", "\x1b]8;;file://desk/a\x1b\\", "[a ", "\x1b]8;;file://desk/b\x1b\\", "[b ").Replace(c.Render(look)))
	if want := "see [a file] now\n        [b last]"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for _, bad := range []string{"", "file://a\x1b\\", "file://a b", "file://é"} {
		if a.Link(theme.Style{}, bad).Link != 0 {
			t.Errorf("%q is an address", bad)
		}
	}
	if plain := NewCanvas(4, 1, Measure{}).Area(theme.New(theme.Options{}), time.Time{}); plain.Link(theme.Style{}, "file://desk/a").Link != 0 {
		t.Error("a terminal that takes no links gets one")
	}
}

// What lies behind an overlay is faint, a picture of cells too; one that the terminal draws
// is not there.
func TestFade(t *testing.T) {
	look := theme.New(theme.Options{Dark: true})
	c := NewCanvas(4, 1, Measure{})
	a := c.Area(look, time.Time{})
	a.Text(0, 0, theme.Style{Ink: theme.Red}, "a")
	a.Cell(1, 0, theme.Style{Fore: theme.Colour(200, 0, 0), Back: theme.Colour(0, 0, 100)}, "▀")
	a.Cell(2, 0, theme.Style{Fore: theme.Colour(0, 0, 7)}, "\U0010eeee")
	c.Fade(look)
	if got := c.Plain(); got != "a▀\n" {
		t.Errorf("%q", got)
	}
	if line := c.Render(look); !strings.Contains(line, "38;2;62;13;16;48;2;12;13;41m▀") || strings.Contains(line, "200") {
		t.Errorf("%q", line)
	}
}
