package syncer

import (
	"cmp"
	"context"
	"errors"
	"slices"

	imap "github.com/emersion/go-imap/v2"

	"postea/imapclient"
	"postea/internal/mail"
	"postea/internal/store"
)

const (
	// firstWindow is how many headers a folder never seen begins with: a screen
	// and some more, so that there is soon something to see.
	firstWindow = 100
	// window is how many headers are fetched along with the look at a folder,
	// and how many are stored together.
	window = 500
	// maxTogether bounds the folders of one flight.
	maxTogether = 12
	// maxAlong bounds the messages of one flight.
	maxAlong = 4 * window
)

// overview mirrors the list of folders, and with it, in the same flight, pulls
// INBOX. With local changes to be carried out first it leaves INBOX alone. It
// tells which folder was pulled, 0 for none.
func (a *Account) overview(ctx context.Context) (mail.FolderID, error) {
	inbox, err := a.store.FolderByRole(ctx, a.profile.Name, mail.RoleInbox)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return 0, err
	}
	pending, err := a.store.PendingChanges(ctx, a.profile.Name)
	if err != nil {
		return 0, err
	}
	var looks []*imapclient.Look
	fresh := inbox.UIDValidity == 0 && a.profile.Depth.All()
	if len(pending) == 0 && a.trouble[inbox.ID] == 0 {
		look, err := a.question(ctx, inbox)
		if err != nil {
			return 0, err
		}
		look.Wire = cmp.Or(look.Wire, "INBOX") // which every server has
		look.List, look.Later = look.List && !fresh, a.near
		looks = append(looks, look)
	}
	a.selected = 0
	list, err := a.client.Overview(ctx, looks)
	if err != nil {
		var e *imapclient.Error
		if len(looks) > 0 && inbox.ID != 0 && ctx.Err() == nil && errors.As(err, &e) && e.Fatal() {
			a.trouble[inbox.ID]++ // next time it is looked at by itself
		}
		if !odd(err) || len(looks) == 0 {
			return 0, err
		}
		if err := a.reconnect(ctx, err); err != nil {
			return 0, err
		}
		if list, err = a.client.List(ctx); err != nil {
			return 0, err
		}
		looks = nil
	}
	if err := a.folders(ctx, list); err != nil {
		return 0, err
	}
	if len(looks) == 0 {
		return 0, nil
	}
	now, err := a.store.FolderByRole(ctx, a.profile.Name, mail.RoleInbox)
	if err != nil || now.Wire != looks[0].Wire {
		return 0, err
	}
	if looks[0].Data != nil {
		a.selected = now.ID
	}
	if fresh {
		err = a.begin(ctx, now, looks[0])
	} else {
		err = a.absorb(ctx, now, looks[0])
	}
	return now.ID, a.tolerate(ctx, now, err)
}

// begin pulls a folder that was never seen, which a look has opened. Of a large one the
// newest messages are asked for before all are listed, which takes some servers long.
func (a *Account) begin(ctx context.Context, f store.FolderState, look *imapclient.Look) error {
	data := look.Data
	if data == nil || data.UIDNext == 0 || data.NumMessages <= window {
		return a.pull(ctx, f.ID)
	}
	f, err := a.opened(ctx, f, data)
	if err != nil {
		return err
	}
	came, err := a.newest(ctx, f)
	switch {
	case odd(err):
		if err := a.reopen(ctx, f, err); err != nil {
			return err
		}
		return a.pullListed(ctx, f)
	case err != nil && !refused(err):
		return err
	}
	look.List = true
	if look.UIDs, err = a.client.UIDs(ctx); err != nil {
		return err
	}
	a.seen[f.ID] = snapshotOf(data)
	delete(a.stale, f.ID)
	return a.takeList(ctx, f, look, came...)
}

// newest stores the newest messages of the open folder, as soon as the last of them
// has come: some servers look for changes before they end their answer.
func (a *Account) newest(ctx context.Context, f store.FolderState) ([]imap.UID, error) {
	var list []imapclient.Message
	var came []imap.UID
	keep := func() error {
		err := a.storeHeaders(ctx, f, list)
		list = nil
		return err
	}
	err := a.client.FetchNewest(ctx, firstWindow, func(m imapclient.Message) error {
		came = append(came, m.UID)
		if list = append(list, m); len(list) < firstWindow {
			return nil
		}
		return keep()
	})
	return came, cmp.Or(err, keep())
}

// question is the cheapest look that brings a folder in line.
func (a *Account) question(ctx context.Context, f store.FolderState) (*imapclient.Look, error) {
	look := &imapclient.Look{Wire: f.Wire}
	if f.ID != 0 {
		unplaced, err := a.store.Unplaced(ctx, f.ID)
		if err != nil {
			return nil, err
		}
		if look.Within, err = a.within(ctx, f); err != nil {
			return nil, err
		}
		if unplaced || a.plain[f.ID] || f.Complete && a.deeper(f) {
			look.List = true
			return look, nil
		}
	}
	st := a.counts[f.ID]
	switch {
	case f.Complete && f.ModSeq > 0 && f.UIDNext > 0 && f.UIDValidity > 0:
		if st != nil && int64(st.UIDNext)-int64(f.UIDNext) > window {
			break // so many are fetched newest first
		}
		look.Mirror = imapclient.Mirror{UIDValidity: f.UIDValidity, UIDNext: imap.UID(f.UIDNext), ModSeq: f.ModSeq}
		look.Fetch = window
		return look, nil
	case !f.Complete && st != nil && st.NumMessages != nil && *st.NumMessages <= window:
		look.Fetch = window
		return look, nil
	}
	look.List = true
	return look, nil
}

// pullEach pulls folders, in their order, several in one flight where that goes;
// between the flights it does what the user waits for.
func (a *Account) pullEach(ctx context.Context, list []store.FolderState) error {
	for len(list) > 0 {
		var looks []*imapclient.Look
		along := 0
		for i, f := range list {
			look, err := a.question(ctx, f)
			if err != nil {
				return err
			}
			if st := a.counts[f.ID]; st != nil && look.Fetch > 0 {
				along += min(max(int(st.UIDNext)-int(f.UIDNext), 0), window)
			}
			if i > 0 && (look.List || along > maxAlong || i == maxTogether || a.trouble[f.ID] > 0) {
				break
			}
			looks = append(looks, look)
			if look.List || a.trouble[f.ID] > 0 {
				break
			}
		}
		if err := a.pullTogether(ctx, list[:len(looks)], looks); err != nil {
			return err
		}
		list = list[len(looks):]
		if err := a.attend(ctx); err != nil {
			return err
		}
	}
	return nil
}

// pullTogether answers looks and takes over what they say. A folder that cannot
// be had costs itself and not the rest.
func (a *Account) pullTogether(ctx context.Context, list []store.FolderState, looks []*imapclient.Look) error {
	a.selected = 0
	lost := a.client.Look(ctx, looks...)
	for i, look := range looks {
		if look.Data != nil && lost == nil {
			a.selected = list[i].ID
		}
	}
	for i, look := range looks {
		if lost != nil && look.Err != nil {
			return a.lostAt(ctx, list[i:], lost)
		}
		err := a.absorb(ctx, list[i], look)
		if err := a.tolerate(ctx, list[i], err); err != nil {
			return err
		}
	}
	return lost
}

// lostAt deals with a connection that was lost in the midst of a flight, at the
// first of the folders. An answer that cannot be read costs the connection only:
// the folders are tried one by one, that one without asking for much at once.
func (a *Account) lostAt(ctx context.Context, list []store.FolderState, lost error) error {
	if !odd(lost) {
		return a.tolerate(ctx, list[0], lost)
	}
	a.trouble[list[0].ID]++
	a.plain[list[0].ID] = true
	defer delete(a.plain, list[0].ID)
	if err := a.reconnect(ctx, lost); err != nil {
		return err
	}
	for _, f := range list {
		if err := a.pullTolerant(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// absorb takes over what a look says, and asks on where that is not enough.
func (a *Account) absorb(ctx context.Context, f store.FolderState, look *imapclient.Look) error {
	if look.Data == nil {
		if look.Err == nil {
			return errNoValidity
		}
		return look.Err
	}
	if !look.Whole && !look.List {
		if look.Data.UIDValidity == f.UIDValidity && f.UIDValidity != 0 {
			if err := a.storeHeaders(ctx, f, look.New); err != nil { // they need not come again
				return err
			}
		}
		return a.pullListed(ctx, f)
	}
	f, err := a.opened(ctx, f, look.Data)
	if err != nil && !errors.Is(err, errRekeyed) {
		return err
	}
	a.seen[f.ID] = snapshotOf(look.Data)
	delete(a.stale, f.ID)
	done := false
	switch {
	case look.List && look.Err != nil:
		return look.Err
	case look.List:
		return a.takeList(ctx, f, look)
	case look.Mirror.ModSeq > 0:
		done, err = a.takeChanges(ctx, f, look)
	default:
		done, err = a.takeAll(ctx, f, look)
	}
	if err != nil || done {
		return err
	}
	return a.pullListed(ctx, f)
}

// pullListed pulls a folder by the list of all its UIDs.
func (a *Account) pullListed(ctx context.Context, f store.FolderState) error {
	f, err := a.store.Folder(ctx, f.ID)
	if err != nil {
		return err
	}
	within, err := a.within(ctx, f)
	if err != nil {
		return err
	}
	look := &imapclient.Look{Wire: f.Wire, List: true, Within: within}
	a.selected = 0
	if err := a.client.Look(ctx, look); err != nil {
		return err
	}
	if look.Data != nil {
		a.selected = f.ID
	}
	return a.absorb(ctx, f, look)
}

// opened compares what the server says of a folder with the mirror, and gives
// the mirror's state anew. The error is errRekeyed where it had to begin again.
func (a *Account) opened(ctx context.Context, f store.FolderState, data *imap.SelectData) (store.FolderState, error) {
	if data.UIDValidity == 0 && f.UIDValidity != 0 {
		return f, errNoValidity
	}
	if data.UIDValidity == f.UIDValidity {
		return f, nil
	}
	if err := a.store.SetUIDValidity(ctx, f.ID, data.UIDValidity); err != nil {
		return f, err
	}
	now, err := a.store.Folder(ctx, f.ID)
	if err == nil && f.UIDValidity != 0 {
		err = errRekeyed
	}
	return now, err
}

// takeChanges takes over what has changed since the last pull; false where
// counting shows that this was not all.
func (a *Account) takeChanges(ctx context.Context, f store.FolderState, look *imapclient.Look) (bool, error) {
	gone, err := a.vanished(ctx, f, look.Vanished)
	if err != nil {
		return false, err
	}
	if err := a.store.Vanished(ctx, f.ID, gone); err != nil {
		return false, err
	}
	updates := make([]store.FlagUpdate, 0, len(look.Changed))
	for _, m := range look.Changed {
		if a.half(m) {
			continue
		}
		updates = append(updates, store.FlagUpdate{UID: mail.UID(m.UID), Flags: flagsOf(m)})
	}
	for chunk := range slices.Chunk(updates, flagChunk) {
		if err := a.store.SetServerFlags(ctx, f.ID, chunk); err != nil {
			return false, err
		}
	}
	if err := a.storeHeaders(ctx, f, look.New); err != nil {
		return false, err
	}
	whole, err := a.whole(ctx, f, look)
	if err != nil || whole || look.Exact {
		return whole, err
	}
	// CONDSTORE has no word for what has vanished (RFC 7162 §3.1); all else is
	// here and need not come again with the list.
	return false, a.store.SetFolderState(ctx, f.ID, uint32(look.Data.UIDNext), look.Data.HighestModSeq, true)
}

// takeAll takes over a small folder that came at once.
func (a *Account) takeAll(ctx context.Context, f store.FolderState, look *imapclient.Look) (bool, error) {
	if countBelow(look.New, mail.UID(look.Data.UIDNext)) != int(look.Data.NumMessages) {
		return false, nil
	}
	known, err := a.store.ServerUIDs(ctx, f.ID)
	if err != nil {
		return false, err
	}
	uids := make([]imap.UID, 0, len(look.New))
	for _, m := range look.New {
		uids = append(uids, m.UID)
	}
	_, _, gone := compare(known, uids)
	if err := a.store.Vanished(ctx, f.ID, gone); err != nil {
		return false, err
	}
	if err := a.storeHeaders(ctx, f, look.New); err != nil {
		return false, err
	}
	if err := a.store.DropUnclaimed(ctx, f.ID); err != nil {
		return false, err
	}
	// So small a folder is kept whole, whatever the setting.
	if all := (store.Reach{Depth: a.depth()}); f.Reach != all {
		if err := a.store.SetReach(ctx, f.ID, f.Reach, all); err != nil {
			return false, err
		}
		f.Reach = all
	}
	return a.whole(ctx, f, look)
}

// whole records that the mirror is up to date, if it has as many messages as the
// server, but for those that are left there.
func (a *Account) whole(ctx context.Context, f store.FolderState, look *imapclient.Look) (bool, error) {
	next := look.Data.UIDNext
	have, err := a.store.ServerCount(ctx, f.ID, mail.UID(next))
	if err != nil || next == 0 || have+f.Reach.Older != int(look.Data.NumMessages) {
		return false, err
	}
	// What is said to be above UIDNEXT and has not come just now is not there: a server
	// gave a wrong UID to what was moved.
	above, err := a.store.ServerCountFrom(ctx, f.ID, mail.UID(next))
	if err != nil || above > len(look.New)-countBelow(look.New, mail.UID(next)) {
		return false, err
	}
	if f.Complete && f.UIDNext == uint32(next) && f.ModSeq == look.Data.HighestModSeq {
		return true, nil
	}
	return true, a.store.SetFolderState(ctx, f.ID, uint32(next), look.Data.HighestModSeq, true)
}

func countBelow(list []imapclient.Message, next mail.UID) int {
	n := 0
	for _, m := range list {
		if mail.UID(m.UID) < next {
			n++
		}
	}
	return n
}

// manyRanges is how many ranges are looked up one by one.
const manyRanges = 200

// vanished lists the messages of the mirror that are in ranges a server has
// given, which may be of any size.
func (a *Account) vanished(ctx context.Context, f store.FolderState, ranges imap.UIDSet) ([]mail.UID, error) {
	if len(ranges) == 0 {
		return nil, nil
	}
	if len(ranges) <= manyRanges {
		var out []mail.UID
		for _, r := range ranges {
			uids, err := a.store.ServerUIDsBetween(ctx, f.ID, mail.UID(r.Start), mail.UID(r.Stop))
			if err != nil {
				return nil, err
			}
			out = append(out, uids...)
		}
		return out, nil
	}
	all, err := a.store.ServerUIDsBetween(ctx, f.ID, mail.UID(ranges[0].Start), mail.UID(ranges[len(ranges)-1].Stop))
	if err != nil {
		return nil, err
	}
	i := 0
	return slices.DeleteFunc(all, func(uid mail.UID) bool {
		for i < len(ranges) && mail.UID(ranges[i].Stop) < uid {
			i++
		}
		return i == len(ranges) || mail.UID(ranges[i].Start) > uid
	}), nil
}
