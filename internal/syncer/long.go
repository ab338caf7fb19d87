package syncer

import (
	"context"
	"errors"
	"fmt"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/internal/mail"
	"postea/internal/store"
)

// isLong tells of a message that takes much longer to come than what the user waits for
// should have to wait.
func (a *Account) isLong(p store.Place) bool { return p.Size > prefetchSize && p.Size > 4*a.bodyWindow }

// fetchLong is fetchWhole for a message that takes long and that nobody waits for: in windows,
// between which comes what somebody does, and new mail.
func (a *Account) fetchLong(ctx context.Context, p store.Place, fail func(why string) error) error {
	if p.Size > maxBody {
		return fail(fmt.Sprintf("it is larger than %d MB", maxBody>>20))
	}
	var raw []byte
	size, looked := max(a.affordable(firstBodies), leastOfPart), time.Now()
	for {
		if moved, err := a.elsewhereNow(ctx, p); err != nil || moved {
			return err
		}
		if _, ok, err := a.openFor(ctx, p, fail); err != nil || !ok {
			return err
		}
		began := time.Now()
		data, err := a.client.FetchWindow(ctx, imap.UID(p.UID), mail.WholePart, int64(len(raw)), size)
		if windowless(err) {
			return a.fetchWhole(ctx, p, fail)
		}
		if err != nil {
			return a.notGiven(ctx, err, fail)
		}
		raw = append(raw, data...)
		n := int64(len(data))
		switch {
		case len(raw) == 0:
			return fail("the server gives nothing of it")
		case len(raw) > maxBody:
			return fail(fmt.Sprintf("it is larger than %d MB", maxBody>>20))
		case n == 0 || n < size && int64(len(raw)) >= p.Size:
			return a.keep(ctx, p.ID, raw)
		}
		took, may := a.lasted(began)
		size = nextWindow(size, leastOfPart, largestBodies, 2, took, may)
		if err := a.attend(ctx); err != nil {
			return err
		}
		if time.Since(looked) > lookMeanwhile {
			if err := a.lookForMail(ctx); err != nil {
				return err
			}
			looked = time.Now()
		}
	}
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
