package reading

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden renderings anew; look at them before they are committed")

// asShown draws lines as `postea show --text` prints them.
func asShown(lines []TextLine) string {
	var b strings.Builder
	for _, l := range lines {
		line := strings.Repeat("> ", l.Depth)
		if l.Kind == Rule {
			line += "———"
		}
		for _, s := range l.Spans {
			line += s.Text
		}
		b.WriteString(strings.TrimRight(line, " "))
		b.WriteByte('\n')
	}
	return b.String()
}

// digest is a large digest: many articles, each with a picture, links and a
// table, in nested layout tables.
func digest(size int) string {
	var b strings.Builder
	b.WriteString(`<html><head><style>.pre{display:none}</style></head><body><span class="pre">Today in the digest</span><table width="100%"><tr><td><h1>The daily digest</h1>`)
	for i := 1; b.Len() < size; i++ {
		fmt.Fprintf(&b, `<table width="600" cellpadding="0" style="border-collapse:collapse;font-family:Arial,sans-serif"><tr><td style="padding:12px"><h2 style="margin:0 0 8px 0">%d. A headline about a thing</h2>
<p style="color:#333;font-size:14px;line-height:20px">The council has decided to <b>rebuild the bridge</b> over the river, after a debate of <i>eleven hours</i>. Work begins in spring &amp; will last two years; ferries run meanwhile.</p>
<table border="1" width="100%%"><tr><th>Day</th><th>Ferry</th></tr><tr><td>Mon</td><td>06:00&ndash;22:00</td></tr><tr><td>Sun</td><td>09:00&ndash;18:00</td></tr></table>
<p><a href="https://news.example/a/%d?utm_source=digest&amp;utm_medium=email" style="color:#06c">Read more</a> <img src="https://news.example/i/%d.jpg" width="200" alt="The bridge"></p></td></tr></table>
`, i, i, i)
	}
	b.WriteString(`</td></tr></table></body></html>`)
	return b.String()
}

// TestGoldenHTML renders mails as they come: written for this test after the
// habits of those who send them.
func TestGoldenHTML(t *testing.T) {
	sources, err := filepath.Glob("testdata/html/*.html")
	if err != nil || len(sources) != 11 {
		t.Fatalf("%d sources, %v", len(sources), err)
	}
	mails := map[string]string{"digest": digest(1 << 20)}
	for _, file := range sources {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		mails[strings.TrimSuffix(filepath.Base(file), ".html")] = string(src)
	}
	for name, src := range mails {
		m := parseHTML(src)
		checkMessage(t, m)
		for _, width := range []int{60, 80, 120} {
			lines := m.Lines(width, LayoutOptions{Graphemes: true})
			if name == "digest" {
				lines = slices.Concat(lines[:40], lines[len(lines)-10:])
			}
			golden(t, fmt.Sprintf("testdata/html/%s.%d.txt", name, width), asShown(lines))
		}
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
	}
}
