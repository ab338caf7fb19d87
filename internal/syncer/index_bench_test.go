package syncer

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/lab"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

// BenchmarkIndex stores and indexes the messages of a directory
// (POSTEA_BENCH_MESSAGES, at most POSTEA_BENCH_SIZE of them), headers in windows
// and bodies by the fifty, into POSTEA_BENCH_DIR or a directory that goes away.
func BenchmarkIndex(b *testing.B) {
	from := os.Getenv("POSTEA_BENCH_MESSAGES")
	lab.Require(b, "bench-messages", from != "", "POSTEA_BENCH_MESSAGES names no directory of messages")
	entries, err := os.ReadDir(from)
	if err != nil {
		b.Fatal(err)
	}
	if n, err := strconv.Atoi(os.Getenv("POSTEA_BENCH_SIZE")); err == nil && n < len(entries) {
		entries = entries[:n]
	}
	dir := os.Getenv("POSTEA_BENCH_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	for b.Loop() {
		if err := indexAll(b.Context(), from, entries, filepath.Join(dir, strconv.FormatInt(time.Now().UnixNano(), 36))); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N*len(entries))*1e6, "µs/message")
}

func indexAll(ctx context.Context, from string, entries []os.DirEntry, dir string) error {
	s, err := store.Open(ctx, dir, store.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.SetFolders(ctx, "bench", []store.RemoteFolder{{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true}}); err != nil {
		return err
	}
	f, err := s.FolderByRole(ctx, "bench", mail.RoleInbox)
	if err != nil {
		return err
	}
	for end := len(entries); end > 0; end -= window {
		start := max(end-window, 0)
		var heads []store.Header
		var bodies []store.BodyItem
		for i, e := range entries[start:end] {
			raw, err := os.ReadFile(filepath.Join(from, e.Name()))
			if err != nil {
				return err
			}
			h := header(imapclient.Message{UID: imap.UID(start + i + 1), Header: raw, Size: int64(len(raw))})
			h.Internal = h.Date
			heads = append(heads, h)
			bodies = append(bodies, store.BodyItem{Raw: raw})
		}
		ids, err := s.AddHeaders(ctx, f.ID, heads)
		if err != nil {
			return err
		}
		for at := 0; at < len(ids); at += 50 {
			some := bodies[at:min(at+50, len(ids))]
			for i := range some {
				some[i].ID, some[i].BodyInfo = ids[at+i], BodyInfo(reading.Parse(some[i].Raw))
			}
			if err := s.PutBodies(ctx, some); err != nil {
				return err
			}
		}
	}
	return nil
}
