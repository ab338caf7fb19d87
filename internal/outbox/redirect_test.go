package outbox

import (
	"errors"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
)

// The bad address of three is corrected: the same bytes go to the right one
// alone, under the same Message-ID, and the others get nothing twice.
func TestRedirect(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.rcpt["bop@b.test"] = "550 5.1.1 no such user" })
	id := b.flushed("bop@b.test", "eve@e.test", "joe@j.test")
	b.expect(id, mail.ItemRejected, "failed 550", "accepted 250", "accepted 250")
	if _, err := b.store.Redirect(t.Context(), id, "eve@e.test", "x@x.test", "e2"); err == nil {
		t.Fatal("redirected one that did not fail")
	}
	fresh, err := b.store.Redirect(t.Context(), id, "bop@b.test", "böb@b.test", "e2")
	if err != nil {
		t.Fatal(err)
	}
	b.expect(id, mail.ItemAccepted, "failed 550", "accepted 250", "accepted 250")
	if content, err := b.store.OutboxContent(t.Context(), fresh); err != nil || !content.UTF8 {
		t.Fatalf("%+v %v", content, err)
	}
	b.srv.set(func() { b.srv.offers = []string{"SMTPUTF8"} })
	b.w.closeAll()
	b.flush()
	o := b.expect(fresh, mail.ItemDone, "accepted 250")
	if was := b.item(id); o.MessageID != was.MessageID || o.Replaces != id || was.ReplacedBy != fresh {
		t.Errorf("%+v", o)
	}
	if o.Copy != mail.CopySkipped {
		t.Errorf("a second copy would be filed: %s", o.Copy)
	}
	took := b.srv.taken()
	if len(took) != 2 || took[0] != took[1] {
		t.Fatalf("the server took %q", took)
	}
	if c := b.conversation(fresh); strings.Count(c, "RCPT TO") != 1 || !strings.Contains(c, "RCPT TO:<böb@b.test>") {
		t.Errorf("conversation:\n%s", c)
	}
	if _, err := b.store.Redirect(t.Context(), id, "bop@b.test", "x@x.test", "e3"); err == nil {
		t.Error("redirected twice")
	}
}

func TestSchedule(t *testing.T) {
	b := newBench(t)
	id := b.queue("bob@b.test")
	if err := b.store.Schedule(t.Context(), id, b.now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	b.flush()
	if o := b.expect(id, mail.ItemHeld, "pending"); o.HeldFor != mail.HeldForSchedule {
		t.Errorf("held for %s", o.HeldFor)
	}
	b.now = b.now.Add(time.Hour)
	b.flush()
	b.expect(id, mail.ItemAccepted, "accepted 250")
	var refused *store.StateError
	if err := b.store.Schedule(t.Context(), id, b.now.Add(time.Hour)); !errors.As(err, &refused) {
		t.Errorf("%v", err)
	}
}
