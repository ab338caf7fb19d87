package corpus

import (
	"bufio"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postea/internal/lab"
)

func read(t testing.TB, parts ...string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(append([]string{lab.Corpus(t)}, parts...)...))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// files gives the paths below dir, relative to the collection.
func files(t testing.TB, dir string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(filepath.Join(lab.Corpus(t), dir), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(lab.Corpus(t), p)
		list = append(list, filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		t.Fatalf("there is nothing in %s", dir)
	}
	return list
}

// rows reads one JSON object a line.
func rows[T any](t testing.TB, parts ...string) []T {
	t.Helper()
	var list []T
	s := bufio.NewScanner(strings.NewReader(string(read(t, parts...))))
	s.Buffer(nil, 4<<20)
	for s.Scan() {
		if len(s.Bytes()) == 0 {
			continue
		}
		var row T
		if err := json.Unmarshal(s.Bytes(), &row); err != nil {
			t.Fatalf("%s: %v", filepath.Join(parts...), err)
		}
		list = append(list, row)
	}
	return list
}

// score counts answers of one kind.
type score struct{ asked, right int }

func (s *score) add(right bool) {
	s.asked++
	if right {
		s.right++
	}
}

func (s *score) percent() float64 {
	if s.asked == 0 {
		return 0
	}
	return 100 * float64(s.right) / float64(s.asked)
}
