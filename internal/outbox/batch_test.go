package outbox

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
)

// queueMany queues messages with Message-IDs of their own.
func (b *bench) queueMany(n int) []mail.OutboxID {
	b.t.Helper()
	list := make([]store.QueueItem, n)
	for i := range list {
		list[i] = item(i)
	}
	ids, err := b.store.QueueAll(b.t.Context(), list)
	if err != nil {
		b.t.Fatal(err)
	}
	return ids
}

func (b *bench) states(ids []mail.OutboxID) map[mail.RecipientState]int {
	b.t.Helper()
	out := map[mail.RecipientState]int{}
	for _, id := range ids {
		out[b.item(id).Recipients[0].State]++
	}
	return out
}

// onceEach checks that every message is at the server once.
func (b *bench) onceEach(n int) {
	b.t.Helper()
	all := strings.Join(b.srv.taken(), "")
	for i := range n {
		if got := strings.Count(all, fmt.Sprintf("<bench%d@a.test>", i)); got != 1 {
			b.t.Errorf("message %d is at the server %d times", i, got)
		}
	}
}

func TestQueueInBatches(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.rcpt["bob@b.test"] = "" })
	ids := b.queueMany(50)
	b.flush()
	if got := b.states(ids); got[mail.RecipientAccepted] != 50 {
		t.Fatalf("%v", got)
	}
	b.onceEach(50)
	for _, id := range ids {
		o := b.item(id)
		at, err := b.store.Attempts(t.Context(), id)
		if err != nil || len(at) != 1 || !at[0].Committed || at[0].Ended.IsZero() || len(at[0].Transcript) == 0 || o.Attempts != 1 || o.QueueID == "" {
			t.Fatalf("%+v %+v %v", o, at, err)
		}
	}
}

// The line is lost at one message of a queue, wherever it is: that one is unsure
// and no other, those behind it leave over a new connection, and nothing is there
// twice.
func TestQueueBroken(t *testing.T) {
	const n = 40
	for _, how := range []string{"drop", "lose"} {
		for _, at := range []int{2, 3, 17, 18, 33, n} {
			t.Run(fmt.Sprintf("%s at %d", how, at), func(t *testing.T) {
				b := newBench(t)
				b.srv.set(func() { b.srv.afterDot, b.srv.breakAt = how, at })
				ids := b.queueMany(n)
				b.flush()
				if got := b.states(ids); got[mail.RecipientUnsure] != 1 || got[mail.RecipientAccepted] != n-1 {
					t.Fatalf("%v", got)
				}
				id := ids[at-1]
				if how == "drop" {
					if err := b.store.Settle(t.Context(), id); err != nil {
						t.Fatal(err)
					}
				} else if err := b.store.Retry(t.Context(), id); err != nil {
					t.Fatal(err)
				}
				b.flush()
				b.onceEach(n)
			})
		}
	}
}

// A process that dies while a batch is out leaves unsure only the message whose
// turn has come and not ended; where the file that tells is gone, as after a crash of the
// machine, all of the batch.
func TestQueueCrashed(t *testing.T) {
	const n = 40
	for _, c := range []struct {
		name   string
		crash  func(t *testing.T, turns string)
		unsure int
	}{
		{"the process", func(*testing.T, string) {}, 1},
		{"the machine", func(t *testing.T, turns string) {
			if err := os.WriteFile(turns, []byte("another-start\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, 16},
		{"the file is lost", func(t *testing.T, turns string) {
			if err := os.Remove(turns); err != nil {
				t.Fatal(err)
			}
		}, 16},
		{"the file is empty", func(t *testing.T, turns string) {
			if err := os.Truncate(turns, 0); err != nil {
				t.Fatal(err)
			}
		}, 16},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			ids := b.queueMany(n)
			items, err := b.store.HandOver(t.Context(), nil, ids[:16], "x:1", b.now)
			if err != nil || len(items) != 16 || items[0].Recipients[0].State != mail.RecipientPending {
				t.Fatalf("%d %v", len(items), err)
			}
			if again, err := b.store.HandOver(t.Context(), nil, ids[:16], "x:1", b.now); err != nil || len(again) != 0 {
				t.Fatalf("handed over twice: %d %v", len(again), err)
			}
			for i, o := range items[:3] {
				if err := b.store.TurnCame(o); err != nil {
					t.Fatal(err)
				}
				if i < 2 {
					b.store.TurnEnded(o, store.Outcome{Kind: "accepted", Changes: []store.RecipientChange{{State: mail.RecipientAccepted, Code: 250}}})
				}
			}
			turns := filepath.Join(b.store.Dir(), "turns")
			if _, err := os.Stat(turns); err != nil {
				if runtime.GOOS == "linux" {
					t.Fatal(err)
				}
				c.unsure = 16 // nothing is told here
			} else {
				c.crash(t, turns)
			}
			if found, err := b.store.Recover(t.Context()); err != nil || len(found) != 16 {
				t.Fatalf("%v %v", found, err)
			}
			b.flush()
			if got := b.states(ids); got[mail.RecipientUnsure] != c.unsure || got[mail.RecipientAccepted] != n-c.unsure {
				t.Fatalf("%v", got)
			}
		})
	}
}

// Where the file of turns cannot be written, messages leave one by one.
func TestQueueWithoutTurns(t *testing.T) {
	const n = 20
	b := newBench(t)
	turns := filepath.Join(b.store.Dir(), "turns")
	if err := os.MkdirAll(filepath.Join(turns, "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	ids := b.queueMany(n)
	b.flush()
	if got := b.states(ids); got[mail.RecipientAccepted] != n {
		t.Fatalf("%v", got)
	}
	b.onceEach(n)
	for _, id := range ids {
		if o := b.item(id); o.Attempts != 1 {
			t.Errorf("%s after %d attempts", id, o.Attempts)
		}
	}
}

// Who ends the program in the midst of a queue finds every message as it is.
func TestQueueInterrupted(t *testing.T) {
	const n = 40
	b := newBench(t)
	ids := b.queueMany(n)
	pause, atDot := make(chan struct{}), make(chan struct{}, n)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- b.w.Flush(ctx) }()
	b.srv.set(func() { b.srv.pause, b.srv.atDot = pause, atDot })
	<-atDot
	cancel()
	close(pause)
	<-done
	if got := b.states(ids); got[mail.RecipientAccepted]+got[mail.RecipientPending] != n || got[mail.RecipientPending] == 0 {
		t.Fatalf("%v", got)
	}
	b.flush()
	if got := b.states(ids); got[mail.RecipientAccepted] != n {
		t.Fatalf("%v", got)
	}
	b.onceEach(n)
}

// A server that takes only so many messages on a connection gets the others on further
// ones, at once: it is no limit of the account. In one flight a message has passed the
// commit point before that is said.
func TestQueueOverSeveralConnections(t *testing.T) {
	const n = 12
	for _, offers := range [][]string{nil, {"CHUNKING"}} {
		t.Run(strings.Join(offers, " "), func(t *testing.T) {
			b := newBench(t)
			b.srv.set(func() { b.srv.perConn, b.srv.offers = 4, offers })
			ids := b.queueMany(n)
			b.flush()
			if got := b.states(ids); got[mail.RecipientAccepted] != n {
				t.Fatalf("%v", got)
			}
			b.onceEach(n)
		})
	}
}

// Somebody of whom it is not known whether he has the message gets it no second time
// because the others, whose turn comes in a batch, have to wait once more.
func TestUnsureIsNotGivenBack(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.afterDot, b.srv.rcpt["eve@e.test"] = "drop", greylisted })
	id := b.flushed("bob@b.test", "eve@e.test")
	b.expect(id, mail.ItemUnsure, "unsure", "pending 451")

	b.srv.set(func() { b.srv.afterDot, b.srv.perConn = "", 1; delete(b.srv.rcpt, "eve@e.test") })
	b.queueMany(1)
	b.w.drain(t.Context(), "work", nil) // its connection is kept, and takes no more
	b.now = b.now.Add(time.Hour)
	b.w.drain(t.Context(), "work", nil)
	b.expect(id, mail.ItemUnsure, "unsure", "accepted 250")
}
