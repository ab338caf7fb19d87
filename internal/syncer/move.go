package syncer

import (
	"context"
	"errors"
	"maps"
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
	no, why, err := sift(b.list, func(list []store.Pending) ([]store.Pending, error) {
		uids, err := a.transfer(ctx, a.client.Move, uidSet(list), b.to, wire)
		left, err := a.moved(ctx, b, list, uids, err)
		a.tookOut(b.from, len(list)-len(left))
		return left, err
	})
	return a.ended(ctx, no, "move", why, err)
}

// ended takes back what sift has found to be refused. What is refused for now waits.
func (a *Account) ended(ctx context.Context, no []store.Pending, what string, why, err error) error {
	if err := a.refuse(ctx, no, what, why); err != nil {
		return err
	}
	return a.forNow(what, err)
}

// forNow lets what is refused for now wait.
func (a *Account) forNow(what string, err error) error {
	if temporary(err) {
		a.log.Info("change waits", "what", what, "err", err)
		return nil
	}
	return err
}

type transfer func(context.Context, imap.UIDSet, string) (imapclient.Copied, error)

// transfer runs a MOVE or COPY, creating the target if the server asks for that, and
// gives the new UIDs as far as they mean something.
func (a *Account) transfer(ctx context.Context, do transfer, set imap.UIDSet, to mail.FolderID, wire string) (map[imap.UID]imap.UID, error) {
	got, err := do(ctx, set, wire)
	if tryCreate(err) {
		if err := a.client.CreateWire(ctx, wire); err != nil {
			return got.UIDs, err
		}
		got, err = do(ctx, set, wire)
	}
	target, serr := a.store.Folder(ctx, to)
	if serr != nil {
		return nil, serr
	}
	if len(got.UIDs) > 0 && target.UIDValidity != 0 && got.UIDValidity != target.UIDValidity {
		// UIDs of other messages: the folder was renumbered, or the server is wrong.
		a.log.Warn("new places are under another UIDVALIDITY", "folder", target.Name)
		clear(got.UIDs)
	}
	return got.UIDs, err
}

func tryCreate(err error) bool {
	var e *imapclient.Error
	return errors.As(err, &e) && e.Kind == imapclient.KindNo && e.Code == imap.ResponseCodeTryCreate
}

// moved records how far a move has come: with an error, as far as new UIDs were
// told. It gives what is left, and that error.
func (a *Account) moved(ctx context.Context, b *batch, list []store.Pending, uids map[imap.UID]imap.UID, err error) (left []store.Pending, _ error) {
	done := map[mail.ID]mail.UID{}
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
			return nil, err
		}
	}
	return left, err
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
	if err := a.store.MoveBegun(ctx, idsOf(rest), b.to); err != nil {
		return err
	}
	no, why, err := sift(rest, func(list []store.Pending) ([]store.Pending, error) {
		uids, err := a.transfer(ctx, a.client.Copy, uidSet(list), b.to, wire)
		if err != nil {
			return list, err
		}
		done = append(done, list...)
		maps.Copy(copied, uids)
		return nil, nil
	})
	if err := a.ended(ctx, no, "move", why, err); err != nil {
		return err
	}
	no, why, err = sift(done, func(list []store.Pending) ([]store.Pending, error) {
		if err := a.expunge(ctx, list); err != nil {
			return list, err
		}
		if _, err := a.moved(ctx, b, list, copied, nil); err != nil {
			return nil, err
		}
		return nil, a.leftBehind(ctx, b.from, uidsOf(list))
	})
	if len(no) > 0 {
		a.stale[b.to] = true // the copies are there; the originals stay what they were
	}
	if err := a.ended(ctx, no, "delete the originals of", why, err); err != nil {
		return err
	}
	// A copy made before has the flags of that time.
	return a.store.FlagsFound(ctx, b.to, flags)
}
