package syncer

import (
	"context"
	"errors"
	"slices"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/mail"
	"postea/internal/store"
)

func (a *Account) move(ctx context.Context, b *batch) error {
	wire, err := a.wireName(ctx, b.to)
	switch {
	case refused(err):
		return a.refuse(ctx, b.list, "make the folder for", err)
	case err != nil:
		return err
	case !a.client.Caps().Has(imap.CapMove):
		return a.copyAndErase(ctx, b, wire)
	}
	if err := a.store.MoveBegun(ctx, idsOf(b.list), b.to); err != nil {
		return err
	}
	uids, err := a.transfer(ctx, a.client.Move, b.set(), wire)
	return a.moved(ctx, b, b.list, uids, err)
}

type transfer func(context.Context, imap.UIDSet, string) (map[imap.UID]imap.UID, error)

// transfer runs a MOVE or COPY, creating the target if the server asks for that.
func (a *Account) transfer(ctx context.Context, do transfer, set imap.UIDSet, wire string) (map[imap.UID]imap.UID, error) {
	uids, err := do(ctx, set, wire)
	if tryCreate(err) {
		if err := a.client.CreateWire(ctx, wire); err != nil {
			return uids, err
		}
		return do(ctx, set, wire)
	}
	return uids, err
}

func tryCreate(err error) bool {
	var e *imapclient.Error
	return errors.As(err, &e) && e.Kind == imapclient.KindNo && e.Code == imap.ResponseCodeTryCreate
}

// moved records how far a move has come: with an error, as far as new UIDs were
// told.
func (a *Account) moved(ctx context.Context, b *batch, list []store.Pending, uids map[imap.UID]imap.UID, err error) error {
	done := map[mail.ID]mail.UID{}
	var left []store.Pending
	for _, p := range list {
		uid, told := uids[imap.UID(p.UID)]
		switch {
		case told || err == nil:
			done[p.ID] = mail.UID(uid)
		default:
			left = append(left, p)
		}
		if !told {
			a.stale[b.to] = true // its pull finds the message
		}
	}
	if len(done) > 0 {
		if err := a.store.MoveDone(ctx, b.to, done); err != nil {
			return err
		}
	}
	if refused(err) {
		return a.refuse(ctx, left, "move", err)
	}
	return err
}

// copyAndErase is a move on a server without MOVE (RFC 6851). Between its halves
// the line may be lost, so what may have been copied is looked for before it is
// copied again.
func (a *Account) copyAndErase(ctx context.Context, b *batch, wire string) error {
	begun := slices.DeleteFunc(slices.Clone(b.list), func(p store.Pending) bool { return p.Moving != b.to })
	copied, flags, err := a.findCopies(ctx, b.from, b.to, begun)
	if err != nil {
		return err
	}
	var rest, done []store.Pending
	for _, p := range b.list {
		if _, ok := copied[imap.UID(p.UID)]; ok {
			done = append(done, p)
		} else {
			rest = append(rest, p)
		}
	}
	if len(rest) > 0 {
		if err := a.store.MoveBegun(ctx, idsOf(rest), b.to); err != nil {
			return err
		}
		uids, err := a.transfer(ctx, a.client.Copy, uidSet(rest), wire)
		if refused(err) {
			if err := a.refuse(ctx, rest, "move", err); err != nil {
				return err
			}
			rest = nil
		} else if err != nil {
			return err
		}
		done = append(done, rest...)
		for from, to := range uids {
			copied[from] = to
		}
	}
	if len(done) == 0 {
		return nil
	}
	err = a.expunge(ctx, done)
	if refused(err) {
		// The copies are there; the originals stay what they were.
		a.stale[b.to] = true
		return a.refuse(ctx, done, "delete the originals of", err)
	}
	if err != nil {
		return err
	}
	if err := a.moved(ctx, b, done, copied, nil); err != nil {
		return err
	}
	// A copy made before has the flags of that time.
	if err := a.store.FlagsFound(ctx, b.to, flags); err != nil {
		return err
	}
	return a.leftBehind(ctx, b.from, done)
}
