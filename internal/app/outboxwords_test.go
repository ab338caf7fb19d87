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

// The recipient that is named is the one that the words beside it are about.
func TestRecipientThatIsNamed(t *testing.T) {
	at := func(list ...mail.RecipientState) mail.Outgoing {
		var o mail.Outgoing
		for i, s := range list {
			o.Recipients = append(o.Recipients, mail.Recipient{Address: string(rune('a'+i)) + "@x.example", State: s})
		}
		return o
	}
	for _, c := range []struct {
		o    mail.Outgoing
		want string
	}{
		{at(mail.RecipientAccepted, mail.RecipientFailed, mail.RecipientPending), "c@x.example"},
		{at(mail.RecipientAccepted, mail.RecipientFailed), "b@x.example"},
		{at(mail.RecipientAccepted, mail.RecipientDelivered), "a@x.example"},
	} {
		if got, more := recipientsLine(c.o); got.String() != c.want || more != len(c.o.Recipients)-1 {
			t.Errorf("%s and %d more, want %s", got, more, c.want)
		}
	}
}

// What was said about the message is not told as if it were about an address.
func TestWordsOfARefusedMessage(t *testing.T) {
	r := mail.Recipient{Address: "bob@x.example", State: mail.RecipientFailed, Code: 550, Text: "looks like spam"}
	for source, want := range map[mail.Source]string{mail.SourceReply: "The server refused the recipient.", mail.SourceMessage: "The server refused the message."} {
		r.Source = source
		if got := outboxDetail(mail.Outgoing{State: mail.ItemRejected, Recipients: []mail.Recipient{r}}); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

func TestWhatBecameOfAMessage(t *testing.T) {
	to := func(state mail.RecipientState, source mail.Source) mail.Recipient {
		return mail.Recipient{State: state, Source: source}
	}
	for want, list := range map[string][]mail.Recipient{
		"queued as Q1": {to(mail.RecipientAccepted, mail.SourceReply), to(mail.RecipientAccepted, mail.SourceReply)},
		"1 delivered · 1 handed over · 2 failed": {to(mail.RecipientFailed, mail.SourceReport), to(mail.RecipientDelivered, mail.SourceReport),
			to(mail.RecipientRelayed, mail.SourceReport), to(mail.RecipientFailed, mail.SourceReply)},
		"1 accepted · 1 not sent": {to(mail.RecipientAccepted, mail.SourceReply), to(mail.RecipientFailed, "")}, // cancelled
	} {
		if got := doneDetail(mail.Outgoing{QueueID: "Q1", Recipients: list}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
