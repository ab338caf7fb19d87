package outbox

import (
	"context"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/internal/lab"
	"postea/internal/mail"
	"postea/smtpclient"
)

// A scheduled message is given into the keeping of a server that holds messages
// back, asked for its time and no other.
func TestRelease(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.offers = []string{"FUTURERELEASE 86400 2026-12-24T00:00:00Z"} })
	soon, late := b.queueAt(b.now.Add(5*time.Hour), mail.HeldForSchedule), b.queueAt(b.now.Add(72*time.Hour), mail.HeldForSchedule)
	undo := b.queueAt(b.now.Add(10*time.Second), mail.HeldForUndo)
	if err := b.w.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.expect(soon, mail.ItemAccepted, "accepted 250")
	if c := b.conversation(soon); !strings.Contains(c, "HOLDUNTIL=2026-11-24T14:00:00Z") {
		t.Errorf("conversation:\n%s", c)
	}
	b.expect(late, mail.ItemHeld, "pending")
	b.expect(undo, mail.ItemHeld, "pending")
	if n := len(b.srv.taken()); n != 1 {
		t.Errorf("%d at the server", n)
	}
}

// A server that does not hold messages back gets none before its time, whatever
// happens: not known, known otherwise, or lost on the way.
func TestReleaseStaysHere(t *testing.T) {
	for name, change := range map[string]func(b *bench){
		"not offered":     func(b *bench) {},
		"too long":        func(b *bench) { b.srv.offers = []string{"FUTURERELEASE 60 2026-12-24T00:00:00Z"} },
		"refused for now": func(b *bench) { b.srv.offers, b.srv.atMail = []string{"FUTURERELEASE 86400"}, "451 4.3.0 busy" },
		"no longer offered": func(b *bench) {
			if err := b.store.Learn(b.t.Context(), serverOf(b.acc), facts, `{"hold":86400000000000}`); err != nil {
				b.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.srv.set(func() { change(b) })
			id := b.queueAt(b.now.Add(5*time.Hour), mail.HeldForSchedule)
			if err := b.w.Release(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			if o := b.item(id); o.State != mail.ItemHeld || o.HeldFor != mail.HeldForSchedule || !o.NotBefore.Equal(b.now.Add(5*time.Hour)) {
				t.Fatalf("%s until %v", o.State, o.NotBefore)
			}
			b.flush()
			if n := len(b.srv.taken()); n != 0 {
				t.Fatal("sent before its time")
			}
			b.srv.set(func() { b.srv.atMail = "" })
			b.now = b.now.Add(5 * time.Hour)
			b.flush()
			b.expect(id, mail.ItemAccepted, "accepted 250")
			if c := b.conversation(id); strings.Contains(c, "HOLD") {
				t.Errorf("held back once more:\n%s", c)
			}
		})
	}
}

// Who ends the program while a message is handed over early finds it held here.
func TestReleaseInterrupted(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	item := mail.Outgoing{Attempts: 1, Created: now, Release: now.Add(time.Hour), Recipients: []mail.Recipient{{Address: "bob@b.test", State: mail.RecipientPending}}}
	for name, err := range map[string]error{"ended": context.Canceled, "out of time": context.DeadlineExceeded} {
		lost := &smtpclient.Error{Phase: smtpclient.PhaseConnect, Temporary: true, Err: err}
		out := Resolve(item, []int{0}, nil, lost, config.Send{Retry: []time.Duration{time.Minute}}, now)
		if !out.HoldHere || out.Changes[0].State != mail.RecipientPending {
			t.Errorf("%s: %+v", name, out)
		}
		if out := Resolve(item, []int{0}, nil, lost, config.Send{Retry: []time.Duration{time.Minute}}, now.Add(2*time.Hour)); out.HoldHere {
			t.Errorf("%s after its time: held once more", name)
		}
	}
}

// What a real server makes of it: it takes the message, and does not deliver it.
func TestReleaseOnMox(t *testing.T) {
	s := lab.Mox(t)
	b := newBench(t)
	u := s.Account(0)
	b.acc.SMTP.Host, b.acc.SMTP.Port, b.acc.SMTP.TLS, b.acc.SMTP.CAFile = s.Host, s.Submissions, "implicit", s.CAFile
	b.acc.SMTP.Username, b.acc.SMTP.Password.Value = u.Username, u.Password
	b.acc.Address = u.Address
	b.now = time.Now()
	id := b.queueFrom(u.Address, s.Account(1).Address, b.now.Add(48*time.Hour))
	if err := b.w.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o := b.item(id); o.Recipients[0].State != mail.RecipientAccepted || !strings.Contains(b.conversation(id), "HOLDUNTIL=") {
		t.Fatalf("%s %s\n%s", o.State, o.LastText, b.conversation(id))
	}
}
