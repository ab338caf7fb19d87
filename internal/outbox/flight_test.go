package outbox

import (
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/smtpclient"
)

// The server is found out after the first message, and the next goes in one
// flight; what was learned outlives the connection.
func TestOneFlightIsLearned(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.offers = []string{"CHUNKING"} })
	b.expect(b.flushed("bob@b.test"), mail.ItemAccepted, "accepted 250")
	if l, _ := b.w.recall(b.acc); l.Discards != "" {
		t.Fatalf("one message only, and learned %+v", l)
	}
	b.flushed("bob@b.test")
	if l, _ := b.w.recall(b.acc); l.Discards != smtpclient.Yes {
		t.Fatalf("learned %+v", l)
	}
	id := b.flushed("bob@b.test", "eve@e.test")
	b.expect(id, mail.ItemAccepted, "accepted 250", "accepted 250")
	at, err := b.store.Attempts(t.Context(), id)
	if err != nil || !at[0].Committed {
		t.Fatalf("%+v %v", at, err)
	}
	var conversation strings.Builder
	for _, l := range at[0].Transcript {
		conversation.WriteString(l.Text + "\n")
	}
	if c := conversation.String(); !strings.Contains(c, " LAST\n") || strings.Contains(c, "DATA") {
		t.Errorf("conversation:\n%s", c)
	}
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
			b.w.resident = true
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
	b.w.resident = true
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
