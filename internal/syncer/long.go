package syncer

import (
	"context"
	"errors"

	"postea/internal/mail"
	"postea/internal/store"
)

// isLong tells of a message that takes much longer to come than what the user waits for
// should have to wait.
func (a *Account) isLong(p store.Place) bool { return p.Size > prefetchSize && p.Size > 4*a.bodyWindow }

// fetchLong is fetchWhole for a message that takes long and that nobody waits for: in windows,
// between which comes what somebody does, and new mail.
func (a *Account) fetchLong(ctx context.Context, p store.Place, fail func(why string) error) error {
	var raw []byte
	return a.inWindows(ctx, p, windowed{
		section: mail.WholePart, size: p.Size, between: a.attend, fail: fail,
		keep: func(data []byte, _ int64, end bool) (bool, error) {
			if raw = append(raw, data...); end {
				return false, a.keep(ctx, p.ID, raw)
			}
			return true, nil
		},
		atOnce: func() error { return a.fetchWhole(ctx, p, fail) },
	})
}

// elsewhereNow tells whether the server does not have a message any more where it was:
// a UID means something else once a folder was renumbered.
func (a *Account) elsewhereNow(ctx context.Context, p store.Place) (bool, error) {
	now, err := a.store.ServerPlace(ctx, p.ID)
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	return now.Folder != p.Folder || now.UID != p.UID, err
}
