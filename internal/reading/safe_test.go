package reading

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// unsafeRune is written apart from the cleaner, from the list in the design.
func unsafeRune(r rune, block bool) bool {
	switch {
	case block && (r == '\n' || r == '\t'):
		return false
	case r < 0x20, r >= 0x7f && r < 0xa0:
		return true
	case r == 0x200b, r == 0x200e, r == 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff:
		return true
	case r >= 0xe0000 && r <= 0xe007f:
		return true
	}
	return false
}

func checkSafe(t *testing.T, s string, block bool) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Fatalf("not UTF-8: %q", s)
	}
	for _, r := range s {
		if unsafeRune(r, block) {
			t.Fatalf("%U in %q", r, s)
		}
	}
}

func TestEveryCodePointIsSafe(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		for _, s := range []string{string(r), "a" + string(r) + "b", "م" + string(r) + "م"} {
			checkSafe(t, Line(s).String(), false)
			checkSafe(t, Block(s).String(), true)
		}
	}
	for b := range 256 {
		s := "a" + string([]byte{byte(b)}) + "b"
		checkSafe(t, Line(s).String(), false)
		checkSafe(t, Block(s).String(), true)
	}
}

func TestLine(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "Hello", "Hello"},
		{"trimmed", "  a\t b \n", "a b"},
		{"folded", "a\r\n b", "a b"},
		{"escape shown", "a\x1b[2Jb", "a␛[2Jb"},
		{"title", "\x1b]0;x\x07y", "␛]0;x␇y"},
		{"utf-8 c1", "a\u009b31mb", "a\ufffd31mb"},
		{"raw c1", "a\x9bb", "a\ufffdb"},
		{"override shown", "gpj.\u202eexe", "gpj.\ufffdexe"},
		{"embedding dropped", "\u202ba\u202c\u2067b\u2069", "ab"},
		{"marks dropped", "\u200ea\u200f\u061c", "a"},
		{"zero width", "pay\u200bpal\ufeff\u2060\u00ad\u034f", "paypal"},
		{"tags", "a\U000e0041\U000e007fb", "ab"},
		{"hangul filler", "\u3164\u115fx", "x"},
		{"braille blank", "a\u2800b\u2800", "a b"},
		{"joined emoji", "👩\u200d💻", "👩\u200d💻"},
		{"heart with selector", "❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"},
		{"persian", "می\u200cخواهم", "می\u200cخواهم"},
		{"joiner in latin", "pay\u200cpal\u200d", "paypal"},
		{"joiner at the end", "می\u200c", "می"},
		{"line separators", "a\u2028b\u2029c", "a b c"},
		{"noncharacter", "a\uffffb\ufdd0", "a\ufffdb\ufffd"},
		{"arabic number sign stays", "\u0600٣", "\u0600٣"},
		{"only blanks", " \t\n ", ""},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		if got := Line(tt.in).String(); got != tt.want {
			t.Errorf("%s: Line(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestBlock(t *testing.T) {
	tests := []struct{ in, want string }{
		{"a\r\nb\rc\n\td  e", "a\nb\nc\n\td  e"},
		{"a\fb\vc", "a\nb\nc"},
		{"  kept  ", "  kept  "},
		{"\x00\x1b\x7f", "␀␛␡"},
	}
	for _, tt := range tests {
		if got := Block(tt.in).String(); got != tt.want {
			t.Errorf("Block(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestFloodOfMarksIsCut(t *testing.T) {
	got := Line("a" + strings.Repeat("\u0301", 4000) + "b").String()
	if want := "a" + strings.Repeat("\u0301", maxMarks) + "b"; got != want {
		t.Errorf("got %d bytes, want %d", len(got), len(want))
	}
	got = Line(strings.Repeat("👩\u200d", 4000)).String()
	if n, most := strings.Count(got, "\u200d"), 4000*(maxJoins)/(maxJoins+1)+1; n > most {
		t.Errorf("%d joiners, want at most %d", n, most)
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a\x1b[0m", "می\u200cخواهم", "👩\u200d💻", "\u202e\u200d\u0301", "a\r\n\tb", "\xff\xfe", " \u200b a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line, block := Line(s).String(), Block(s).String()
		checkSafe(t, line, false)
		checkSafe(t, block, true)
		if again := Line(line).String(); again != line {
			t.Errorf("Line is not stable: %q, then %q", line, again)
		}
		if again := Block(block).String(); again != block {
			t.Errorf("Block is not stable: %q, then %q", block, again)
		}
	})
}
