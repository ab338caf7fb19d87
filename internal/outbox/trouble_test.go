package outbox

import (
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
)

// A clock that is set back by a day must not make a message wait for a day, nor
// one set forward give up on it; what is scheduled keeps its time.
func TestClockIsSet(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.atMail = "451 4.3.0 busy" })
	waits := b.flushed("bob@b.test")
	held := b.queueAt(b.now.Add(10*time.Second), mail.HeldForUndo)
	planned := b.queueAt(b.now.Add(time.Hour), mail.HeldForSchedule)
	b.expect(waits, mail.ItemDeferred, "pending 451")
	b.srv.set(func() { b.srv.atMail = "" })

	b.now = b.now.Add(-24 * time.Hour)
	b.flush()
	b.expect(waits, mail.ItemAccepted, "accepted 250")
	b.expect(held, mail.ItemAccepted, "accepted 250")
	b.expect(planned, mail.ItemHeld, "pending")

	b.srv.set(func() { b.srv.atMail = "451 4.3.0 busy" })
	b.now = b.now.Add(48 * time.Hour) // one day ahead of where it was
	b.flush()
	b.expect(planned, mail.ItemDeferred, "pending 451")
	b.srv.set(func() { b.srv.atMail = "" })
	b.now = b.now.Add(time.Hour)
	b.flush()
	b.expect(planned, mail.ItemAccepted, "accepted 250")
}

func (b *bench) queueAt(at time.Time, why mail.HeldFor) mail.OutboxID {
	b.t.Helper()
	return b.queueHeld("ada@a.test", "bob@b.test", at, why)
}

func (b *bench) queueFrom(from, to string, at time.Time) mail.OutboxID {
	b.t.Helper()
	return b.queueHeld(from, to, at, mail.HeldForSchedule)
}

func (b *bench) queueHeld(from, to string, at time.Time, why mail.HeldFor) mail.OutboxID {
	b.t.Helper()
	id, err := b.store.Queue(b.t.Context(), store.QueueItem{
		Outgoing: mail.Outgoing{Account: "work", MessageID: "held@a.test", From: from, NotBefore: at, HoldReason: why,
			Recipients: []mail.Recipient{{Address: to}}},
		Wire: []byte("From: " + from + "\r\nTo: " + to + "\r\nDate: Tue, 24 Nov 2026 09:00:00 +0000\r\nMessage-ID: <held@a.test>\r\nSubject: held\r\n\r\n"), WantsCopy: true,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

// A machine that sleeps for an hour while the server has the last byte wakes up
// to a dead line: the message is unsure, and is not sent again by itself.
func TestSleepInTheMidstOfSending(t *testing.T) {
	b := newBench(t)
	pause, atDot := make(chan struct{}), make(chan struct{}, 1)
	b.srv.set(func() { b.srv.pause, b.srv.atDot, b.srv.afterDot = pause, atDot, "drop" })
	id := b.queue("bob@b.test")
	done := make(chan error)
	go func() { done <- b.w.Flush(t.Context()) }()
	<-atDot
	b.setNow(b.clock().Add(time.Hour))
	close(pause)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	b.expect(id, mail.ItemUnsure, "unsure")
	b.srv.set(func() { b.srv.pause, b.srv.atDot, b.srv.afterDot = nil, nil, "" })
	b.flush()
	b.expect(id, mail.ItemUnsure, "unsure")
	if n := len(b.srv.taken()); n != 1 {
		t.Fatalf("%d times at the server", n)
	}
}
