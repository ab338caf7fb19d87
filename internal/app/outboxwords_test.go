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
