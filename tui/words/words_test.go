package words

import (
	"testing"
	"time"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/when"
)

var now = time.Date(2026, 11, 24, 9, 41, 0, 0, time.UTC)

func TestSpansAndNumbers(t *testing.T) {
	for want, got := range map[string]string{
		"just now": Ago(time.Second), "12 s ago": Ago(12 * time.Second), "4 min": Span(4*time.Minute + 30*time.Second),
		"2 h 11 min": Span(131 * time.Minute), "3 h": Span(3 * time.Hour), "2 days": Span(50 * time.Hour), "0 s": Span(-time.Second),
		"7 s": Left(6200 * time.Millisecond), "12,408": app.Number(12408), "999": app.Number(999), "-1,000": app.Number(-1000), "1,000,000": app.Number(1_000_000),
		"1 message": app.Counted(1, "message"), "0 messages": app.Counted(0, "message"), "184 KB": Size(184_320), "2.1 MB": Size(2_097_152), "512 B": Size(512),
		"1 MB": Size(999_999), "50 MB": Size(50_000_000), "1.5 GB": Size(1_500_000_000),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestStates(t *testing.T) {
	rec := func(s mail.RecipientState, src mail.Source) []app.OutboxRecipient {
		return []app.OutboxRecipient{{Address: reading.Line("a@example.org"), State: s, Source: src}}
	}
	tests := []struct {
		item app.OutboxItem
		want string
		tone Tone
	}{
		{app.OutboxItem{State: mail.ItemHeld, HeldFor: mail.HeldForUndo, NotBefore: now.Add(7 * time.Second)}, "undo 7 s", Planned},
		{app.OutboxItem{State: mail.ItemHeld, HeldFor: mail.HeldForSchedule, NotBefore: now.Add(469 * time.Minute)}, "17:30", Planned},
		{app.OutboxItem{State: mail.ItemHeld, HeldFor: mail.HeldForSchedule, NotBefore: now.Add(48 * time.Hour)}, "Thu 09:41", Planned},
		{app.OutboxItem{State: mail.ItemSending}, "sending", Active},
		{app.OutboxItem{State: mail.ItemQueued}, "queued", Waiting},
		{app.OutboxItem{State: mail.ItemDeferred, Attempts: 3}, "retry 3", Waiting},
		{app.OutboxItem{State: mail.ItemBlocked}, "needs you", Bad},
		{app.OutboxItem{State: mail.ItemUnsure}, "unsure", Unsure},
		{app.OutboxItem{State: mail.ItemRejected, Recipients: rec(mail.RecipientFailed, mail.SourceReply)}, "refused", Bad},
		{app.OutboxItem{State: mail.ItemRejected, Recipients: rec(mail.RecipientFailed, mail.SourceReport)}, "bounced", Bad},
		{app.OutboxItem{State: mail.ItemRejected, Recipients: append(rec(mail.RecipientFailed, ""), rec(mail.RecipientFailed, mail.SourceReply)...)}, "refused", Bad},
		{app.OutboxItem{State: mail.ItemRejected, Recipients: rec(mail.RecipientFailed, "")}, "not sent", Bad},
		{app.OutboxItem{State: mail.ItemAccepted, Recipients: append(rec(mail.RecipientFailed, ""), rec(mail.RecipientAccepted, mail.SourceReply)...)}, "accepted", Good},
		{app.OutboxItem{State: mail.ItemAccepted, Recipients: rec(mail.RecipientAccepted, mail.SourceReply)}, "accepted", Good},
		{app.OutboxItem{State: mail.ItemDone, Recipients: rec(mail.RecipientDelivered, mail.SourceReport)}, "delivered", Good},
		{app.OutboxItem{State: mail.ItemCancelled}, "cancelled", Plain},
	}
	for _, tt := range tests {
		if got, tone := State(tt.item, now, when.Style{}); got != tt.want || tone != tt.tone {
			t.Errorf("%s: got %q %v, want %q %v", tt.item.State, got, tone, tt.want, tt.tone)
		}
	}
	list := append(append(rec(mail.RecipientDelivered, ""), rec(mail.RecipientFailed, "")...), rec(mail.RecipientDelivered, "")...)
	if got := Tally(list, " · "); got != "2 delivered · 1 not sent" {
		t.Errorf("got %q", got)
	}
}

// While a message is being handed over nobody waits for a next try.
func TestRecipientBeingSentTo(t *testing.T) {
	r := app.OutboxRecipient{State: mail.RecipientPending}
	if w, tone := Recipient(r); w != "waiting" || tone != Waiting {
		t.Errorf("%s, %v", w, tone)
	}
	r.Sending = true
	if w, tone := Recipient(r); w != "sending" || tone != Active {
		t.Errorf("%s, %v", w, tone)
	}
}
