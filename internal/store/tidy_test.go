package store

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"postea/internal/mail"
	"postea/internal/query"
)

// pieces reads how many pieces the index has out of FTS5's record of them: a cookie,
// perhaps a mark of the second version, the levels and the pieces as varints.
func pieces(t *testing.T, s *Store) int {
	t.Helper()
	var b []byte
	must(t, s.mail.read.QueryRowContext(t.Context(), `SELECT block FROM words_data WHERE id = 10`).Scan(&b))
	b = bytes.TrimPrefix(b[4:], []byte{0xff, 0, 0, 1})
	number := func() (n int) {
		for {
			c := b[0]
			b = b[1:]
			if n = n<<7 | int(c&0x7f); c < 0x80 {
				return n
			}
		}
	}
	number()
	return number()
}

func TestTidyIndex(t *testing.T) {
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "a")
	for i := range 40 {
		h := header(mail.UID(i+1), fmt.Sprintf("m%d", i))
		h.Subject = fmt.Sprintf("word%d every", i%5)
		add(t, s, inbox, h)
	}
	search := func(text string) string {
		hits, err := s.Search(t.Context(), Search{For: query.Parse(text, s.now()).Root}, 100)
		must(t, err)
		return fmt.Sprint(hits)
	}
	before, rare := search("every"), search("word3")
	was := pieces(t, s)
	calls := 0
	for left := true; left; calls++ {
		var err error
		left, err = s.TidyIndex(t.Context())
		must(t, err)
		if calls > 100 {
			t.Fatal("there is always something left")
		}
	}
	now := pieces(t, s)
	if was < 4 || now > 2 {
		t.Errorf("%d pieces before, %d after", was, now)
	}
	if search("every") != before || search("word3") != rare || len(before) < 40 {
		t.Errorf("found %s, and before %s", search("every"), before)
	}
	if left, err := s.TidyIndex(t.Context()); left || err != nil {
		t.Errorf("tidy: left %v, %v", left, err)
	}
}

// What was dropped stands in no free page of the file, nor in the index.
func TestScrub(t *testing.T) {
	s, _ := open(t)
	for _, account := range []string{"a", "b"} {
		inbox, _, _ := folders(t, s, account)
		for i := range 40 {
			h := header(mail.UID(i+1), fmt.Sprintf("m%d@%s", i, account))
			h.Subject = "secretive" + account + " " + strings.Repeat("x", 100)
			add(t, s, inbox, h)
		}
	}
	holds := func(word string) bool {
		t.Helper()
		var all []byte
		for _, end := range []string{"", "-wal"} {
			data, err := os.ReadFile(s.mail.path + end)
			must(t, err)
			all = append(all, data...)
		}
		return bytes.Contains(all, []byte(word))
	}
	for _, account := range []string{"a", "b"} {
		must(t, s.DropAccount(t.Context(), account))
		if !holds("secretive" + account) {
			t.Errorf("%s: nothing to scrub", account)
		}
		if clean, err := s.Scrub(t.Context()); err != nil || !clean {
			t.Fatal(clean, err)
		}
		if holds("secretive"+account) || account == "a" && !holds("secretiveb") {
			t.Errorf("%s: what was dropped is in the file, or what was not is gone", account)
		}
	}
	inbox, _, _ := folders(t, s, "a")
	add(t, s, inbox, header(1, "again"))
	if _, err := s.mail.write.ExecContext(t.Context(), `INSERT INTO words (words) VALUES ('integrity-check')`); err != nil {
		t.Error(err)
	}
}
