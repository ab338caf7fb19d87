package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/owner"
	"postea/internal/reading"
	"postea/internal/syncer"
)

// textPatience is how long somebody who answers a message waits for its text.
const textPatience = 5 * time.Second

// readableSoon is Readable for who has just asked for something that needs the text: where
// that is at the server it is fetched, and waited for as long as somebody at the keyboard
// may. The error is ErrNotHere where it does not come in that time, or at once where it
// cannot, and a *UsageError where the server does not give it.
func (a *App) readableSoon(ctx context.Context, id mail.ID) (*reading.Message, mail.Summary, error) {
	sub := a.bus.Subscribe()
	defer sub.Close()
	m, sum, err := a.Readable(ctx, id)
	if !errors.Is(err, ErrNotHere) {
		return m, sum, err
	}
	if err := a.store.Want(ctx, id); err != nil {
		return nil, sum, err
	}
	if !a.fetches(sum.Account) {
		return nil, sum, ErrNotHere
	}
	limit, cancel := context.WithTimeout(ctx, textPatience)
	defer cancel()
	for {
		wait, cancel := context.WithTimeout(limit, lookAgain) // another process has other events
		batch, _ := sub.Next(wait)
		cancel()
		if m, sum, err = a.Readable(ctx, id); !errors.Is(err, ErrNotHere) || limit.Err() != nil {
			return m, sum, err
		}
		i := slices.IndexFunc(batch, func(e event.Event) bool {
			b, is := e.(event.BodyArrived)
			return is && b.ID == id && b.Failed != ""
		})
		if i >= 0 {
			return nil, sum, &UsageError{"It could not be fetched: " + reading.Line(batch[i].(event.BodyArrived).Failed).String()}
		}
	}
}

// fetches tells whether somebody is about to fetch what is wanted of an account: this
// process while it is connected, or another one.
func (a *App) fetches(account string) bool {
	if !a.owns() {
		return owner.Wake(a.store.Dir())
	}
	return a.connected(account)
}

// connected tells whether this process talks to the server of an account, or is about to.
func (a *App) connected(account string) bool {
	return !a.Offline() && slices.ContainsFunc(a.chosen(account), func(s *syncer.Account) bool {
		return reaching(s.Status().Kind)
	})
}
