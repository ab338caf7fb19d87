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

// spared gives the folders of the mirror that stay although a list leaves them out: some
// servers forget a few for once. One goes when the server says that it is gone, or when
// the list of another round leaves it out too. With changes in it that wait it stays
// until then whatever the server says, unless there are new folders, one of which it may
// have become. The counts of those that are there are added.
func (a *Account) spared(ctx context.Context, list []store.RemoteFolder, counts map[string]*imap.StatusData) ([]store.RemoteFolder, error) {
	missing, others, err := a.store.Unlisted(ctx, a.profile.Name, list)
	if err != nil {
		return nil, err
	}
	since := a.missed
	if since == nil { // the round before was another process's
		since = map[string]int{}
		for _, u := range missing {
			if u.Missed {
				since[u.Wire] = a.rounds
			}
		}
	}
	a.missed = map[string]int{}
	missing = slices.DeleteFunc(missing, func(u store.Unlisted) bool {
		until, before := since[u.Wire]
		return before && a.rounds >= until
	})
	if len(missing) == 0 {
		return nil, nil
	}
	gone, err := a.saidGone(ctx, missing, counts)
	if err != nil {
		return nil, err
	}
	pending, err := a.store.PendingChanges(ctx, a.profile.Name)
	if err != nil {
		return nil, err
	}
	var out []store.RemoteFolder
	for _, u := range missing {
		busy := !u.Gone && !others && slices.ContainsFunc(pending, func(p store.Pending) bool { return p.From == u.ID })
		if gone[u.ID] && !busy {
			continue
		}
		a.missed[u.Wire] = a.rounds + 1
		a.log.Warn("folder not listed", "folder", u.Name, "gone", gone[u.ID])
		u.Missed = true
		out = append(out, u.RemoteFolder)
	}
	return out, nil
}

// saidGone asks for the counts of folders that were not listed; what is refused for good
// is gone.
func (a *Account) saidGone(ctx context.Context, missing []store.Unlisted, counts map[string]*imap.StatusData) (map[mail.FolderID]bool, error) {
	wires := make([]string, len(missing))
	for i, u := range missing {
		wires[i] = u.Wire
	}
	told, err := a.client.Statuses(ctx, wires)
	if err != nil {
		return nil, err
	}
	gone := map[mail.FolderID]bool{}
	for i, u := range missing {
		var e *imapclient.Error
		gone[u.ID] = errors.As(told[i].Err, &e) && e.Kind == imapclient.KindNo && !e.Temporary()
		counts[u.Wire] = told[i].Status
	}
	return gone, nil
}
