package mailfile

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestMH(t *testing.T) {
	// Pairs of a number and its marks behind the version, as on a machine of either kind.
	const little = "\x02\x00\x00\x00" + "\x02\x00\x00\x00\x03\x00\x00\x00" + "\x03\x00\x00\x00\x14\x00\x00\x00" + "\x0a\x00\x00\x00\x20\x00\x00\x00"
	const big = "\x00\x00\x00\x02" + "\x00\x00\x00\x02\x00\x00\x00\x03" + "\x00\x00\x00\x03\x00\x00\x00\x14" + "\x00\x00\x00\x0a\x00\x00\x00\x20" + "\x00\x00"
	for _, c := range []struct {
		file, text string
		want       []string
	}{
		{".mh_sequences", "cur: 3\nunseen: 2-2 5\nreplied: 3\nflagged: 1-3 x-9 4-\n", []string{`2 \Flagged`, `3 \Answered \Flagged \Seen`, `10 \Seen`}},
		{".claws_mark", little, []string{"2", `3 \Answered \Flagged \Seen`, `10 $Forwarded \Seen`}},
		{".sylpheed_mark", big, []string{"2", `3 \Answered \Flagged \Seen`, `10 $Forwarded \Seen`}},
		{"other", "", []string{`2 \Seen`, `3 \Seen`, `10 \Seen`}},
	} {
		dir := t.TempDir()
		write := func(name, text string) {
			t.Helper()
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for _, n := range []int{10, 2, 3} {
			write(strconv.Itoa(n), "Subject: "+strconv.Itoa(n)+"\n\ntext\n")
		}
		write("07", "Subject: no number of MH\n\n")
		write(",4", "Subject: thrown away\n\n")
		write(c.file, c.text)
		src, err := Open(dir)
		if err != nil || src.Format != MH || src.Total != 3 {
			t.Fatalf("%s: opened as %+v, %v", c.file, src, err)
		}
		var got []string
		for m, err := range src.Messages(t.Context(), 0) {
			if err != nil {
				t.Fatal(err)
			}
			n := filepath.Base(m.Name)
			if string(m.Raw) != "Subject: "+n+"\r\n\r\ntext\r\n" {
				t.Errorf("%s is %q", n, m.Raw)
			}
			got = append(got, strings.Join(append([]string{n}, m.Flags...), " "))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.file, got, c.want)
		}
	}
}

// Programs leave the line that began a message in an mbox in front of one that they save.
func TestFromLineInFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.eml"), []byte("From a@b.example Sun Nov  1 10:00:00 2026\r\nSubject: a\r\n\r\nFrom here\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for m, err := range src.Messages(t.Context(), 0) {
		if err != nil || string(m.Raw) != "Subject: a\r\n\r\nFrom here\r\n" {
			t.Errorf("read %q, %v", m.Raw, err)
		}
	}
}
