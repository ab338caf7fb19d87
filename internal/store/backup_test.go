package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"postea/internal/mail"
)

// A copy that is taken into use again must not send a second time what was sent since it
// was made.
func TestWhatWaitedInACopyIsUnsure(t *testing.T) {
	s, err := Open(t.Context(), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	queue := func(mid string, at time.Time) mail.OutboxID {
		id, err := s.Queue(t.Context(), QueueItem{Wire: []byte("x"), Outgoing: mail.Outgoing{Account: "a", MessageID: mid, From: "ada@a.test",
			NotBefore: at, HoldReason: mail.HeldForSchedule, Recipients: []mail.Recipient{{Address: "bob@b.test"}}}})
		must(t, err)
		return id
	}
	at := time.Now().Add(time.Hour).Truncate(time.Millisecond)
	now, later, done := queue("now@a.test", time.Time{}), queue("later@a.test", at), queue("done@a.test", time.Time{})
	must(t, s.Cancel(t.Context(), done))
	dir := filepath.Join(t.TempDir(), "a copy?#%")
	fresh, err := Open(t.Context(), dir, Options{})
	must(t, err)
	must(t, fresh.Close())
	for _, end := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(filepath.Join(dir, "own.db"+end))
	}
	must(t, s.BackupOwn(t.Context(), filepath.Join(dir, "own.db")))

	c, err := Open(t.Context(), dir, Options{})
	must(t, err)
	defer c.Close()
	state := func(s *Store, id mail.OutboxID) mail.ItemState {
		o, err := s.OutboxItem(t.Context(), id)
		must(t, err)
		return o.State
	}
	if due, err := c.DueAccounts(t.Context()); err != nil || len(due) != 0 {
		t.Errorf("due in the copy: %v, %v", due, err)
	}
	if got := [...]mail.ItemState{state(c, now), state(c, later), state(c, done)}; got != [...]mail.ItemState{mail.ItemUnsure, mail.ItemUnsure, mail.ItemCancelled} {
		t.Errorf("in the copy they are %v", got)
	}
	if got := [...]mail.ItemState{state(s, now), state(s, later)}; got != [...]mail.ItemState{mail.ItemQueued, mail.ItemHeld} {
		t.Errorf("here they are %v", got)
	}
	must(t, c.Retry(t.Context(), later))
	if o, err := c.OutboxItem(t.Context(), later); err != nil || o.State != mail.ItemHeld || !o.NotBefore.Equal(at) {
		t.Errorf("after the retry it is %s until %v, %v", o.State, o.NotBefore, err)
	}
}
