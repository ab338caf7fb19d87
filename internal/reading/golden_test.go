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

// digest is a large digest as mailing services make them: many articles, each
// with a picture, a button and a table, in layout tables whose every cell has
// its style.
func digest(size int) string {
	var b strings.Builder
	b.WriteString(`<html><head><style>.pre{display:none}</style></head><body><span class="pre">Today in the digest</span><table width="100%"><tr><td><h1>The daily digest</h1>`)
	for i := 1; b.Len() < size; i++ {
		fmt.Fprintf(&b, `<!--[if mso]><table role="presentation" width="600" align="center" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table align="center" width="100%%" border="0" cellpadding="0" cellspacing="0" role="presentation" style="max-width:600px;margin:0 auto;background-color:#ffffff;border-collapse:collapse;mso-table-lspace:0pt;mso-table-rspace:0pt"><tbody><tr><td style="padding:12px 24px 12px 24px;word-break:break-word;font-family:Arial,'Helvetica Neue',Helvetica,sans-serif;vertical-align:top">
<h2 style="margin:0 0 8px 0;font-family:Georgia,'Times New Roman',serif;font-size:22px;line-height:28px;font-weight:700;color:#1a1a1a;text-align:left">%d. A headline about a thing</h2>
<p style="margin:0 0 16px 0;font-family:Arial,'Helvetica Neue',Helvetica,sans-serif;color:#333333;font-size:14px;line-height:20px;mso-line-height-rule:exactly">The council has decided to <b style="font-weight:bold">rebuild the bridge</b> over the river, after a debate of <i>eleven hours</i>. Work begins in spring &amp; will last two years; ferries run meanwhile.</p>
<table border="1" width="100%%" cellpadding="4" cellspacing="0" style="border-collapse:collapse;border:1px solid #dddddd;font-size:13px;line-height:18px"><thead><tr style="background-color:#f4f4f4"><th align="left" style="padding:4px 8px;border:1px solid #dddddd;font-weight:bold">Day</th><th align="left" style="padding:4px 8px;border:1px solid #dddddd;font-weight:bold">Ferry</th></tr></thead>
<tbody><tr><td style="padding:4px 8px;border:1px solid #dddddd;vertical-align:top">Mon</td><td style="padding:4px 8px;border:1px solid #dddddd;vertical-align:top">06:00&ndash;22:00</td></tr><tr><td style="padding:4px 8px;border:1px solid #dddddd;vertical-align:top">Sun</td><td style="padding:4px 8px;border:1px solid #dddddd;vertical-align:top">09:00&ndash;18:00</td></tr></tbody></table>
<table border="0" cellpadding="0" cellspacing="0" role="presentation" style="border-collapse:separate;line-height:100%%"><tr><td align="center" bgcolor="#0066cc" role="presentation" style="border:none;border-radius:3px;cursor:auto;padding:10px 25px;background:#0066cc" valign="middle"><a href="https://news.example/a/%d?utm_source=digest&amp;utm_medium=email&amp;utm_campaign=daily" target="_blank" rel="noopener" style="display:inline-block;background:#0066cc;color:#ffffff;font-family:Arial,sans-serif;font-size:13px;text-decoration:none">Read more</a></td></tr></table>
<img src="https://news.example/i/%d.jpg" width="552" height="310" alt="The bridge" style="display:block;border:0;height:auto;width:100%%;outline:none;text-decoration:none"></td></tr></tbody></table><!--[if mso]></td></tr></table><![endif]-->
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
