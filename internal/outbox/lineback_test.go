package outbox

import (
	"testing"
	"time"

	"postea/internal/mail"
)

// What no server was reached for goes when the line is back; what a server told to wait,
// and what waits for its time, does not.
func TestLineIsBack(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.rcpt["grey@b.test"] = "451 4.2.0 greylisted" })
	grey := b.queue("grey@b.test")
	b.flush()
	b.w.closeAll()
	if err := b.w.LineBack(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.flush()
	b.expect(grey, mail.ItemDeferred, "pending 451")

	port := b.acc.SMTP.Port
	b.acc.SMTP.Port = 1 // nobody listens there
	waits, behind := b.queue("bob@b.test"), b.queue("carol@b.test")
	planned := b.queueAt(b.now.Add(time.Hour), mail.HeldForSchedule)
	b.flush()
	b.expect(waits, mail.ItemDeferred, "pending")
	b.acc.SMTP.Port = port
	b.flush()
	b.expect(waits, mail.ItemDeferred, "pending")
	if err := b.w.LineBack(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.flush()
	b.expect(waits, mail.ItemAccepted, "accepted 250")
	b.expect(behind, mail.ItemAccepted, "accepted 250")
	b.expect(planned, mail.ItemHeld, "pending")
	if o := b.expect(grey, mail.ItemDeferred, "pending 451"); !o.NextAttempt.After(b.now) || o.Attempts != 1 {
		t.Errorf("the greylisted one is due at %v, after %d attempts", o.NextAttempt, o.Attempts)
	}

	// The server has answered since: there is nothing to make up for.
	b.srv.set(func() { b.srv.atMail = "451 4.3.0 busy" })
	id := b.queue("dan@b.test")
	b.flush()
	if err := b.w.LineBack(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.flush()
	if o := b.expect(id, mail.ItemDeferred, "pending 451"); o.Attempts != 1 {
		t.Errorf("%d attempts", o.Attempts)
	}
}
