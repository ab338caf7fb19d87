package outbox

import (
	"testing"
	"time"

	"postea/internal/mail"
)

const greylisted = "451 4.7.1 come back later"

// triedFor lets time pass in which what is due is tried.
func (b *bench) triedFor(d time.Duration) {
	for end := b.now.Add(d); b.now.Before(end); {
		b.now = b.now.Add(6 * time.Hour)
		b.flush()
	}
}

// What a message waited for before it was tried is not held against it.
func TestGivingUpCountsTries(t *testing.T) {
	const days = 72 * time.Hour
	for name, before := range map[string]func(b *bench) mail.OutboxID{
		"scheduled": func(b *bench) mail.OutboxID {
			id := b.queueAt(b.now.Add(days), mail.HeldForSchedule)
			b.now = b.now.Add(days)
			return id
		},
		"nobody was there to send it": func(b *bench) mail.OutboxID {
			id := b.queue("bob@b.test")
			b.now = b.now.Add(days)
			return id
		},
		"blocked": func(b *bench) mail.OutboxID {
			b.srv.set(func() { b.srv.atAuth = "535 5.7.8 bad credentials" })
			id := b.flushed("bob@b.test")
			b.expect(id, mail.ItemBlocked, "pending")
			b.srv.set(func() { b.srv.atAuth = "" })
			b.now = b.now.Add(days)
			if err := b.store.Unblock(b.t.Context(), "work"); err != nil {
				b.t.Fatal(err)
			}
			return id
		},
		"the machine was off": func(b *bench) mail.OutboxID {
			b.srv.set(func() { b.srv.atMail = greylisted })
			id := b.flushed("bob@b.test")
			b.now = b.now.Add(days)
			return id
		},
		"the machine went off in the midst of a try": func(b *bench) mail.OutboxID {
			id := b.queue("bob@b.test")
			if _, err := b.store.BeginAttempt(b.t.Context(), id, "x:1", b.now.Add(time.Minute)); err != nil {
				b.t.Fatal(err)
			}
			b.now = b.now.Add(days)
			return id
		},
		"by a clock that begins with 1970": func(b *bench) mail.OutboxID {
			b.srv.set(func() { b.srv.atMail = greylisted })
			id, right := b.queue("bob@b.test"), b.now
			for i := range 2 {
				b.now = time.Unix(int64(i)*1000, 0)
				b.flush()
			}
			b.expect(id, mail.ItemDeferred, "pending 451")
			b.now = right.Add(time.Hour)
			return id
		},
		"given up, and the user wants it tried on": func(b *bench) mail.OutboxID {
			b.srv.set(func() { b.srv.atMail = greylisted })
			id := b.flushed("bob@b.test")
			b.triedFor(54 * time.Hour)
			b.expect(id, mail.ItemRejected, "failed 451")
			if err := b.store.Retry(b.t.Context(), id); err != nil {
				b.t.Fatal(err)
			}
			return id
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.acc.Send.Warn = 4 * time.Hour
			id := before(b)
			b.srv.set(func() { b.srv.atMail = greylisted })
			b.flush()
			b.expect(id, mail.ItemDeferred, "pending 451")
			b.triedFor(54 * time.Hour)
			b.expect(id, mail.ItemRejected, "failed 451")
		})
	}
}

// A machine that has slept for days is awake before its network is: that the server is
// not reached then is no reason to give up.
func TestNotReachedAfterARest(t *testing.T) {
	b := newBench(t)
	port := b.acc.SMTP.Port
	b.acc.SMTP.Port = 1 // nothing listens there
	id := b.flushed("bob@b.test")
	b.expect(id, mail.ItemDeferred, "pending")
	b.now = b.now.Add(64 * time.Hour)
	for range 3 {
		b.flush()
		b.now = b.expect(id, mail.ItemDeferred, "pending").NextAttempt
	}
	b.acc.SMTP.Port = port
	b.flush()
	b.expect(id, mail.ItemAccepted, "accepted 250")
}

// Whoever only did not fit into the transaction is not given up: his turn comes next.
func TestTooManyAreNotGivenUp(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.atMail, b.srv.offers = greylisted, []string{"LIMITS RCPTMAX=1"} })
	id := b.flushed("bob@b.test", "eve@e.test", "joe@j.test")
	b.triedFor(42 * time.Hour)
	b.now = b.now.Add(7 * time.Hour)
	b.srv.set(func() { b.srv.atMail = "" })
	b.flush()
	b.expect(id, mail.ItemAccepted, "accepted 250", "accepted 250", "accepted 250")
}
