package syncer

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
)

// beside is a second connection for what the user waits to read while the first is
// long at something that cannot be left, as a copy that goes up for minutes or a large
// message that comes. It only reads, and leaves to the first whatever it cannot have.
type beside struct {
	wake chan struct{}
	at   atomic.Int64 // the message of which the first connection fetches something
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
	s := besides{a: a, helper: helper, tried: map[store.WantedPart]bool{}}
	for {
		wait := a.pace.Beside
		if a.Status().Kind == Offline {
			wait *= 5
		}
		sleep(ctx, wait)
		texts, err := s.texts(ctx)
		if err != nil {
			return err
		}
		parts, err := s.parts(ctx)
		if err != nil || texts+parts == 0 {
			return err
		}
	}
}

// besides is what the second connection serves at a time.
type besides struct {
	a, helper *Account
	tried     map[store.WantedPart]bool // by ID and Path, none for a text
}

// texts fetches the texts that are wanted, and tells how many there were.
func (s *besides) texts(ctx context.Context) (int, error) {
	ids, err := s.a.store.Wanted(ctx, s.a.profile.Name)
	for _, id := range ids {
		if err != nil {
			break
		}
		err = s.fetch(ctx, store.WantedPart{ID: id}, func(at store.Place) error {
			return s.helper.fetch(ctx, at, leave)
		})
	}
	return len(ids), err
}

// parts fetches the parts that are wanted, with new texts between their windows, and tells
// how many there were. Where the first connection comes to the same part meanwhile, one of
// both ends at its next window: it is not where the part has come to by then.
func (s *besides) parts(ctx context.Context) (int, error) {
	list, err := s.a.store.WantedParts(ctx, s.a.profile.Name)
	for _, p := range list {
		if err != nil {
			break
		}
		err = s.fetch(ctx, store.WantedPart{ID: p.ID, Path: p.Path}, func(at store.Place) error {
			return s.helper.partInWindows(ctx, at, p, windowed{
				fail: leave,
				between: func(ctx context.Context) error {
					_, err := s.texts(ctx)
					return err
				},
				atOnce: func() error { return nil },
			})
		})
	}
	return len(list), err
}

// leave leaves to the first connection what the second cannot have.
func leave(string) error { return nil }

// fetch fetches something of a message once, if the first connection is at something else.
// The folder is read before the place, and opened before anything is asked for: so a UID
// means what it did, whatever the first connection does.
func (s *besides) fetch(ctx context.Context, what store.WantedPart, get func(at store.Place) error) error {
	if s.tried[what] || mail.ID(s.a.beside.at.Load()) == what.ID || s.a.Status().Kind != Syncing {
		return nil
	}
	s.tried[what] = true
	if s.helper.client == nil || !s.helper.client.Alive() {
		s.helper.hangUp()
		if err := s.helper.connect(ctx); err != nil {
			return err
		}
	}
	at, err := s.a.store.ServerPlace(ctx, what.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	f, err := s.a.store.Folder(ctx, at.Folder)
	if err == nil {
		at, err = s.a.store.ServerPlace(ctx, what.ID)
	}
	if errors.Is(err, store.ErrNotFound) || err == nil && at.Folder != f.ID {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := s.helper.selectFolder(ctx, f); unavailable(err) {
		return nil
	} else if err != nil {
		return err
	}
	return get(at)
}
