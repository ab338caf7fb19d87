package compose

import (
	"strings"
	"testing"
)

func TestMarkdown(t *testing.T) {
	known := func(d string) (string, bool) { return "id@x", d == "moth one.jpg" }
	tests := []struct {
		name, in   string
		has, lacks []string
	}{
		{"words", "Hello **bold** _slanted_ ~~gone~~ `code`", []string{"<strong>bold</strong>", "<em>slanted</em>", "<del>gone</del>", `<code style="font-family`}, nil},
		{"a range strikes nothing", "5~10 or 15~20, 2~3일, ~~gone~~ ~~~x~~~", []string{"5~10 or 15~20, 2~3일, <del>gone</del>"}, nil},
		{"a line break stays", "one\ntwo\n\nthree", []string{"<p>one<br", "two</p>", "<p>three</p>"}, nil},
		{"list", "- a\n- [x] b\n\n1. c", []string{"<ul>", "<li>a</li>", `type="checkbox"`, "<ol>"}, nil},
		{"numbers of items", "2. yes\n5. no\n6. no\n3. maybe\n\n>\t1. a\n>\t33. b", []string{"<ol start=\"2\">\n<li>yes</li>\n<li value=\"5\">no</li>\n<li>no</li>\n<li value=\"3\">maybe</li>", "<li value=\"33\">b</li>"}, nil},
		{"items to be counted", "1. a\n1. b\n1. c", []string{"<li>a</li>\n<li>b</li>\n<li>c</li>"}, nil},
		{"table", "| a | b |\n|---|--:|\n| 1 | 2 |", []string{`<table style="border-collapse`, `<td style=`, ">1</td>"}, nil},
		{"quote", "On Tue, Bob wrote:\n> one\n>> two", []string{`<blockquote style="margin`}, nil},
		{"code", "```go\nif a < b {}\n```", []string{"if a &lt; b {}"}, nil},
		{"code beside its marks", "> ```SELECT a, b\n> FROM c\n> ```\n\n~~~ the end", []string{"<code>SELECT a, b\nFROM c\n</code>", "<code>the end"}, nil},
		{"bare link", "see https://x.example/a?b=c&d", []string{`<a href="https://x.example/a?b=c&amp;d">`}, nil},
		{"bare links are whole", "see https://x.example/wiki/Köln, (www.x.example/путь) https://x.example/*/y\n**https://x.example/b** https://x.example/a。次", []string{
			`<a href="https://x.example/wiki/K%C3%B6ln">https://x.example/wiki/Köln</a>, `, `">www.x.example/путь</a>)`, `>https://x.example/*/y</a>`, `>https://x.example/b</a></strong>`, `>https://x.example/a</a>。次`,
		}, nil},
		{"no HTML", "<script>alert(1)</script> <b>x</b> <img src=x onerror=y>", []string{"&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;x&lt;/b&gt; &lt;img"}, []string{"<script", "<b>", "<img"}},
		{"what looks like HTML arrives", "A List<String> for <your name>,\n\n<div> is *not* said\nand this neither\n\n<Ada>\n\n<!-- a note -->", []string{"A List&lt;String&gt; for &lt;your name&gt;,", "&lt;div&gt; is <em>not</em> said<br>\nand this neither", "<p>&lt;Ada&gt;</p>", "&lt;!-- a note"}, []string{"omitted", "<div", "<!--"}},
		{"an address in angle brackets is a link", "Ada <ada@x.example>", []string{`<a href="mailto:ada@x.example">`}, nil},
		{"no scripts in links", "[x](javascript:alert(1)) [y](data:text/html,x) [z](/etc/passwd)", []string{">x</a>"}, []string{"javascript", "data:text", "passwd"}},
		{"a link without a scheme", "[a](x.example/b.pdf) [c](www.x.example:8080?d) [e](e@x.example) [f](report.pdf) [g](http://x.example)", []string{
			`<a href="https://x.example/b.pdf">a</a> <a href="https://www.x.example:8080?d">c</a> <a href="mailto:e@x.example">e</a> <a href="">f</a> <a href="http://x.example">g</a>`,
		}, nil},
		{"a picture that travels along", "![the moth](<moth one.jpg>) ![m](moth%20one.jpg)", []string{`<img src="cid:id@x" alt="the moth"`, `alt="m"`}, nil},
		{"a picture to fetch is a link", "![shot](https://x.example/s.png)", []string{`<a href="https://x.example/s.png">shot</a>`}, []string{"<img"}},
		{"a file that is not attached is not sent", "> ![key](/home/ada/.ssh/id_rsa)", []string{"key"}, []string{"<img", "ssh", "href"}},
		{"a link defined below", "See [the plan][1] and [Two].\n\n[1]: https://x.example/1\n[two]: <https://x.example/2> \"t\"", []string{`<a href="https://x.example/1">the plan</a>`, `<a href="https://x.example/2" title="t">Two</a>`}, []string{"[1]"}},
		{"what is no definition stays", "[Bob]: yes\n\n[2]: https://x.example/2\n\n> [Eve]: javascript:x", []string{"[Bob]: yes", "[2]: ", "https://x.example/2</a>", "[Eve]: javascript:x"}, nil},
		{"signature", "Hi\n\n-- \nAda *L.*\n<ada>", []string{"<p>Hi</p>", "-- <br>\nAda *L.*<br>\n&lt;ada&gt;</p>"}, []string{"<em>L"}},
		{"only a signature", "-- \nAda", []string{"-- <br>\nAda"}, nil},
		{"scripts", "שלום *мир* 日本", []string{"שלום <em>мир</em> 日本"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Markdown(tt.in, known)
			for _, s := range tt.has {
				if !strings.Contains(got, s) {
					t.Errorf("no %q in\n%s", s, got)
				}
			}
			for _, s := range tt.lacks {
				if strings.Contains(got, s) {
					t.Errorf("%q in\n%s", s, got)
				}
			}
		})
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add("# a\n> b\n\n| c |\n|---|\n\n![d](e)<script>\n-- \nf")
	f.Add("[x]: javascript:y\n[x] <https://z>")
	f.Fuzz(func(t *testing.T, s string) {
		got := strings.ToLower(Markdown(s, nil))
		for _, bad := range []string{"<script", "<img", "<iframe", "href=\"javascript", "href=\"data", "href=\"vbscript"} {
			if strings.Contains(got, bad) {
				t.Fatalf("%s from %q", bad, s)
			}
		}
	})
}

// TestMarkdownOfManyTildes: goldmark alone takes minutes.
func TestMarkdownOfManyTildes(t *testing.T) {
	tildes := strings.Repeat("~", 1<<20)
	if got := Markdown("> a"+tildes, nil); !strings.Contains(got, tildes) {
		t.Errorf("got %.200q", got)
	}
}

// TestMarkdownOfAWideTable: a row has as many cells as the first one, which made 11
// million of 40 KB.
func TestMarkdownOfAWideTable(t *testing.T) {
	wide := "|" + strings.Repeat("a|", 10_000) + "\n|" + strings.Repeat("-|", 10_000) + "\n" + strings.Repeat("|\n", 10_000)
	for _, in := range []string{wide, "> " + strings.ReplaceAll(wide, "\n", "\n> ")} {
		if got := Markdown(in, nil); len(got) > 50*len(in) {
			t.Errorf("%d bytes became %d", len(in), len(got))
		}
	}
	if got := Markdown("> |a|b|c|\n> |-|-|-|\n> |1|2|3|\n> |4|\n", nil); !strings.Contains(got, "<table") || strings.Count(got, "<tr>") != 3 {
		t.Errorf("got %s", got)
	}
}
