package store

import (
	"testing"

	"postea/internal/event"
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

// A bounce may be here before it is recorded that the server took the message, as for one
// that left in a batch: it is not forgotten for that, and the copy in Sent is made.
func TestReportBeforeTheOutcome(t *testing.T) {
	s, ctx := longQueue(t, 0), t.Context()
	id, err := s.Queue(ctx, QueueItem{WantsCopy: true, Outgoing: mail.Outgoing{Account: "work", Recipients: []mail.Recipient{{Address: "bob@b.test"}}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.HandOver(ctx, nil, []mail.OutboxID{id}, "a.test", s.now()); err != nil {
		t.Fatal(err)
	}
	if err := s.Reported(ctx, id, "a", []RecipientChange{{State: mail.RecipientFailed, Source: mail.SourceReport}}, "x", ""); err != nil {
		t.Fatal(err)
	}
	taken := Outcome{Kind: "accepted", Changes: []RecipientChange{{State: mail.RecipientAccepted, Source: mail.SourceReply, Code: 250}}}
	if err := s.CommitPoint(ctx, id, taken.Changes); err != nil { // of one of several servers
		t.Fatal(err)
	}
	if _, err := s.HandOver(ctx, []Ended{{ID: id, Outcome: taken}}, nil, "a.test", s.now()); err != nil {
		t.Fatal(err)
	}
	item, err := s.OutboxItem(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if item.Recipients[0].State != mail.RecipientFailed || item.State != mail.ItemRejected || item.Copy != mail.CopyPending {
		t.Errorf("the item is %s, its recipient %s, the copy %s", item.State, item.Recipients[0].State, item.Copy)
	}
}

func TestNoticeOfSeveralFailures(t *testing.T) {
	s := longQueue(t, 1)
	s.bus = &event.Bus{}
	sub := s.bus.Subscribe()
	defer sub.Close()
	changes := []RecipientChange{{Index: 0, State: mail.RecipientFailed}, {Index: 1, State: mail.RecipientFailed}}
	must(t, s.Reported(t.Context(), "o1", "a", changes, "failed for bob@b.test", "failed for eve@e.test"))
	batch, err := sub.Next(t.Context())
	must(t, err)
	if !hasEvent(batch, event.Notice{Account: "work", Error: true, Text: "failed for bob@b.test; and for 1 more"}) {
		t.Errorf("events %v", batch)
	}
}
