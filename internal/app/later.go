package app

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"postea/internal/mail"
)

// SendLater is Send at a time as people write it ("tomorrow 9:00"). The error
// says how to write it where it is not understood.
func (a *App) SendLater(ctx context.Context, d mail.Draft, text string) (mail.OutboxID, time.Time, error) {
	at, err := a.dates.Parse(text, a.now())
	if err != nil {
		return "", time.Time{}, &UsageError{err.Error()}
	}
	id, err := a.SendAt(ctx, d, at, mail.HeldForSchedule)
	return id, at, err
}

// Reschedule lets a message that waits leave at another time.
func (a *App) Reschedule(ctx context.Context, id mail.OutboxID, text string) (time.Time, error) {
	at, err := a.dates.Parse(text, a.now())
	if err != nil {
		return time.Time{}, &UsageError{err.Error()}
	}
	return at, a.store.Schedule(ctx, id, at)
}

// Redirect sends the same bytes to another address in place of a recipient that
// failed, and to nobody else.
func (a *App) Redirect(ctx context.Context, id mail.OutboxID, failed, to string) (mail.OutboxID, error) {
	list, err := mail.ParseAddressList(to)
	if err != nil {
		return "", &UsageError{err.Error()}
	}
	if len(list) != 1 {
		return "", &UsageError{"give one address"}
	}
	return a.store.Redirect(ctx, id, failed, list[0].Address, strings.ToLower(rand.Text()))
}
