package app

import (
	"context"

	"postea/internal/event"
)

// Offline tells whether the user has gone offline.
func (a *App) Offline() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.offline
}

// SetOffline ends all talk with servers, or takes it up again: what is sent and
// changed in between waits. An attempt to send that is under way is finished
// first. The error is a *UsageError where another process talks to the servers.
func (a *App) SetOffline(_ context.Context, offline bool) error {
	a.mu.Lock()
	if !a.isOwner {
		a.mu.Unlock()
		return &UsageError{"Another postea talks to the servers; go offline there"}
	}
	a.offline = offline
	var pause context.CancelFunc
	if offline {
		pause = a.pause
	} else if a.online != nil {
		select {
		case a.online <- struct{}{}:
		default:
		}
	}
	a.mu.Unlock()
	if pause != nil {
		pause()
	}
	for _, acc := range a.cfg.Accounts {
		a.bus.Publish(event.AccountChanged{Account: acc.Name})
	}
	return nil
}

// ToggleOffline is SetOffline to what it is not, and tells what it is then.
func (a *App) ToggleOffline(ctx context.Context) (bool, error) {
	off := !a.Offline()
	return off, a.SetOffline(ctx, off)
}

// untilOnline waits while the user is offline.
func (a *App) untilOnline(ctx context.Context) {
	for a.Offline() {
		select {
		case <-a.online:
		case <-ctx.Done():
			return
		}
	}
}
