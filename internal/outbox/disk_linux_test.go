package outbox

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"postea/internal/lab"
	"postea/internal/mail"
	"postea/internal/store"
)

// smallDisk is a directory on a file system of 8 MiB.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=8m")
	lab.Require(t, "tmpfs", err == nil, "a small file system is needed: run as root, where mounting is allowed")
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill takes all the room there is; it returns what gives it back.
func fill(t *testing.T, dir string) (free func()) {
	t.Helper()
	path := filepath.Join(dir, "filler")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 64 << 10; size >= 1; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Error(err)
		}
	}
}

// On a full disk nothing is queued and that is said; nothing is sent of which
// the outcome could not be recorded; what was accepted is recorded once there is
// room again, and not sent again.
func TestDiskFull(t *testing.T) {
	dir := smallDisk(t)
	b := newBenchIn(t, dir)
	id := b.queue("bob@b.test")
	free := fill(t, dir)
	_, err := b.store.Queue(t.Context(), store.QueueItem{
		Outgoing: mail.Outgoing{Account: "work", MessageID: "big@a.test", From: "ada@a.test", Recipients: []mail.Recipient{{Address: "bob@b.test"}}},
		Wire:     random(1 << 20),
	})
	var full *store.FullError
	if !errors.As(err, &full) || !strings.HasSuffix(err.Error(), ": the disk is full") {
		t.Fatalf("queueing on a full disk: %v", err)
	}
	if list, err := b.store.Outbox(t.Context()); err != nil || len(list) != 1 {
		t.Fatalf("%d items, %v", len(list), err)
	}
	free()

	// Full from the moment the server has the last byte until a little later.
	pause, atDot := make(chan struct{}), make(chan struct{}, 1)
	b.srv.set(func() { b.srv.pause, b.srv.atDot = pause, atDot })
	done := make(chan error)
	go func() { done <- b.w.Flush(t.Context()) }()
	<-atDot
	free = fill(t, dir)
	close(pause)
	select {
	case err := <-done:
		// The log of the database may have had a page of room left.
		free()
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(200 * time.Millisecond):
		free()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	b.expect(id, mail.ItemAccepted, "accepted 250")
	b.flush()
	if n := len(b.srv.taken()); n != 1 {
		t.Fatalf("%d times at the server", n)
	}
}

// random does not shrink when it is packed.
func random(n int) []byte {
	out, x := make([]byte, n), uint32(1)
	for i := range out {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		out[i] = byte(x)
	}
	return out
}

// A directory that may not be written is told of when it is opened.
// Where there is no room to open the store either, that is what is said, whichever file has
// no room: first there is none at all, then some for each of the first files.
func TestFullWhenOpening(t *testing.T) {
	dir := smallDisk(t)
	free := fill(t, dir)
	data := filepath.Join(dir, "data")
	filler, err := os.Stat(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	const step = 16 << 10
	for n := range 60 {
		s, err := store.Open(t.Context(), data, store.Options{})
		if err == nil {
			s.Close()
			if n < 2 {
				t.Errorf("it opens with %d kB", n*step>>10)
			}
			free()
			return
		}
		var full *store.FullError
		if !errors.As(err, &full) && !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "full") && !strings.Contains(err.Error(), "no space") {
			t.Errorf("with %d kB: %v", n*step>>10, err)
		}
		if err := os.Truncate(filepath.Join(dir, "filler"), filler.Size()-int64(step*(n+1))); err != nil {
			t.Fatal(err)
		}
	}
	t.Error("it never opens")
}

func TestReadOnlyDirectory(t *testing.T) {
	dir := smallDisk(t)
	s, err := store.Open(t.Context(), dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	s, err = store.Open(t.Context(), dir, store.Options{})
	if err == nil {
		_, err = s.Queue(t.Context(), store.QueueItem{Outgoing: mail.Outgoing{Account: "work", Recipients: []mail.Recipient{{Address: "bob@b.test"}}}})
		s.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "cannot be written") && !strings.Contains(err.Error(), "read-only") {
		t.Fatalf("%v", err)
	}
}

// What could not be written while the disk was read-only can be once it no longer is, also
// where the first that was to be written came in between.
func TestReadOnlyForAWhile(t *testing.T) {
	dir := smallDisk(t)
	s, err := store.Open(t.Context(), dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if s, err = store.Open(t.Context(), dir, store.Options{}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	queue := func() error {
		_, err := s.Queue(t.Context(), store.QueueItem{Outgoing: mail.Outgoing{Account: "work", Recipients: []mail.Recipient{{Address: "bob@b.test"}}}})
		return err
	}
	if err := errors.Join(syscall.Mount(dir, dir, "", syscall.MS_BIND, ""), syscall.Mount("", dir, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, "")); err != nil {
		t.Fatal(err)
	}
	refused := queue()
	if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
		t.Fatal(err)
	}
	if _, full := errors.AsType[*store.FullError](refused); !full {
		t.Errorf("while it is read-only: %v", refused)
	}
	if err := queue(); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
