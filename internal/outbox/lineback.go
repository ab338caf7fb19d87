package outbox

import (
	"context"
	"maps"
	"slices"
)

// reached notes whether the server of an account answered when it was tried last.
func (w *Worker) reached(account string, yes bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if yes {
		delete(w.unreached, account)
		return
	}
	w.unreached[account] = true
}

// LineBack says that servers can be reached again: what waits because its own could not be, or
// somebody else answered in its place, is tried at once, and not when an hour is over. What a
// server told to wait goes on waiting.
func (w *Worker) LineBack(ctx context.Context) error {
	w.mu.Lock()
	accounts := slices.Sorted(maps.Keys(w.unreached))
	for _, b := range w.blockages {
		if b != nil && b.line {
			b.again = w.now()
		}
	}
	w.mu.Unlock()
	w.Wake()
	for _, account := range accounts {
		if err := w.store.Hasten(ctx, account); err != nil {
			return err
		}
	}
	return nil
}
