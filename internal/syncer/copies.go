package syncer

import (
	"context"
	"errors"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/mail"
	"postea/internal/store"
)

// copyBatch is copies of messages of one folder into another.
type copyBatch struct {
	from, to mail.FolderID
	list     []store.Pending // with the UID of the original
	has      map[mail.UID]bool
}

// copies has the server make the copies that the user wants. As with a move, what
// may have been done without an answer is looked for first.
func (a *Account) copies(ctx context.Context, pending []store.Pending) error {
	var batches []*copyBatch
	for _, p := range pending {
		if p.CopyOf == 0 || p.From != 0 {
			continue
		}
		original, err := a.store.ServerPlace(ctx, p.CopyOf)
		if errors.Is(err, store.ErrNotFound) {
			original = store.Place{}
		} else if err != nil {
			return err
		}
		p.UID = original.UID
		if p.Moving != 0 {
			done, err := a.foundCopy(ctx, p)
			if err != nil {
				return err
			}
			if done {
				continue
			}
		}
		switch {
		case p.To == 0:
			err = a.store.DropCopies(ctx, a.profile.Name, []mail.ID{p.ID}, "")
		case original.UID == 0:
			err = a.copyFromHere(ctx, p)
		default:
			batches = batched(batches, original.Folder, p)
		}
		if err != nil {
			return err
		}
	}
	for _, b := range batches {
		if err := a.copyOnServer(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// batched puts a copy to others that one command makes, of which each is of another message.
func batched(batches []*copyBatch, from mail.FolderID, p store.Pending) []*copyBatch {
	for _, b := range batches {
		if b.from == from && b.to == p.To && !b.has[p.UID] {
			b.list = append(b.list, p)
			b.has[p.UID] = true
			return batches
		}
	}
	return append(batches, &copyBatch{from, p.To, []store.Pending{p}, map[mail.UID]bool{p.UID: true}})
}

// foundCopy looks for a copy whose making had no answer.
func (a *Account) foundCopy(ctx context.Context, p store.Pending) (bool, error) {
	inbox, err := a.store.FolderByRole(ctx, a.profile.Name, mail.RoleInbox)
	if err != nil {
		return false, err
	}
	const key = 1 // findCopies names what it finds by the UID of what was begun
	p.UID = key
	found, _, err := a.findCopies(ctx, inbox.ID, p.Moving, []store.Pending{p})
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	uid, ok := found[key]
	if err != nil || !ok {
		return false, err
	}
	return true, a.store.CopiesDone(ctx, p.Moving, map[mail.ID]mail.UID{p.ID: mail.UID(uid)})
}

func (a *Account) copyOnServer(ctx context.Context, b *copyBatch) error {
	wire, err := a.wireName(ctx, b.to)
	if refused(err) {
		return a.refuseCopies(ctx, b.list, err)
	}
	if err != nil {
		return err
	}
	from, err := a.store.Folder(ctx, b.from)
	if err != nil {
		return err
	}
	switch err := a.reselect(ctx, from); {
	case errors.Is(err, errRekeyed):
		return nil // the next pull finds the originals again
	case refused(err):
		return a.refuseCopies(ctx, b.list, err)
	case err != nil:
		return err
	}
	there, err := a.stillThere(ctx, from, b.list)
	if err != nil || len(there) == 0 {
		if refused(err) {
			return nil
		}
		return err
	}
	if err := a.changesCopies(ctx, there); err != nil {
		return err
	}
	if err := a.store.MoveBegun(ctx, idsOf(there), b.to); err != nil {
		return err
	}
	no, why, err := sift(there, func(list []store.Pending) ([]store.Pending, error) {
		uids, err := a.transfer(ctx, a.client.Copy, uidSet(list), b.to, wire)
		if err != nil {
			return list, err
		}
		return nil, a.copyDone(ctx, b.to, list, uids)
	})
	if len(no) > 0 {
		if err := a.refuseCopies(ctx, no, why); err != nil {
			return err
		}
	}
	return a.forNow("copy", err)
}

func (a *Account) copyDone(ctx context.Context, to mail.FolderID, list []store.Pending, uids map[imap.UID]imap.UID) error {
	done := map[mail.ID]mail.UID{}
	for _, p := range list {
		uid := uids[imap.UID(p.UID)]
		if uid == 0 {
			a.stale[to] = true // its pull finds the copy
		}
		done[p.ID] = mail.UID(uid)
	}
	return a.store.CopiesDone(ctx, to, done)
}

// copyFromHere puts the bytes of a message into a folder whose original the
// server does not have any more.
func (a *Account) copyFromHere(ctx context.Context, p store.Pending) error {
	raw, err := a.store.Body(ctx, p.ID)
	if errors.Is(err, store.ErrNotFound) {
		return a.store.DropCopies(ctx, a.profile.Name, []mail.ID{p.ID}, "A message could not be copied: it is no longer on the server.")
	}
	if err != nil {
		return err
	}
	wire, err := a.wireName(ctx, p.To)
	if err == nil {
		if err := a.store.MoveBegun(ctx, []mail.ID{p.ID}, p.To); err != nil {
			return err
		}
		var uid imap.UID
		var at time.Time
		if m, err := a.store.Summary(ctx, p.ID); err == nil {
			at = m.Date
		}
		if uid, err = a.client.Append(ctx, wire, imapclient.NewMessage{At: at, Raw: raw}); err == nil {
			if uid == 0 {
				a.stale[p.To] = true
			}
			return a.store.CopiesDone(ctx, p.To, map[mail.ID]mail.UID{p.ID: mail.UID(uid)})
		}
	}
	if refused(err) {
		return a.refuseCopies(ctx, []store.Pending{p}, err)
	}
	return err
}

func (a *Account) refuseCopies(ctx context.Context, list []store.Pending, err error) error {
	if temporary(err) {
		a.log.Info("copying waits", "err", err)
		return nil
	}
	return a.store.DropCopies(ctx, a.profile.Name, idsOf(list), a.refusal("copy", len(list), err))
}
