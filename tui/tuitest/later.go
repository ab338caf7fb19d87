package tuitest

import (
	"context"
	"time"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/when"
)

// SendAndArchive implements tui.Backend.
func (b *Backend) SendAndArchive(ctx context.Context, d mail.Draft) (mail.OutboxID, time.Time, error) {
	var thread mail.ThreadID
	b.Do(func() {
		for _, m := range b.Messages {
			if m.ID == d.ReplyTo || m.ID == d.Forwards {
				thread = m.Thread
			}
		}
	})
	if _, err := b.Archive(ctx, app.Place{Kind: app.PlaceAllInboxes}, []mail.ThreadID{thread}); err != nil {
		return "", time.Time{}, err
	}
	return b.Send(ctx, d)
}

// SendLater implements tui.Backend.
func (b *Backend) SendLater(ctx context.Context, d mail.Draft, text string) (mail.OutboxID, time.Time, error) {
	at, err := when.Style{}.Parse(text, time.Now().UTC())
	if err != nil {
		return "", at, err
	}
	id, _, err := b.Send(ctx, d)
	if err != nil {
		return "", at, err
	}
	return id, at, b.outgoing("SendLater", id, func(o *app.OutboxItem) { o.HeldFor, o.NotBefore = mail.HeldForSchedule, at })
}

// Reschedule implements tui.Backend.
func (b *Backend) Reschedule(_ context.Context, id mail.OutboxID, text string) (time.Time, error) {
	at, err := when.Style{}.Parse(text, time.Now().UTC())
	if err != nil {
		return at, err
	}
	return at, b.outgoing("Reschedule", id, func(o *app.OutboxItem) {
		o.State, o.HeldFor, o.NotBefore = mail.ItemHeld, mail.HeldForSchedule, at
	})
}

// Redirect implements tui.Backend.
func (b *Backend) Redirect(_ context.Context, id mail.OutboxID, failed, to string) (mail.OutboxID, error) {
	return "o900", b.outgoing("Redirect", id, func(o *app.OutboxItem) {
		b.Redirected = append(b.Redirected, failed+" to "+to)
		for i := range o.Recipients {
			if o.Recipients[i].Address.String() == failed {
				o.Recipients[i].Settled = true
			}
		}
	})
}
