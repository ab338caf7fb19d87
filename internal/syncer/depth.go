package syncer

import (
	"context"
	"slices"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/mail"
	"postea/internal/store"
)

// depth is the account's setting as the store knows it.
func (a *Account) depth() string {
	if a.profile.Depth.All() {
		return ""
	}
	return a.profile.Depth.String()
}

// deeper tells whether it must be seen anew how much of a folder is kept here.
func (a *Account) deeper(f store.FolderState) bool {
	return f.Reach.Depth != a.depth() || f.Reach.More > 0
}

// maxApart is how many messages below the floor of a folder are named one by one.
const maxApart = 200

// within are the UIDs of a folder that are looked at: those from its floor on, and
// those that a search has brought here from below it. Empty is all.
func (a *Account) within(ctx context.Context, f store.FolderState) (imap.UIDSet, error) {
	if f.Reach.Floor <= 1 || a.deeper(f) {
		return nil, nil
	}
	apart, err := a.store.ServerUIDsBetween(ctx, f.ID, 1, f.Reach.Floor-1)
	if err != nil || len(apart) > maxApart {
		return nil, err
	}
	var set imap.UIDSet
	for _, uid := range apart {
		set.AddNum(imap.UID(uid))
	}
	set.AddRange(imap.UID(f.Reach.Floor), 0)
	return set, nil
}

// reach decides, by a list of the UIDs of a folder, how much of it is kept, and
// records it. It gives the UIDs of that. A message that is here stays, whatever
// the setting has become.
func (a *Account) reach(ctx context.Context, f store.FolderState, look *imapclient.Look, known map[mail.UID][]string) ([]imap.UID, error) {
	now := f.Reach
	if a.deeper(f) { // then the list is whole
		floor, err := a.floor(ctx, f, look.UIDs, known)
		if err != nil {
			return nil, err
		}
		now = store.Reach{Depth: a.depth(), Floor: floor}
	}
	uids := slices.DeleteFunc(slices.Clone(look.UIDs), func(u imap.UID) bool {
		_, have := known[mail.UID(u)]
		return !have && mail.UID(u) < now.Floor
	})
	now.Older = 0
	if now.Floor > 1 {
		there := int(look.Data.NumMessages)
		if len(look.Within) == 0 {
			there = len(look.UIDs)
		}
		// What has come since the folder was counted is above its UIDNEXT.
		now.Older = max(0, there-countUIDs(uids, look))
	}
	if now.Older == 0 && len(look.Within) == 0 {
		now.Floor = 0 // nothing is left out
	}
	if now == f.Reach {
		return uids, nil
	}
	return uids, a.store.SetReach(ctx, f.ID, f.Reach, now)
}

// countUIDs counts those of uids that the count of a look speaks of.
func countUIDs(uids []imap.UID, look *imapclient.Look) int {
	if next := look.Data.UIDNext; next > 0 && len(look.Within) > 0 {
		n, _ := slices.BinarySearch(uids, next)
		return n
	}
	return len(uids)
}

// floor chooses the lowest UID from which on all messages are kept; 0 is all. UIDs
// rise with arrival (RFC 9051 §2.3.1.1), so that the newest have the highest.
func (a *Account) floor(ctx context.Context, f store.FolderState, uids []imap.UID, known map[mail.UID][]string) (mail.UID, error) {
	was := f.Reach
	begun := f.Complete || was.Floor > 0 // a floor that stands is only lowered
	if begun && was.Floor <= 1 || a.profile.Depth.All() {
		return 0, nil
	}
	floor := was.Floor
	if was.Depth != a.depth() {
		chosen, err := a.chosen(ctx, uids)
		if err != nil {
			return 0, err
		}
		if !begun || chosen < floor {
			floor = chosen
		}
	}
	if was.More > 0 {
		floor = lower(uids, floor, was.More, known)
	}
	return floor, nil
}

// chosen is the floor by the setting alone.
func (a *Account) chosen(ctx context.Context, uids []imap.UID) (mail.UID, error) {
	d := a.profile.Depth
	if since := d.Since(a.now()); !since.IsZero() {
		found, err := a.client.Search(ctx, &imap.SearchCriteria{Since: since})
		switch {
		case refused(err):
			a.log.Warn("search by date refused: all is kept", "err", err)
			return 0, nil
		case err != nil:
			return 0, err
		case len(found) > 0:
			return mail.UID(found[0]), nil
		}
		return a.noneSince(ctx, uids, since)
	}
	if len(uids) <= d.Newest {
		return 0, nil
	}
	return mail.UID(uids[len(uids)-d.Newest]), nil
}

// noneSince is the floor where a search has found nothing that new, which some servers say
// of whatever is searched for.
func (a *Account) noneSince(ctx context.Context, uids []imap.UID, since time.Time) (mail.UID, error) {
	const day = 24 * time.Hour
	var last time.Time
	err := a.client.FetchNewest(ctx, 1, func(m imapclient.Message) error {
		last = m.InternalDate
		return nil
	})
	if err != nil && !refused(err) {
		return 0, err
	}
	if last.After(since.Add(2 * day)) { // in whatever time zone
		a.log.Warn("search by date finds nothing: all is kept")
		return 0, nil
	}
	return above(uids), nil
}

// above is a floor that leaves all of uids out.
func above(uids []imap.UID) mail.UID {
	if len(uids) == 0 {
		return 0
	}
	return mail.UID(uids[len(uids)-1]) + 1
}

// lower is the floor under n more messages that are not here.
func lower(uids []imap.UID, floor mail.UID, n int, known map[mail.UID][]string) mail.UID {
	i, _ := slices.BinarySearch(uids, imap.UID(floor))
	for i--; i >= 0; i-- {
		if _, have := known[mail.UID(uids[i])]; have {
			continue
		}
		floor = mail.UID(uids[i])
		if n--; n == 0 {
			break
		}
	}
	if i < 0 {
		return 0
	}
	return floor
}
