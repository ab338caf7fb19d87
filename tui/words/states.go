package words

import (
	"fmt"
	"strings"
	"time"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/when"
)

// Tone tells how good or bad a state is; a theme has a colour and a sign for each.
type Tone int

// The tones.
const (
	Plain   Tone = iota
	Active       // happening now
	Planned      // waits for a time that the user chose
	Waiting      // will be tried again
	Good
	Bad
	Unsure
)

// State is the word for the state of an outgoing message.
func State(o app.OutboxItem, now time.Time, dates when.Style) (string, Tone) {
	switch o.State {
	case mail.ItemHeld:
		if o.HeldFor == mail.HeldForUndo {
			if dates.Still {
				return "undo", Planned
			}
			return "undo " + Left(o.NotBefore.Sub(now)), Planned
		}
		return dates.Coming(o.NotBefore, now), Planned
	case mail.ItemSending:
		return "sending", Active
	case mail.ItemQueued:
		return "queued", Waiting
	case mail.ItemDeferred:
		return fmt.Sprintf("retry %d", max(o.Attempts, 1)), Waiting
	case mail.ItemBlocked:
		return "needs you", Bad
	case mail.ItemUnsure:
		return "unsure", Unsure
	case mail.ItemCancelled:
		return "cancelled", Plain
	}
	return finished(o)
}

// finished is the word for a message of which every recipient has an answer.
func finished(o app.OutboxItem) (string, Tone) {
	delivered, other := 0, 0
	for _, r := range o.Recipients {
		switch {
		case r.State == mail.RecipientFailed && r.Source != "":
			return Recipient(r)
		case r.State == mail.RecipientDelivered:
			delivered++
		default:
			other++
		}
	}
	switch {
	case o.State == mail.ItemRejected:
		return "not sent", Bad
	case delivered > 0 && other == 0:
		return "delivered", Good
	}
	return "accepted", Good
}

// Recipient is the word for what is known of one recipient.
func Recipient(r app.OutboxRecipient) (string, Tone) {
	switch r.State {
	case mail.RecipientUnsure:
		return "unsure", Unsure
	case mail.RecipientAccepted:
		return "accepted", Good
	case mail.RecipientDelayed:
		return "delayed", Waiting
	case mail.RecipientRelayed:
		return "handed over", Good
	case mail.RecipientExpanded:
		return "given to the list", Good
	case mail.RecipientDelivered:
		return "delivered", Good
	case mail.RecipientFailed:
		switch r.Source {
		case "":
			return "not sent", Plain
		case mail.SourceReport:
			return "bounced", Bad
		}
		return "refused", Bad
	}
	if r.Sending {
		return "sending", Active
	}
	return "waiting", Waiting
}

// Tally counts the recipients by what is known of them, with between between
// the counts: 2 delivered · 1 handed over.
func Tally(list []app.OutboxRecipient, between string) string {
	var order []string
	count := map[string]int{}
	for _, r := range list {
		w, _ := Recipient(r)
		if count[w] == 0 {
			order = append(order, w)
		}
		count[w]++
	}
	parts := make([]string, len(order))
	for i, w := range order {
		parts[i] = app.Number(count[w]) + " " + w
	}
	return strings.Join(parts, between)
}

// NeedsYou is the verb for n messages that need the user.
func NeedsYou(n int) string {
	if n == 1 {
		return "needs you"
	}
	return "need you"
}
