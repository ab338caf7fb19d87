package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
	"postea/smtpclient"
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

// refuses lets own.db refuse a change until the worker has complained of it.
func (b *bench) refuses(what string) {
	b.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(b.store.Dir(), "own.db"))
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { db.Close() })
	if _, err := db.ExecContext(b.t.Context(), `CREATE TRIGGER refuse BEFORE `+what+` BEGIN SELECT RAISE(ABORT, 'locked for long'); END`); err != nil {
		b.t.Fatal(err)
	}
	b.w.log = slog.New(complaints(func() {
		if _, err := db.ExecContext(b.t.Context(), `DROP TRIGGER IF EXISTS refuse`); err != nil {
			b.t.Error(err)
		}
	}))
}

// complaints is a log that calls a function for each error.
type complaints func()

func (c complaints) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }
func (c complaints) WithAttrs([]slog.Attr) slog.Handler           { return c }
func (c complaints) WithGroup(string) slog.Handler                { return c }
func (c complaints) Handle(context.Context, slog.Record) error    { c(); return nil }

// An outcome that cannot be recorded for a while is recorded later, in the same process: a
// message that is said to be leaving would leave no more.
func TestStoreRefusesForAWhile(t *testing.T) {
	t.Run("the outcome", func(t *testing.T) {
		b := newBench(t)
		id := b.queue("bob@b.test")
		b.refuses("UPDATE OF ended ON attempt")
		b.flush()
		b.expect(id, mail.ItemAccepted, "accepted 250")
	})
	t.Run("the beginning", func(t *testing.T) {
		b := newBench(t)
		id := b.queue("bob@b.test")
		if _, err := b.store.BeginAttempt(t.Context(), id, "x", b.now); err != nil { // and the process dies
			t.Fatal(err)
		}
		b.refuses("UPDATE OF sending ON outgoing")
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		sub := b.bus.Subscribe()
		defer sub.Close()
		ended := make(chan error, 1)
		go func() { ended <- b.w.Run(ctx) }()
		for b.item(id).State != mail.ItemAccepted {
			news, stop := context.WithTimeout(ctx, 20*time.Second)
			if _, err := sub.Next(news); err != nil {
				t.Fatalf("the outbox says nothing more: %v, %v", err, b.item(id).LastText)
			}
			stop()
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// What the end of the program, or of the time that --wait gives it, cuts short says
// nothing about the server: the message is due at once, and those behind it are as before.
func TestInterruptedSaysNothing(t *testing.T) {
	b := newBench(t)
	ctx, end := context.WithCancel(t.Context())
	b.srv.set(func() { b.srv.atRcpt = end })
	first, second := b.queue("bob@b.test"), b.queue("eve@e.test")
	if err := b.w.Flush(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if o := b.expect(first, mail.ItemDeferred, "pending"); o.NextAttempt.After(b.now) || !strings.HasPrefix(o.LastText, "interrupted") {
		t.Errorf("next %v, %q", o.NextAttempt, o.LastText)
	}
	if o := b.expect(second, mail.ItemQueued, "pending"); o.LastText != "" {
		t.Errorf("the other: %q", o.LastText)
	}

	over, end := context.WithDeadline(t.Context(), time.Time{})
	defer end()
	item := b.item(first)
	a := &attempt{w: b.w, item: item, account: b.acc, sent: waiting(item)}
	silent := &smtpclient.Error{Phase: smtpclient.PhaseGreeting, Temporary: true, Err: fmt.Errorf("%w: %w", smtpclient.ErrSilent, over.Err())}
	if out := a.resolve(over, silent); out.Next.After(b.now) || !strings.HasPrefix(out.Text, "interrupted") {
		t.Errorf("next %v, %q", out.Next, out.Text)
	}
}
