package syncer

import (
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
)

// What was done while the clock was ahead, as it is after Windows has left it so, is not
// waited for until the time comes again.
func TestClockSetBack(t *testing.T) {
	const ahead = 30 * 24 * time.Hour
	s := newServer(t, modern)
	r := newRig(t, s.profile())
	r.forward(ahead)
	r.sync()
	copied := r.sent("copied", "bob@example.net")
	unsure := r.queue("unsure", store.QueueItem{}, "bob@example.net")
	r.hand(unsure, mail.RecipientUnsure)
	refused := r.sent("refused", "bob@example.net")
	s.bend(func(c string) string {
		return map[bool]string{true: "NO [OVERQUOTA] full"}[len(c) > 6 && c[:6] == "APPEND"]
	})
	r.profile.Sent.Copy = "always"
	r.options.Account = r.profile
	r.reopen()
	r.sync()
	s.bend(nil)
	draft := r.write(mail.Draft{Account: "a", From: mail.Address{Address: "ada@example.org"}, Subject: "first"})
	r.forward(ahead + time.Minute)
	r.sync()
	oneWith(t, s.drafts(), "Subject: first")

	r.forward(0)
	if next := r.nextReconcile(t.Context()); next.After(time.Now()) {
		t.Errorf("the unsure one is looked for at %v", next)
	}
	for range 2 {
		r.sync()
	}
	for _, id := range []mail.OutboxID{copied, refused} {
		if o := r.outgoing(id); o.Copy != mail.CopyFiled {
			t.Errorf("the copy is %s", o.Copy)
		}
	}
	draft.Subject = "second"
	r.write(draft)
	r.sync()
	oneWith(t, s.drafts(), "Subject: second")
}
