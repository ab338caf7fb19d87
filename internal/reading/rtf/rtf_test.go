package rtf

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		`{\rtf1{\fonttbl{\f0 Arial;}}{\*\generator x;}a\par\tab b\u8364?c}`:                                      "a\n\tb€c",
		`{\rtf1\fromhtml1{\*\htmltag64 <p>}\htmlrtf \par\htmlrtf0 text{\*\htmltag <br>}}`:                        "text",
		`{\rtf1\ansicpg1251 \'cf\'f0\'e8}`:                                                                       "При",
		`{\rtf1{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial;}}\f1 \'cf\'f0\'e8\f0  \'e9{\f1\'e9} \'e9}`: "При éй é",
		`{\rtf1\ansicpg932 \'93\'fa\'96\'7b}`:                                                                    "日本",
		`{\rtf1\mac \'8e}`:                                                                                       "é",
		`{\rtf1\pc \'82}`:                                                                                        "é",
		`{\rtf1 a{\pict\pngblip 89504e47}b}`:                                                                     "ab",
		"{\\rtf1 a{\\pict\\bin5 }}}}}}b}":                                                                        "ab",
		`{\rtf1 seen {\v not }seen\v  nor\v0  again\plain .}`:                                                    "seen seen again.",
		`{\rtf1\u-10179?\u-8704? \u-10179?x \u-8704?}`:                                                           "😀 �x �",
		`{\rtf1\uc2 \u8364ab.\uc0\u8364 c}`:                                                                      "€.€c",
		`{\rtf1{\field{\*\fldinst{HYPERLINK "https://x.example/a"}}{\fldrslt{\ul here}}} now}`:                   "here <https://x.example/a> now",
		`{\rtf1{\field{\*\fldinst HYPERLINK "https://x.example/"}{\fldrslt https://x.example}}}`:                 "https://x.example",
		`{\rtf1{\field{\*\fldinst HYPERLINK "mailto:a@x.example"}{\fldrslt a@x.example}}}`:                       "a@x.example",
		`{\rtf1{\field{\*\fldinst HYPERLINK \\l "mark"}{\fldrslt there}}{\field{\*\fldinst PAGE}{\fldrslt 3}}}`:  "there3",
		`{\rtf1\trowd a\cell b\cell\row c\cell\row}`:                                                             "a\tb\t\nc",
		`{\rtf1{\header top}{\stylesheet{\s0 Normal;}}{\info{\title T}}{\pntext\'b7\tab}one\_two\~three\line\ldblquote q\rdblquote}`: "·\tone-two three\n“q”",
		`\{a\}\\`:                      `{a}\`,
		"{\\rtf1 one\\\ntwo\nthree}":   "one\ntwothree",
		`{{{{`:                         "",
		`}}}}a`:                        "a",
		`\`:                            "",
		`\'`:                           "",
		`{\rtf1\bin99999999999999 abc`: "",
	} {
		if got := Text([]byte(in)); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestIs(t *testing.T) {
	for in, want := range map[string]bool{`{\rtf1 a}`: true, "\r\n {\\rtf": true, "": false, `{\rt`: false, "text": false} {
		if got := Is([]byte(in)); got != want {
			t.Errorf("%q: %v", in, got)
		}
	}
}

// Groups that are nested without end, and a document without one, take no more than
// their size.
func TestTextOfHostileDocuments(t *testing.T) {
	deep := strings.Repeat("{", 1_000_000) + "a" + strings.Repeat("}", 1_000_000) + "b"
	if got := Text([]byte(deep)); got != "ab" {
		t.Errorf("%q", got)
	}
	if got := Text([]byte(`{\rtf1 ` + strings.Repeat("a", maxBytes+5))); len(got) != maxBytes-len(`{\rtf1 `) {
		t.Errorf("%d bytes", len(got))
	}
	fonts := `{\rtf1{\fonttbl` + strings.Repeat(`\f1\fcharset204`, 10) + `}a}`
	if got := Text([]byte(fonts)); got != "a" {
		t.Errorf("%q", got)
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte(`{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset128 Arial;}}\f0 a\'e9\u8364?\par{\v x}{\field{\*\fldinst{HYPERLINK "https://x.example/a"}}{\fldrslt{\ul here}}}\bin3 abc}`))
	f.Add([]byte(`{\rtf1\fromhtml1{\*\htmltag64 <p>}\htmlrtf \par\htmlrtf0 text}`))
	f.Add([]byte(`{\rtf1\uc0\u-10179\u-8704{\pict ffff}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s := Text(b)
		if !utf8.ValidString(s) || len(s) > 3*len(b)+16 {
			t.Errorf("%d bytes out of %d: %q", len(s), len(b), s)
		}
	})
}

func BenchmarkText(b *testing.B) {
	for name, unit := range map[string]string{"letters": "abcdefgh", "accents": `\'e9\par `, "groups": `{\b a}`, "links": `{\field{\*\fldinst HYPERLINK "u:"}{\fldrslt a}}`} {
		b.Run(name, func(b *testing.B) {
			in := []byte(`{\rtf1 ` + strings.Repeat(unit, 1<<20/len(unit)))
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				Text(in)
			}
		})
	}
}
