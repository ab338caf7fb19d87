package syncer

import (
	"cmp"
	"context"
	"errors"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/internal/store"
)

const (
	firstBodies   = 256 << 10 // bytes of the first window
	largestBodies = 8 << 20
	bodiesAtOnce  = 1000 // messages in a window
)

// fetchAhead fetches bodies that nobody waits for, those of one folder, in
// windows that grow as long as they take little time; between them it does what
// the user waits for. Bodies that cannot be had are left alone from then on. Of
// large messages the text is enough; whole tells that they come whole where it cannot
// be had by itself.
func (a *Account) fetchAhead(ctx context.Context, places []store.Place, whole bool) error {
	var left []store.Place
	for _, p := range places {
		if !a.noBody[p.ID] {
			left = append(left, p)
		}
	}
	if len(left) == 0 {
		return nil
	}
	f, err := a.store.Folder(ctx, left[0].Folder)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if a.bodies != "all" {
		if left, err = a.textsAhead(ctx, f, left, whole); err != nil || len(left) == 0 {
			return err
		}
	}
	shelf := a.newShelf(ctx)
	err = a.bodyWindows(ctx, f, left, shelf)
	return cmp.Or(err, shelf.close())
}

func (a *Account) bodyWindows(ctx context.Context, f store.FolderState, left []store.Place, shelf *shelf) error {
	all := len(left)
	if all > window {
		defer a.setStatus(Status{Kind: Syncing})
	}
	a.bodyWindow = a.affordable(a.bodyWindow)
	for first := true; len(left) > 0; first = false {
		if all > window {
			a.setStatus(Status{Kind: Syncing, Done: all - len(left), Of: all})
		}
		if err := a.attend(ctx); err != nil {
			return err
		}
		if err := a.lookForMail(ctx); err != nil {
			return err
		}
		if err := a.reselect(ctx, f); unavailable(err) {
			return nil // the next pull finds out
		} else if err != nil {
			return err
		}
		chunk := left[:windowOf(left, a.bodyWindow)]
		if len(chunk) == 1 && a.isLong(chunk[0]) {
			if err := a.bodyAlone(ctx, chunk[0], a.fetchLong); err != nil {
				return err
			}
			left = left[1:]
			continue
		}
		began := time.Now()
		if err := a.bodiesTogether(ctx, f, chunk, shelf); err != nil {
			return err
		}
		if first {
			if err := shelf.flush(); err != nil {
				return err
			}
		}
		took, may := a.lasted(began)
		a.bodyWindow = nextWindow(a.bodyWindow, 1, largestBodies, 2, took, may)
		left = left[len(chunk):]
	}
	return nil
}

// windowOf tells how many messages the next window holds: at least one.
func windowOf(list []store.Place, bytes int64) int {
	for i, p := range list[:min(len(list), bodiesAtOnce)] {
		if bytes -= p.Size; bytes < 0 {
			return max(i, 1)
		}
	}
	return min(len(list), bodiesAtOnce)
}

func sizeOf(list []store.Place) (n int64) {
	for _, p := range list {
		n += p.Size
	}
	return n
}

// bodiesTogether fetches bodies together. Where the server stumbles over one of
// them, what it did not give is asked for again in ever smaller pieces.
func (a *Account) bodiesTogether(ctx context.Context, f store.FolderState, places []store.Place, shelf *shelf) error {
	if len(places) == 1 {
		return a.bodyAlone(ctx, places[0], a.fetchWhole)
	}
	uids := make([]imap.UID, len(places))
	byUID := make(map[imap.UID]store.Place, len(places))
	for i, p := range places {
		uids[i] = imap.UID(p.UID)
		byUID[uids[i]] = p
	}
	err := a.client.FetchBodies(ctx, imap.UIDSetNum(uids...), maxBody, func(uid imap.UID, raw []byte) error {
		p, asked := byUID[uid]
		if !asked {
			return nil
		}
		if len(raw) == 0 && p.Size > 0 {
			return nil // by itself, then
		}
		delete(byUID, uid)
		return shelf.add(p.ID, raw)
	})
	switch {
	case odd(err):
		if err := a.reopen(ctx, f, err); err != nil {
			return err
		}
	case err != nil && !refused(err):
		// Whatever the connection was lost at is closed in upon.
		a.bodyWindow = max(sizeOf(places)/4, 1)
		return err
	}
	var left []store.Place
	for _, p := range places {
		if _, missing := byUID[imap.UID(p.UID)]; missing {
			left = append(left, p)
		}
	}
	step := (len(left) + 1) / 2
	if err == nil || len(left) < len(places) {
		step = 1 // gone, too large or damaged: those are few
	}
	for ; len(left) > 0; left = left[min(step, len(left)):] {
		if err := a.bodiesTogether(ctx, f, left[:min(step, len(left))], shelf); err != nil {
			return err
		}
	}
	return nil
}

// bodyAlone fetches one body. One at which the connection is lost twice is left
// alone too.
func (a *Account) bodyAlone(ctx context.Context, p store.Place, fetch func(context.Context, store.Place, func(string) error) error) error {
	if a.noBody[p.ID] {
		return nil
	}
	err := fetch(ctx, p, func(why string) error {
		a.log.Info("body not fetched", "message", p.ID, "why", why)
		a.noBody[p.ID] = true
		return nil
	})
	if err != nil && ctx.Err() == nil {
		if a.fatal == p.ID {
			a.noBody[p.ID] = true
		}
		a.fatal = p.ID
		a.bodyWindow = 1
	}
	return err
}
