package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/reading/invite"
	"postea/internal/store"
)

// What was answered to invitations is kept beside what was learned of servers,
// under names that no server has.
const answersGiven = "invitation "

func invitationKey(e invite.Event) (name, key string) {
	key = "answer"
	if !e.Instance.Time.IsZero() {
		key += " " + e.Instance.Time.UTC().Format(time.RFC3339)
	}
	return answersGiven + e.UID, key
}

// rememberAnswer notes what a message that is being sent answers to an invitation.
func (a *App) rememberAnswer(ctx context.Context, d mail.Draft, id mail.OutboxID) {
	for _, at := range d.Attach {
		if len(at.Data) == 0 || !strings.HasPrefix(at.Type, "text/calendar") {
			continue
		}
		inv := invite.Read(string(at.Data), "")
		if inv == nil || inv.Method != "REPLY" || inv.Events[0].UID == "" || len(inv.Events[0].Attendees) != 1 {
			continue
		}
		name, key := invitationKey(inv.Events[0])
		value := fmt.Sprintf("%s %s %d\n", inv.Events[0].Attendees[0].Status, id, inv.Events[0].Sequence)
		before, err := a.store.Learned(ctx, name, key, forever) // which counts where this one is taken back
		if err == nil {
			err = a.store.Learn(ctx, name, key, value+before)
		}
		if err != nil {
			a.log.Warn("remembering an answer", "err", err) // the message is queued, which is what counts
		}
		a.bus.Publish(event.OutboxChanged{ID: id}) // who looked when it was queued did not find the answer
	}
}

// answered gives what the user has answered to an event; "" for nothing, also
// where the answer was taken back before it left, or the event was changed since.
func (a *App) answered(ctx context.Context, e invite.Event) (string, error) {
	name, key := invitationKey(e)
	v, err := a.store.Learned(ctx, name, key, forever)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(v) {
		var status, id string
		var sequence int
		if _, err := fmt.Sscan(line, &status, &id, &sequence); err != nil || e.Sequence > sequence {
			return "", nil
		}
		o, err := a.OutgoingItem(ctx, mail.OutboxID(id))
		switch {
		case errors.Is(err, ErrNotFound), errors.Is(err, store.ErrNotFound): // it left long ago
			return status, nil
		case err != nil:
			return "", err
		case o.State != mail.ItemCancelled:
			return status, nil
		}
	}
	return "", nil
}
