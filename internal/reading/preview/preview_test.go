package preview

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestTable(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"comma", "name,n\nAda,1\n\"Grace, Dr.\",12\n", "name         n\nAda          1\nGrace, Dr.  12"},
		{"semicolon", "\ufeffa;b\n1,5;x\n", "  a  b\n1,5  x"},
		{"tab and wide letters", "言葉\tz\nb\tc\n", "言葉  z\nb     c"},
		{"uneven", "a,b,c\nd\n", "a  b  c\nd"},
		{"breaks in a cell", "a,\"b\nc\"\n", "a  b c"},
		{"no table", "Dear Ada\n\nwords\n", ""},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		got := strings.ReplaceAll(strings.Join(Table(tt.in), "\n"), "\u00a0", " ")
		if got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
	if got := Table(strings.Repeat("a,b\n", maxRows+5)); len(got) != maxRows+1 || got[maxRows] != "… cut here" {
		t.Errorf("%d lines", len(got))
	}
	for _, line := range Table("a," + strings.Repeat("x", 500) + "\n") {
		if ansi.StringWidth(line) > maxCell+5 {
			t.Errorf("a cell of %d", len(line))
		}
	}
}

func zipped(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, n := range names {
		f, err := w.Create(n)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(n, "/") {
			if _, err := f.Write([]byte("hello")); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarred(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, n := range names {
		if err := w.WriteHeader(&tar.Header{Name: n, Size: 5, Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("hello")); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestArchive(t *testing.T) {
	for name, data := range map[string][]byte{
		"zip": zipped(t, "a.txt", "../../etc/passwd"), "tar": tarred(t, "a.txt", "../../etc/passwd"), "tar.gz": gzipped(t, tarred(t, "a.txt", "../../etc/passwd")),
	} {
		if !IsArchive(data) {
			t.Errorf("%s is not known", name)
		}
		lines, err := Archive(data)
		text := strings.Join(lines, "\n")
		if err != nil || !strings.Contains(text, "a.txt") || !strings.Contains(text, "../../etc/passwd") || !strings.Contains(text, "2 entries, 10 bytes") {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
	for _, data := range [][]byte{nil, []byte("hello"), gzipped(t, []byte("only a text"))} {
		if _, err := Archive(data); !errors.Is(err, ErrNoArchive) {
			t.Errorf("%q: %v", data, err)
		}
	}
	cut := tarred(t, "a.txt", "b.txt")
	if lines, err := Archive(cut[:1200]); err == nil || !strings.Contains(strings.Join(lines, "\n"), "a.txt") {
		t.Errorf("of a damaged one: %q, %v", lines, err)
	}
}

// A file that grows a thousandfold is followed as far as the bound.
func TestArchiveBomb(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	head := tarred(t, "big")[:512]
	copy(head[124:136], "77777777777\x00")
	copy(head[148:156], "        ")
	sum := 0
	for _, c := range head {
		sum += int(c)
	}
	copy(head[148:156], []byte{byte('0' + sum>>12&7), byte('0' + sum>>9&7), byte('0' + sum>>6&7), byte('0' + sum>>3&7), byte('0' + sum&7), 0, ' ', ' '})
	if _, err := w.Write(head); err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 200 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	lines, err := Archive(b.Bytes())
	if err == nil || len(lines) == 0 || !strings.Contains(lines[0], "big") {
		t.Errorf("%q, %v", lines, err)
	}
}

// The path of an entry can be a megabyte, of which a hundred are nothing to gzip; wrapping
// them stopped the keys for seconds.
func TestArchiveOfLongNames(t *testing.T) {
	lines, err := Archive(tarred(t, strings.Repeat("long ", 100_000)))
	if err != nil || len(lines[0]) > 2*maxName {
		t.Errorf("%d bytes, %v", len(lines[0]), err)
	}
}

func FuzzArchive(f *testing.F) {
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Add([]byte("BZh9"))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines, err := Archive(data)
		if err == nil && len(lines) < 2 {
			t.Errorf("%q without an error", lines)
		}
	})
}

func FuzzTable(f *testing.F) {
	f.Add("a,b\n\"c\n")
	f.Add("\t;|\n")
	f.Fuzz(func(t *testing.T, text string) { Table(text) })
}
