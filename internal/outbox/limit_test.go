package outbox

import (
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
)

const dailyLimit = "550 5.4.5 Daily user sending limit exceeded"

// A server that refuses for good because the account has sent enough refuses nothing:
// each message waits, is tried again, and goes once.
func TestSendingLimit(t *testing.T) {
	for name, script := range map[string]func(*server){
		"at MAIL":        func(s *server) { s.atMail = dailyLimit },
		"at the message": func(s *server) { s.afterDot = dailyLimit },
		"at one of two": func(s *server) {
			s.rcpt["eve@e.test"] = "550 5.1.90 you've reached your daily limit for message recipients"
		},
		"at both of them": func(s *server) { s.rcpt["bob@b.test"], s.rcpt["eve@e.test"] = dailyLimit, dailyLimit },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.srv.set(func() { script(b.srv) })
			id := b.flushed("bob@b.test", "eve@e.test")
			o := b.item(id)
			said := slices.ContainsFunc(o.Recipients, func(r mail.Recipient) bool {
				return r.State == mail.RecipientPending && r.Code == 550 && strings.Contains(r.Text, "aily")
			})
			if o.State != mail.ItemDeferred || !said || !o.NextAttempt.Equal(b.now.Add(time.Minute)) {
				t.Fatalf("%s %+v next %v: %s", o.State, o.Recipients, o.NextAttempt, o.LastText)
			}
			b.srv.set(func() { b.srv.atMail, b.srv.afterDot, b.srv.rcpt = "", "", map[string]string{} })
			b.now = o.NextAttempt
			b.flush()
			b.expect(id, mail.ItemAccepted, "accepted 250", "accepted 250")
			if n, want := len(b.srv.taken()), 1; name != "at one of two" && n != want {
				t.Errorf("it went %d times", n)
			}
		})
	}
}

// give_up holds for these too.
func TestSendingLimitGivenUp(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.atMail = dailyLimit })
	id := b.flushed("bob@b.test")
	b.triedFor(49 * time.Hour)
	o := b.expect(id, mail.ItemRejected, "failed 550")
	if !strings.Contains(o.LastText, "gave up after 2 days") {
		t.Error(o.LastText)
	}
}

// What is queued behind a message that met the limit is not offered, which would only
// count against the account, and goes once the limit is over.
func TestSendingLimitHoldsTheQueue(t *testing.T) {
	const n, room = 40, 5
	b := newBench(t)
	b.srv.set(func() { b.srv.afterDot, b.srv.room = dailyLimit, room })
	ids := b.queueMany(n)
	b.flush()
	if got := b.states(ids); got[mail.RecipientAccepted] != room || got[mail.RecipientPending] != n-room {
		t.Fatalf("%v", got)
	}
	if b.srv.dots != room+1 {
		t.Errorf("%d messages were offered for %d places", b.srv.dots, room)
	}
	for _, id := range ids[room:] {
		if o := b.item(id); !o.NextAttempt.Equal(b.now.Add(time.Minute)) || !strings.Contains(o.LastText, "as the server allows") {
			t.Fatalf("%s: next %v, %q", id, o.NextAttempt, o.LastText)
		}
	}
	b.srv.set(func() { b.srv.afterDot = "" })
	b.now = b.now.Add(time.Minute)
	b.flush()
	if got := b.states(ids); got[mail.RecipientAccepted] != n {
		t.Fatalf("%v", got)
	}
	b.onceEach(n)
}

// A server that wants to be left in peace for a while is not asked again for each message.
func TestTurnedAwayHoldsTheQueue(t *testing.T) {
	const n = 20
	b := newBench(t)
	b.srv.set(func() { b.srv.atMail = "421 4.7.0 Try again later, closing connection" })
	ids := b.queueMany(n)
	b.flush()
	b.srv.set(func() {
		if b.srv.atMail = ""; b.srv.conns != 1 {
			t.Errorf("it was asked %d times", b.srv.conns)
		}
	})
	b.now = b.now.Add(time.Minute)
	b.flush()
	if got := b.states(ids); got[mail.RecipientAccepted] != n {
		t.Fatalf("%v", got)
	}
	b.onceEach(n)
}
