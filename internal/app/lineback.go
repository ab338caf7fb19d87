package app

import (
	"context"
	"slices"
	"time"

	"postea/internal/event"
	"postea/internal/syncer"
)

// downLong is how long an account must have been without its server for its return to say
// something about the line, which others use too.
const downLong = 30 * time.Second

// lines knows since when accounts are without their servers.
type lines map[string]time.Time

// back takes what has become of an account, and tells whether it is back after a while.
func (l lines) back(account string, s syncer.Status, now time.Time) bool {
	since, down := l[account]
	switch {
	case s.Kind == syncer.Connecting:
		return false
	case !s.Retry.IsZero():
		if !down {
			l[account] = now
		}
		return false
	}
	delete(l, account)
	return down && (s.Kind == syncer.Syncing || s.Kind == syncer.Online) && now.Sub(since) >= downLong
}

// watchLine lets everybody try at once who waits because no server was reached, when an
// account has reached its own again: the pauses that have grown meanwhile are meant for
// servers that are down. Until ctx ends.
func (a *App) watchLine(ctx context.Context) {
	sub := a.bus.Subscribe()
	defer sub.Close()
	l := lines{}
	for {
		batch, err := sub.Next(ctx)
		if err != nil {
			return
		}
		if !slices.ContainsFunc(batch, ofAccounts) {
			continue
		}
		back := false
		for _, s := range a.chosen("") {
			back = l.back(s.Name(), s.Status(), a.now()) || back
		}
		if a.backAwake(ctx) || back {
			a.lineBack(ctx)
		}
	}
}

// backAwake tells, once after the machine has slept, that an account was brought in line
// since: where it wakes may be another network, which lets through what the last one did not.
func (a *App) backAwake(ctx context.Context) bool {
	a.mu.Lock()
	woke := a.woke.Truncate(time.Second) // as rounds are noted
	a.mu.Unlock()
	if woke.IsZero() {
		return false
	}
	for _, s := range a.chosen("") {
		if last, err := a.store.LastRound(ctx, s.Name()); err == nil && !last.Before(woke) {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.woke = time.Time{}
			return true
		}
	}
	return false
}

// ofAccounts tells whether an event may be about the state of an account.
func ofAccounts(e event.Event) bool {
	switch e.(type) {
	case event.AccountChanged, event.Overflow:
		return true
	}
	return false
}

func (a *App) lineBack(ctx context.Context) {
	if err := a.outbox.LineBack(ctx); err != nil && ctx.Err() == nil {
		a.log.Error("outbox", "err", err)
	}
	for _, s := range a.chosen("") {
		if !s.Status().Retry.IsZero() {
			s.SyncNow()
		}
	}
}
