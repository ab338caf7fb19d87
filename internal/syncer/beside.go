package syncer

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
)

// beside is a second connection for the texts that the user waits for while the first is
// long at something that cannot be left, as a copy that goes up for minutes or a large
// message that comes. It only reads, and leaves to the first whatever it cannot have.
type beside struct {
	wake chan struct{}
	at   atomic.Int64 // the message whose text the first connection fetches
}

const (
	besideKept = time.Minute     // without anything to fetch
	besideRest = 5 * time.Minute // after it could not be had
)

// standBy serves until ctx ends.
func (a *Account) standBy(ctx context.Context) {
	helper := New(Options{Store: a.store, Account: a.profile, Log: a.log, Now: a.now, Bodies: a.bodies, Timeouts: a.timeouts, Pace: a.pace})
	helper.readOnly = true
	defer helper.hangUp()
	for ctx.Err() == nil {
		if !a.summoned(ctx, helper.client != nil) {
			helper.hangUp()
			continue
		}
		if err := a.serveBeside(ctx, helper); err != nil && ctx.Err() == nil {
			helper.hangUp()
			a.log.Info("second connection", "err", err)
			sleep(ctx, besideRest)
		}
	}
}

// summoned waits until there may be something to do; false where a connection is not
// needed any more.
func (a *Account) summoned(ctx context.Context, connected bool) bool {
	var idle <-chan time.Time
	if connected {
		t := time.NewTimer(besideKept)
		defer t.Stop()
		idle = t.C
	}
	select {
	case <-a.beside.wake:
		return true
	case <-idle:
	case <-ctx.Done():
	}
	return false
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// serveBeside fetches what is wanted as long as the first connection does not.
func (a *Account) serveBeside(ctx context.Context, helper *Account) error {
	tried := map[mail.ID]bool{}
	for {
		wait := a.pace.Beside
		if a.Status().Kind == Offline {
			wait *= 5
		}
		sleep(ctx, wait)
		ids, err := a.store.Wanted(ctx, a.profile.Name)
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			if tried[id] || mail.ID(a.beside.at.Load()) == id || a.Status().Kind != Syncing {
				continue
			}
			tried[id] = true
			if helper.client == nil || !helper.client.Alive() {
				helper.hangUp()
				if err := helper.connect(ctx); err != nil {
					return err
				}
			}
			if err := helper.fetchBeside(ctx, id); err != nil {
				return err
			}
		}
	}
}

// fetchBeside fetches one text. The folder is read before the place, and opened before
// anything is asked for: so a UID means what it did, whatever the first connection does.
func (a *Account) fetchBeside(ctx context.Context, id mail.ID) error {
	at, err := a.store.ServerPlace(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	f, err := a.store.Folder(ctx, at.Folder)
	if err == nil {
		at, err = a.store.ServerPlace(ctx, id)
	}
	if errors.Is(err, store.ErrNotFound) || err == nil && at.Folder != f.ID {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := a.selectFolder(ctx, f); unavailable(err) {
		return nil
	} else if err != nil {
		return err
	}
	return a.fetch(ctx, at, func(string) error { return nil })
}
