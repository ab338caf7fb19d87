package store

import (
	"testing"

	"postea/internal/mail"
)

// Reports about one recipient come in any order, and more than one of them where the
// address leads to several: what stays is the last step, and the worst one.
func TestReportsInAnyOrder(t *testing.T) {
	const accepted, delayed, relayed, delivered, failed = mail.RecipientAccepted, mail.RecipientDelayed, mail.RecipientRelayed, mail.RecipientDelivered, mail.RecipientFailed
	for _, c := range []struct {
		reports []mail.RecipientState
		want    mail.RecipientState
	}{
		{[]mail.RecipientState{delayed, delivered, delayed}, delivered},
		{[]mail.RecipientState{relayed, delayed}, relayed},
		{[]mail.RecipientState{delivered, failed}, failed},
		{[]mail.RecipientState{failed, delivered}, failed},
	} {
		s := longQueue(t, 1)
		id := mail.OutboxID("o1")
		for i, state := range append([]mail.RecipientState{accepted}, c.reports...) {
			change := []RecipientChange{{Index: 0, State: state, Source: mail.SourceReport}}
			if err := s.Reported(t.Context(), id, string(rune('a'+i)), change, "x", ""); err != nil {
				t.Fatal(err)
			}
		}
		item, err := s.OutboxItem(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if got := item.Recipients[0].State; got != c.want {
			t.Errorf("after %v it is %s, want %s", c.reports, got, c.want)
		}
	}
}
