package reading

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"postea/internal/lab"
)

// checkMessage asserts what must hold for any input whatever.
func checkMessage(t *testing.T, m *Message) {
	t.Helper()
	for _, width := range []int{1, 40, 80, 200} {
		for _, o := range []LayoutOptions{{}, {FoldQuotes: true, PreferHTML: true, Graphemes: true}} {
			links := m.Links(o)
			for _, line := range m.Lines(width, o) {
				checkTextLine(t, line, width, o, len(links))
			}
		}
	}
	for i, a := range m.Attachments {
		checkName(t, a.SafeName())
		if a.Index != i+1 {
			t.Errorf("attachment %d has index %d", i+1, a.Index)
		}
		var n countWriter
		if _, err := n.ReadFrom(m.Open(a)); err != nil || int64(n) != a.Size {
			t.Errorf("attachment %d: read %d bytes of %d, %v", a.Index, n, a.Size, err)
		}
	}
	checkSafe(t, m.Snippet(100).String(), false)
	m.Report()
	checkPage(t, m.WebPage())
	checkContents(t, readContents(m.root))
}

type countWriter int64

func (c *countWriter) ReadFrom(r interface{ Read([]byte) (int, error) }) (int64, error) {
	var b bytes.Buffer
	n, err := b.ReadFrom(r)
	*c = countWriter(n)
	return n, err
}

func checkTextLine(t *testing.T, line TextLine, width int, o LayoutOptions, links int) {
	t.Helper()
	used := 0
	for _, s := range line.Spans {
		checkSafe(t, s.Text, false)
		if s.Link < 0 || s.Link > links {
			t.Errorf("link %d of %d", s.Link, links)
		}
		if o.Graphemes {
			used += ansi.StringWidth(s.Text)
		} else {
			used += ansi.StringWidthWc(s.Text)
		}
	}
	if room := width - 2*line.Depth; used > room && line.Kind != FoldMark && width > 8 {
		t.Errorf("a line of %d cells where %d fit: %+v", used, room, line.Spans)
	}
	if line.Kind == FoldMark && line.Hidden == 0 {
		t.Error("a fold mark that hides nothing")
	}
}

func TestCorpus(t *testing.T) {
	dir := lab.Corpus(t)
	eachFile(t, dir, func(name string, raw []byte) {
		t.Run(name, func(t *testing.T) { checkMessage(t, Parse(raw)) })
	})
}

// eachFile calls f with every file below dir.
func eachFile(t *testing.T, dir string, f func(name string, raw []byte)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		f(rel, raw)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
