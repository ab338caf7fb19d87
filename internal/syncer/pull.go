package syncer

import (
	"context"
	"errors"
	"slices"
	"strings"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/mail"
	"postea/internal/store"
)

// pull brings the mirror of a folder in line with the server.
func (a *Account) pull(ctx context.Context, id mail.FolderID) error {
	f, err := a.store.Folder(ctx, id)
	if err != nil {
		return err
	}
	look, err := a.question(ctx, f)
	if err != nil {
		return err
	}
	a.selected = 0
	if err := a.client.Look(ctx, look); err != nil {
		return err
	}
	if look.Data != nil {
		a.selected = id
	}
	return a.absorb(ctx, f, look)
}

// takeList takes over the state of a folder by the list of its UIDs; those that came
// just before need not be asked for again.
func (a *Account) takeList(ctx context.Context, f store.FolderState, look *imapclient.Look, came ...imap.UID) error {
	if a.deeper(f) && len(look.Within) > 0 { // renumbered since the question was put
		return a.pullListed(ctx, f)
	}
	if short(f, look) {
		look = &imapclient.Look{Wire: f.Wire, List: true}
		a.selected = 0
		if err := a.client.Look(ctx, look); err != nil {
			return err
		}
		switch {
		case look.Err != nil:
			return look.Err
		case look.Data == nil:
			return errNoValidity
		}
		a.selected = f.ID
		var err error
		if f, err = a.opened(ctx, f, look.Data); err != nil && !errors.Is(err, errRekeyed) {
			return err
		}
	}
	known, err := a.store.ServerUIDs(ctx, f.ID)
	if err != nil {
		return err
	}
	uids, err := a.reach(ctx, f, look, known)
	if err != nil {
		return err
	}
	fresh, kept, vanished := compare(known, uids)
	if err := a.store.Vanished(ctx, f.ID, vanished); err != nil {
		return err
	}
	kept = slices.DeleteFunc(kept, func(u imap.UID) bool { return slices.Contains(came, u) })
	if err := a.flags(ctx, f, look.Data, known, kept); err != nil {
		return err
	}
	if err := a.headers(ctx, f, fresh, len(came)); err != nil {
		return err
	}
	if !a.stale[f.ID] { // else this was not the whole truth
		if err := a.store.DropUnclaimed(ctx, f.ID); err != nil {
			return err
		}
	}
	return a.store.SetFolderState(ctx, f.ID, uint32(look.Data.UIDNext), look.Data.HighestModSeq, true)
}

// short tells of a list with fewer messages than the folder is said to have, as servers
// give that search no further than a limit: what is not listed is not gone. A look at one
// folder makes up for it (imapclient.Look). What lies below the floor of a folder does not
// become more.
func short(f store.FolderState, look *imapclient.Look) bool {
	there := int(look.Data.NumMessages)
	if len(look.Within) > 0 {
		return there-countUIDs(look.UIDs, look) > f.Reach.Older
	}
	return len(look.UIDs) < there
}

// compare sorts UIDs into new ones (newest first), known ones, and known ones
// that are gone.
func compare(known map[mail.UID][]string, uids []imap.UID) (fresh, kept []imap.UID, vanished []mail.UID) {
	there := make(map[mail.UID]bool, len(uids))
	for _, u := range uids {
		there[mail.UID(u)] = true
		if _, ok := known[mail.UID(u)]; ok {
			kept = append(kept, u)
		} else {
			fresh = append(fresh, u)
		}
	}
	for u := range known {
		if !there[u] {
			vanished = append(vanished, u)
		}
	}
	slices.Sort(vanished)
	slices.SortFunc(fresh, func(x, y imap.UID) int { return int(int64(y) - int64(x)) })
	return fresh, kept, vanished
}

const (
	flagChunk = 1000 // updates stored together
	// recentFlags is how many messages have their flags looked at between
	// thorough rounds where the server cannot tell what has changed.
	recentFlags = 500
)

// flags takes over the flags of messages already in the mirror: what changed
// since the last pull where the server can say that (RFC 7162 §3.1.4), all of
// them otherwise.
func (a *Account) flags(ctx context.Context, f store.FolderState, sel *imap.SelectData, known map[mail.UID][]string, kept []imap.UID) error {
	since := uint64(0)
	// A lower HIGHESTMODSEQ than before means that the server has lost count.
	if f.Complete && f.ModSeq > 0 && sel.HighestModSeq >= f.ModSeq {
		since = f.ModSeq
	}
	switch {
	case since > 0 && since == sel.HighestModSeq:
		return nil
	case since == 0 && f.Complete && !a.thorough && sel.HighestModSeq == 0:
		// With a new count of changes all are looked at: from now on it is relied on.
		kept = kept[max(0, len(kept)-recentFlags):]
	}
	if len(kept) == 0 {
		return nil
	}
	var updates []store.FlagUpdate
	err := a.client.FetchFlags(ctx, imap.UIDSetNum(kept...), since, func(m imapclient.Message) error {
		if a.half(m) {
			return nil
		}
		now := flagsOf(m)
		if was, ok := known[mail.UID(m.UID)]; !ok || sameFlags(was, now) {
			return nil
		}
		updates = append(updates, store.FlagUpdate{UID: mail.UID(m.UID), Flags: now})
		if len(updates) < flagChunk {
			return nil
		}
		chunk := updates
		updates = nil
		return a.store.SetServerFlags(ctx, f.ID, chunk)
	})
	if refused(err) {
		// What came is true (RFC 2180 §4.1.2), and the rest is no reason to see no new mail.
		a.log.Info("flags not told of all messages", "folder", f.Name, "err", err)
		sel.HighestModSeq, err = 0, nil // asked for again
	}
	if err != nil || len(updates) == 0 {
		return err
	}
	return a.store.SetServerFlags(ctx, f.ID, updates)
}

func flagStrings(flags []imap.Flag) []string {
	out := make([]string, len(flags))
	for i, f := range flags {
		out[i] = string(f)
	}
	return out
}

// sameFlags compares without order and case.
func sameFlags(x, y []string) bool {
	return len(x) == len(y) && !slices.ContainsFunc(x, func(f string) bool {
		return !slices.ContainsFunc(y, func(g string) bool { return strings.EqualFold(f, g) })
	})
}
