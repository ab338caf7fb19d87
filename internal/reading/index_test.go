package reading

import (
	"os"
	"slices"
	"testing"

	"postea/internal/lab"
	"postea/internal/query"
)

func TestGistIsWhatTheReaderShows(t *testing.T) {
	m := Parse([]byte("From: a@example.org\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n" +
		"<p>Hi Ada,<p>the <b>crank</b> shaft <span style=\"display:none\">preheader</span>is late.\n<blockquote>Is it?</blockquote>"))
	snip, text := m.Gist(100, 0)
	if snip.String() != m.Snippet(100).String() || text != m.Text() {
		t.Errorf("%q, %q are not %q, %q", snip, text, m.Snippet(100), m.Text())
	}
	if _, cut := m.Gist(0, 10); len(cut) != 10 {
		t.Errorf("%q is not cut", cut)
	}
}

// TestGistAgreesWithTheReader: what the reader shows, read by enmime, and what
// the index gets, read by us, hold the same words.
func TestGistAgreesWithTheReader(t *testing.T) {
	dir := lab.Corpus(t)
	n := 0
	eachFile(t, dir, func(name string, raw []byte) {
		m := Parse(raw)
		_, text := m.Gist(0, 0)
		got, want := wordsOf(text), wordsOf(m.Text())
		n++
		if !slices.Equal(got, want) {
			t.Errorf("%s: %d words in the index, %d in the reader", name, len(got), len(want))
		}
	})
	t.Logf("%d files", n)
}

func wordsOf(s string) []string {
	var out []string
	for _, w := range query.Words(s) {
		out = append(out, w.Text)
	}
	return out
}

// BenchmarkGist is what a first sync costs for every body: parsing, the first
// words, and the words for the index. Without a corpus it reads our own sample.
func BenchmarkGist(b *testing.B) {
	var list [][]byte
	if dir := os.Getenv("POSTEA_BENCH_MESSAGES"); dir != "" {
		entries, err := os.ReadDir(dir)
		if err != nil {
			b.Fatal(err)
		}
		for _, e := range entries[:min(len(entries), 5000)] {
			raw, err := os.ReadFile(dir + "/" + e.Name())
			if err != nil {
				b.Fatal(err)
			}
			list = append(list, raw)
		}
	} else {
		list = [][]byte{[]byte("From: a@example.org\nSubject: x\n\nHello Ada,\nthe crank shaft is late.\n")}
	}
	var buf []byte
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m := Parse(list[i%len(list)])
		_, text := m.Gist(200, 1<<20)
		buf = query.AppendWords(buf[:0], text)
	}
}
