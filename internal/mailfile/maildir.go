package mailfile

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

var maildirLetters = map[byte]string{'S': `\Seen`, 'R': `\Answered`, 'F': `\Flagged`, 'D': `\Draft`, 'T': `\Deleted`, 'P': "$Forwarded"}

// entry is a file of a Maildir.
type entry struct {
	path, name string
}

// maildirEntries lists the messages of a Maildir, by their names, which begin
// with the time of delivery.
func maildirEntries(dir string) ([]entry, error) {
	var out []entry
	for _, sub := range []string{"cur", "new"} {
		list, err := os.ReadDir(filepath.Join(dir, sub))
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") {
				out = append(out, entry{filepath.Join(dir, sub, e.Name()), e.Name()})
			}
		}
	}
	slices.SortFunc(out, func(a, b entry) int { return cmp.Compare(base(a.name), base(b.name)) })
	return out, nil
}

// base is the part of a name that stays when flags change.
func base(name string) string {
	b, _, _ := strings.Cut(name, ":")
	return b
}

// keywords reads dovecot-keywords: "0 name", for the letter a.
func keywords(dir string) map[byte]string {
	out := map[byte]string{}
	f, err := os.Open(filepath.Join(dir, "dovecot-keywords"))
	if err != nil {
		return out
	}
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		var n int
		var word string
		if _, err := fmt.Sscanf(in.Text(), "%d %s", &n, &word); err == nil && n >= 0 && n < 26 {
			out['a'+byte(n)] = word
		}
	}
	return out
}

// readMaildir gives the messages of a Maildir from the nth on.
func readMaildir(ctx context.Context, dir string, from int64) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		list, err := maildirEntries(dir)
		if err != nil {
			yield(Message{}, err)
			return
		}
		words := keywords(dir)
		readEach(ctx, len(list), from, yield, func(i int) (Message, error) {
			e := list[i]
			m, err := readFile(e.path)
			_, info, _ := strings.Cut(e.name, ":2,")
			for _, c := range []byte(info) {
				if f, ok := maildirLetters[c]; ok {
					m.Flags = append(m.Flags, f)
				} else if w, ok := words[c]; ok {
					m.Flags = append(m.Flags, w)
				}
			}
			m.Flags = goodFlags(m.Flags)
			return m, err
		})
	}
}

// readFile reads one message of a file. The line that begins one in an mbox is no part of
// it, where a program has left it.
func readFile(path string) (Message, error) {
	m := Message{Name: path}
	f, err := os.Open(path)
	if err != nil {
		return m, &SkippedError{path, err.Error()}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return m, &SkippedError{path, "it is no file"}
	}
	if info.Size() > MaxMessage {
		return m, &SkippedError{path, fmt.Sprintf("larger than %d MiB", MaxMessage>>20)}
	}
	raw, err := io.ReadAll(io.LimitReader(f, MaxMessage))
	if err != nil {
		return m, &SkippedError{path, err.Error()}
	}
	m.Date = info.ModTime()
	if isFromLine(raw) {
		_, raw, _ = bytes.Cut(raw, []byte("\n"))
	}
	m.Raw, m.Flags, _ = ownFlags(toCRLF(raw))
	return m, nil
}

// makeMaildir makes the directories of a Maildir.
func makeMaildir(dir string) error {
	for _, sub := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return err
		}
	}
	return nil
}

// writeMaildir puts a message into a Maildir, complete or not at all. Flags that
// have no letter there go in front of the header.
func writeMaildir(dir string, m Message, n int) error {
	var letters []byte
	rest := false
	for _, f := range m.Flags {
		known := false
		for c, name := range maildirLetters {
			if name == f {
				letters, known = append(letters, c), true
			}
		}
		rest = rest || !known
	}
	slices.Sort(letters)
	raw := toLF(m.Raw)
	if rest || strings.HasPrefix(string(raw), flagsField) {
		raw = append([]byte(flagLines(m.Flags)), raw...)
	}
	var b [6]byte
	rand.Read(b[:]) // never fails since Go 1.24
	at := m.Date
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	name := fmt.Sprintf("%d.P%dQ%d_%s.postea", at.Unix(), os.Getpid(), n, hex.EncodeToString(b[:]))
	tmp := filepath.Join(dir, "tmp", name)
	if err := writeNew(tmp, raw, at); err != nil {
		return err
	}
	return os.Rename(tmp, filepath.Join(dir, "cur", name+":2,"+string(letters)))
}

// writeNew writes a file that must not be there yet.
func writeNew(path string, data []byte, at time.Time) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil && !at.IsZero() {
		err = os.Chtimes(path, at, at)
	}
	if err != nil {
		os.Remove(path)
	}
	return err
}
