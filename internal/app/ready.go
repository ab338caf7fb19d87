package app

import "context"

// KeepReady keeps a connection to the submission server of an account open
// until ctx ends, so that what is being written leaves in one round trip. It
// does so only while this process owns the data directory, and is a favour: that
// it cannot be had is told when something is sent.
func (a *App) KeepReady(ctx context.Context, account string) {
	for !a.owns() {
		if ctx.Err() != nil {
			return
		}
		Sleep(ctx, lookEvery)
	}
	a.outbox.Warm(ctx, account)
}

func (a *App) owns() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.isOwner
}
