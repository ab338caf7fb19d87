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

// settleMoves cleans up behind moves that had no answer and that the user has
// since thought better of: on a server without MOVE the message may be in both
// folders. A move that is still wanted is just done again, and one that was done
// whole is found by the pulls. The messages are given of which it cannot be told yet.
func (a *Account) settleMoves(ctx context.Context, pending []store.Pending) (open map[mail.ID]bool, err error) {
	type way struct{ from, to mail.FolderID }
	doubts := map[way][]store.Pending{}
	for _, p := range pending {
		if p.Moving != 0 && p.Moving != p.To && p.From != 0 && p.UID != 0 {
			w := way{p.From, p.Moving}
			doubts[w] = append(doubts[w], p)
		}
	}
	open = map[mail.ID]bool{}
	for w, list := range doubts {
		if err := a.settle(ctx, w.from, w.to, list, open); err != nil && !refused(err) && !errors.Is(err, errRekeyed) && !errors.Is(err, store.ErrNotFound) {
			return open, err
		}
	}
	return open, nil
}

func (a *Account) settle(ctx context.Context, from, to mail.FolderID, list []store.Pending, open map[mail.ID]bool) error {
	source, err := a.store.Folder(ctx, from)
	if err != nil {
		return err
	}
	if err := a.reselect(ctx, source); err != nil {
		return err
	}
	if list, err = a.stillThere(ctx, source, list); err != nil || len(list) == 0 {
		return err
	}
	copies, _, err := a.findCopies(ctx, from, to, list)
	if err != nil {
		return err
	}
	if len(copies) > 0 {
		target, err := a.store.Folder(ctx, to)
		if err != nil {
			return err
		}
		before, err := a.store.Unnumbered(ctx, to)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(p store.Pending) bool {
			if copies[imap.UID(p.UID)] == 0 || !before[p.Ident] {
				return false
			}
			a.stale[to], open[p.ID] = true, true // what was found may have been there before the move
			delete(copies, imap.UID(p.UID))
			return true
		})
		if len(copies) == 0 {
			return a.store.MoveEnded(ctx, idsOf(list))
		}
		if err := a.reselect(ctx, target); err != nil {
			return err
		}
		var set imap.UIDSet
		var uids []mail.UID
		for _, uid := range copies {
			set.AddNum(uid)
			uids = append(uids, mail.UID(uid))
		}
		if err := a.client.Expunge(ctx, set); err != nil {
			return err
		}
		if err := a.leftBehind(ctx, to, uids); err != nil {
			return err
		}
	}
	return a.store.MoveEnded(ctx, idsOf(list))
}

// findCopies looks in a folder for messages whose move or copy there had no
// answer, and opens their old folder again. It gives the UIDs by the old ones,
// and the flags. A message that the mirror knows already is another copy.
func (a *Account) findCopies(ctx context.Context, from, to mail.FolderID, begun []store.Pending) (map[imap.UID]imap.UID, []store.FlagUpdate, error) {
	found := map[imap.UID]imap.UID{}
	if len(begun) == 0 {
		return found, nil, nil
	}
	source, err := a.store.Folder(ctx, from)
	if err != nil {
		return nil, nil, err
	}
	target, err := a.store.Folder(ctx, to)
	if err != nil {
		return nil, nil, err
	}
	switch _, err := a.selectFolder(ctx, target); {
	case refused(err):
		return found, nil, a.reselect(ctx, source) // nothing was put there
	case err != nil && !errors.Is(err, errRekeyed):
		return nil, nil, err
	}
	known, err := a.store.ServerUIDs(ctx, to)
	if err != nil {
		return nil, nil, err
	}
	var set imap.UIDSet
	unnamed, err := a.unnamed(ctx, target, known, begun)
	if err != nil && !refused(err) {
		return nil, nil, err
	}
	for _, p := range begun {
		uids := unnamed[p.Ident]
		if p.MessageID != "" {
			uids, err = a.carrying(ctx, p.MessageID)
		}
		if err != nil && !refused(err) {
			return nil, nil, err
		}
		for _, uid := range uids {
			// What lies below the floor was there before.
			if _, other := known[mail.UID(uid)]; !other && mail.UID(uid) >= target.Reach.Floor {
				found[imap.UID(p.UID)] = uid
				known[mail.UID(uid)] = nil // taken
				set.AddNum(uid)
				break
			}
		}
	}
	var flags []store.FlagUpdate
	if len(set) > 0 {
		err := a.client.FetchFlags(ctx, set, 0, func(m imapclient.Message) error {
			flags = append(flags, store.FlagUpdate{UID: mail.UID(m.UID), Flags: flagsOf(m)})
			return nil
		})
		if err != nil && !refused(err) {
			return nil, nil, err
		}
	}
	return found, flags, a.reselect(ctx, source)
}

// maxUnnamed is how many messages that the mirror does not know are looked at.
const maxUnnamed = 500

// unnamed gives messages of the open folder that the mirror does not know, by what those
// of begun are recognised by that have no Message-ID: where two of these are alike, none
// is, lest one be taken for the other.
func (a *Account) unnamed(ctx context.Context, target store.FolderState, known map[mail.UID][]string, begun []store.Pending) (map[string][]imap.UID, error) {
	alike := map[string]int{}
	for _, p := range begun {
		if p.MessageID == "" && p.Ident != "" {
			alike[p.Ident]++
		}
	}
	if len(alike) == 0 {
		return nil, nil
	}
	uids, err := a.client.UIDs(ctx)
	if err != nil {
		return nil, err
	}
	uids = slices.DeleteFunc(uids, func(u imap.UID) bool {
		_, is := known[mail.UID(u)]
		return is || mail.UID(u) < target.Reach.Floor
	})
	uids = uids[max(0, len(uids)-maxUnnamed):] // a copy comes last
	out := map[string][]imap.UID{}
	if len(uids) == 0 {
		return out, nil
	}
	err = a.client.FetchHeaders(ctx, imap.UIDSetNum(uids...), func(m imapclient.Message) error {
		if h := header(m); h.MessageID == "" && alike[store.Ident(h)] == 1 {
			out[store.Ident(h)] = append(out[store.Ident(h)], m.UID)
		}
		return nil
	})
	return out, err
}
