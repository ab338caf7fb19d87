package outbox

import (
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/smtpclient"
)

// The server is found out after the first message, and the next goes in one
// flight, also in another process: what was learned is stored.
func TestOneFlightIsLearned(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.offers = []string{"CHUNKING"} })
	first := b.flushed("bob@b.test")
	b.expect(first, mail.ItemAccepted, "accepted 250")
	if c := b.conversation(first); !strings.Contains(c, "DATA") || strings.Contains(c, "BDAT") {
		t.Errorf("first conversation:\n%s", c)
	}
	for _, w := range []string{"this process", "the next process"} {
		if l, _ := b.w.recall(t.Context(), b.acc); l.Discards != smtpclient.Yes {
			t.Fatalf("%s: learned %+v", w, l)
		}
		id := b.flushed("bob@b.test", "eve@e.test")
		b.expect(id, mail.ItemAccepted, "accepted 250", "accepted 250")
		at, err := b.store.Attempts(t.Context(), id)
		if err != nil || !at[0].Committed {
			t.Fatalf("%s: %+v %v", w, at, err)
		}
		if c := b.conversation(id); !strings.Contains(c, " LAST\n") || strings.Contains(c, "DATA") || strings.Contains(c, "BDAT 6") {
			t.Errorf("%s: conversation:\n%s", w, c)
		}
		b.w = b.worker()
	}
}

// What was learned about another server, or cannot be read, is not used.
func TestLearnedElsewhere(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.offers = []string{"CHUNKING"} })
	b.flushed("bob@b.test")
	moved := b.acc
	moved.SMTP.Port = 1
	if l, _ := b.w.recall(t.Context(), moved); l != (smtpclient.Learned{}) {
		t.Errorf("another server: %+v", l)
	}
	if err := b.store.Learn(t.Context(), serverOf(b.acc), howToSend, "{"); err != nil {
		t.Fatal(err)
	}
	b.w = b.worker()
	if l, _ := b.w.recall(t.Context(), b.acc); l != (smtpclient.Learned{}) {
		t.Errorf("unreadable: %+v", l)
	}
	b.expect(b.flushed("bob@b.test"), mail.ItemAccepted, "accepted 250")
}

// conversation is that of an item's last attempt.
func (b *bench) conversation(id mail.OutboxID) string {
	b.t.Helper()
	at, err := b.store.Attempts(b.t.Context(), id)
	if err != nil || len(at) == 0 {
		b.t.Fatalf("%+v %v", at, err)
	}
	var conversation strings.Builder
	for _, l := range at[len(at)-1].Transcript {
		conversation.WriteString(l.String() + "\n")
	}
	return conversation.String()
}

func (b *bench) flushed(to ...string) mail.OutboxID {
	id := b.queue(to...)
	b.flush()
	return id
}

// A line that is lost behind a flight leaves all recipients unsure, as none has
// an answer, and nothing is sent again.
func TestOneFlightLost(t *testing.T) {
	for _, how := range []string{"drop", "lose"} {
		t.Run(how, func(t *testing.T) {
			b := newBench(t)
			b.srv.set(func() { b.srv.offers = []string{"CHUNKING"} })
			b.flushed("bob@b.test")
			before := len(b.srv.taken())
			b.srv.set(func() { b.srv.afterDot = how })
			id := b.flushed("bob@b.test", "eve@e.test")
			b.expect(id, mail.ItemUnsure, "unsure", "unsure")
			b.srv.set(func() { b.srv.afterDot = "" })
			b.now = b.now.Add(24 * time.Hour)
			b.flush()
			b.expect(id, mail.ItemUnsure, "unsure", "unsure")
			if took := len(b.srv.taken()) - before; took > 1 {
				t.Errorf("the server has it %d times", took)
			}
		})
	}
}

// A refusal of the whole flight takes the doubt back that was written down
// before it left.
func TestOneFlightRefused(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.offers = []string{"CHUNKING"} })
	b.flushed("bob@b.test")
	b.srv.set(func() { b.srv.rcpt["eve@e.test"] = "550 5.1.1 no such user"; b.srv.afterDot = "452 4.3.1 disk full" })
	id := b.flushed("bob@b.test", "eve@e.test")
	b.expect(id, mail.ItemDeferred, "pending 452", "failed 550")
	b.srv.set(func() { b.srv.afterDot = "" })
	b.now = b.now.Add(time.Hour)
	b.flush()
	b.expect(id, mail.ItemRejected, "accepted 250", "failed 550")
}

// Recipients that are too many for one transaction follow at once in the next,
// each of which is an attempt of its own.
func TestRecipientLimit(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.offers = []string{"LIMITS RCPTMAX=2"} })
	id := b.flushed("a@b.test", "b@b.test", "c@b.test", "d@b.test", "e@b.test")
	o := b.expect(id, mail.ItemAccepted, "accepted 250", "accepted 250", "accepted 250", "accepted 250", "accepted 250")
	took := b.srv.taken()
	if len(took) != 3 || took[0] != took[2] || o.Attempts != 3 {
		t.Errorf("%d messages in %d attempts", len(took), o.Attempts)
	}
}

// A recipient that is put off each time, in a transaction without room for more, leaves
// it to others who were not asked about yet.
func TestPutOffStepsBack(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() {
		b.srv.offers = []string{"LIMITS RCPTMAX=1"}
		b.srv.rcpt["busy@b.test"] = greylisted
	})
	id := b.flushed("busy@b.test", "bob@b.test", "eve@e.test")
	b.expect(id, mail.ItemDeferred, "pending 451", "pending", "pending")
	for range 2 {
		b.setNow(b.clock().Add(time.Hour))
		b.flush()
	}
	b.expect(id, mail.ItemDeferred, "pending 451", "accepted 250", "accepted 250")
}

// A server that does not take RSET behind a refused recipient gets the next message on
// another connection.
func TestResetRefused(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() {
		b.srv.rcpt["bop@b.test"] = "550 5.1.1 no such user"
		b.srv.atReset = "502 5.5.1 not here"
	})
	b.queue("bop@b.test", "bob@b.test")
	next := b.queue("eve@e.test")
	b.flush()
	b.expect(next, mail.ItemAccepted, "accepted 250")
}
