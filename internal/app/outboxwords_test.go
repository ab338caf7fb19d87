package app

import (
	"testing"

	"postea/internal/mail"
)

// A report that gives no reply of a server is told in its own words.
func TestWordsOfABounceWithoutAReply(t *testing.T) {
	for _, c := range []struct {
		enhanced, text, want string
	}{
		{"5.0.0", "Unrouteable address", "The address cannot be routed."},
		{"5.0.0", "account closed, write to the new one", "account closed, write to the new one"},
		{"5.1.1", "", "No such mailbox."},
	} {
		r := mail.Recipient{Address: "bob@x.example", State: mail.RecipientFailed, Source: mail.SourceReport, Enhanced: c.enhanced, Text: c.text}
		if got := outboxDetail(mail.Outgoing{State: mail.ItemRejected, Recipients: []mail.Recipient{r}}); got != c.want {
			t.Errorf("%s %q is told as %q, want %q", c.enhanced, c.text, got, c.want)
		}
	}
}

// Whoever the message is being handed over for is neither unsure nor waiting.
func TestRecipientsWhileBeingSent(t *testing.T) {
	a := writer(t)
	o := mail.Outgoing{Sending: true, State: mail.ItemSending, Recipients: []mail.Recipient{
		{Address: "ann@b.test", State: mail.RecipientUnsure}, {Address: "bob@b.test", State: mail.RecipientPending}, {Address: "eve@b.test", State: mail.RecipientFailed},
	}}
	for i, sending := range []bool{true, true, false} {
		if r := a.outboxItem(o).Recipients[i]; r.Sending != sending || r.State == mail.RecipientUnsure {
			t.Errorf("%+v", r)
		}
	}
	o.Sending = false
	for i, state := range []mail.RecipientState{mail.RecipientUnsure, mail.RecipientPending, mail.RecipientFailed} {
		if r := a.outboxItem(o).Recipients[i]; r.Sending || r.State != state {
			t.Errorf("afterwards %+v", r)
		}
	}
}
