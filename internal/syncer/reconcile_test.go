package syncer

import (
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
)

// A copy in Sent that is there since others got the message says nothing of those whose
// turn came later: to believe it would lose them.
func TestCopyFromBeforeIsNoProof(t *testing.T) {
	for name, again := range map[string]func(r *rig) (id mail.OutboxID, of int){
		"others of it": func(r *rig) (mail.OutboxID, int) {
			id := r.queue("mine", store.QueueItem{}, "bob@example.net", "eve@example.org")
			r.attempt(id, store.RecipientChange{Index: 0, State: mail.RecipientAccepted}, store.RecipientChange{Index: 1, State: mail.RecipientPending})
			return id, 1
		},
		"a corrected address": func(r *rig) (mail.OutboxID, int) {
			first := r.queue("mine", store.QueueItem{}, "bob@example.net", "evve@example.org")
			r.attempt(first, store.RecipientChange{Index: 0, State: mail.RecipientAccepted}, store.RecipientChange{Index: 1, State: mail.RecipientFailed})
			id, err := r.store.Redirect(r.t.Context(), first, "evve@example.org", "eve@example.org", "env")
			if err != nil {
				r.t.Fatal(err)
			}
			return id, 0
		},
		"itself, before it bounced": func(r *rig) (mail.OutboxID, int) {
			id := r.sent("mine", "eve@example.org")
			bounced := []store.RecipientChange{{State: mail.RecipientFailed, Source: mail.SourceReport}}
			if err := r.store.Reported(r.t.Context(), id, "report", bounced, "failed", ""); err != nil {
				r.t.Fatal(err)
			}
			if err := r.store.Retry(r.t.Context(), id); err != nil {
				r.t.Fatal(err)
			}
			return id, 0
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, modern)
			r := newRig(t, always(s.profile()))
			id, of := again(r)
			r.sync()
			if n := len(s.copies()); n != 1 {
				t.Fatalf("Sent holds %d copies", n)
			}
			r.attempt(id, store.RecipientChange{Index: of, State: mail.RecipientUnsure})
			r.sync()
			if o := r.outgoing(id); o.Recipients[of].State != mail.RecipientUnsure || o.Reconciled != 1 {
				t.Errorf("looked for %d times, %+v", o.Reconciled, o.Recipients)
			}
		})
	}
}

// attempt lets the outbox's part happen, up to what it says of some recipients.
func (r *rig) attempt(id mail.OutboxID, changes ...store.RecipientChange) {
	r.t.Helper()
	if _, err := r.store.BeginAttempt(r.t.Context(), id, "smtp.example.org", time.Time{}); err != nil {
		r.t.Fatal(err)
	}
	if err := r.store.CommitPoint(r.t.Context(), id, changes); err != nil {
		r.t.Fatal(err)
	}
	if err := r.store.EndAttempt(r.t.Context(), id, store.Outcome{Changes: changes}); err != nil {
		r.t.Fatal(err)
	}
}
