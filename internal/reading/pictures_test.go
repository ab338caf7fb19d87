package reading

import (
	"fmt"
	"strings"
	"testing"
)

const picturesMail = `From: a@example.org
Subject: pictures
Content-Type: multipart/related; boundary=x

--x
Content-Type: text/html; charset=utf-8

<p>Look: <img src="cid:one@here" alt="a cat"> is nice.</p>
<p><img src="cid:two%40here" alt=""></p>
<p><a href="https://shop.example/"><img src="https://shop.example/logo.png" alt="The Shop"></a></p>
<p><img src="https://count.example/open.gif?id=7" width="1" height="1"><img src="data:image/gif;base64,R0lGOD"><img src="cid:gone" alt="gone"></p>
<p>The end.</p><img src="cid:one@here">
--x
Content-Type: image/png
Content-ID: <one@here>
Content-Disposition: inline; filename=cat.png

x
--x
Content-Type: image/png
Content-ID: <two@here>

y
--x--
`

func TestPictures(t *testing.T) {
	m := Parse([]byte(picturesMail))
	if got, want := fmt.Sprint(m.Pictures()), "[{cid:one@here 1} {cid:two@here 2} {https://shop.example/logo.png 0}]"; got != want {
		t.Errorf("pictures are %s, want %s", got, want)
	}
	if got := fmt.Sprint(m.Counters()); got != "[count.example]" {
		t.Errorf("readers are counted by %s", got)
	}
}

func TestPicturesInTheText(t *testing.T) {
	m := Parse([]byte(picturesMail))
	draw := func(known map[string]int) string {
		o := LayoutOptions{}
		if known != nil {
			o.Pictures = func(source string, _ int) (int, bool) {
				rows, ok := known[source]
				return rows, ok
			}
		}
		var out strings.Builder
		for _, l := range m.Lines(60, o) {
			if l.Kind == Picture {
				fmt.Fprintf(&out, "<%s %d/%d>", l.Source, l.Row+1, l.Rows)
			}
			for _, s := range l.Spans {
				out.WriteString(s.Text)
			}
			out.WriteByte('\n')
		}
		text, _, _ := strings.Cut(out.String(), "[1]\u00a0")
		return strings.TrimSpace(text)
	}
	if got, want := draw(nil), "Look: [a cat] is nice.\n\nThe Shop[1]\n\n[gone]\n\nThe end."; !strings.HasPrefix(strings.ReplaceAll(got, " [1]", "[1]"), want) {
		t.Errorf("without pictures:\n%s", got)
	}
	if none := draw(map[string]int{}); none != draw(nil) {
		t.Errorf("with none that can be shown:\n%s", none)
	}
	got := draw(map[string]int{"cid:one@here": 2, "cid:two@here": 1})
	want := "Look:  is nice.\n\n<cid:one@here 1/2>\n<cid:one@here 2/2>\n\n<cid:two@here 1/1>\n\nThe Shop"
	if !strings.HasPrefix(got, want) {
		t.Errorf("with the embedded ones:\n%s\nwant\n%s", got, want)
	}
	if !strings.HasSuffix(strings.TrimSpace(got), "The end.\n\n<cid:one@here 1/2>\n<cid:one@here 2/2>") {
		t.Errorf("the last one is missing:\n%s", got)
	}
}
