package syncer

import (
	"context"
	"errors"
	"math"
	"slices"

	imap "github.com/emersion/go-imap/v2"

	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

// wanted fetches what the user waits for, as far as the server is known to have
// it: texts before parts.
func (a *Account) wanted(ctx context.Context) error {
	if err := a.wantedTexts(ctx); err != nil {
		return err
	}
	return a.wantedParts(ctx)
}

func (a *Account) wantedTexts(ctx context.Context) error {
	return a.eachWanted(ctx, func(mail.ID) error { return nil })
}

// wantedInVain gives up on those whose place is not even known after a round.
func (a *Account) wantedInVain(ctx context.Context) error {
	return a.eachWanted(ctx, func(id mail.ID) error {
		return a.store.WantFailed(ctx, id, "the message is just being moved; open it again in a moment")
	})
}

func (a *Account) eachWanted(ctx context.Context, nowhere func(mail.ID) error) error {
	ids, err := a.store.Wanted(ctx, a.profile.Name)
	if err != nil {
		return err
	}
	for _, id := range ids {
		place, err := a.store.ServerPlace(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			err = nowhere(id)
		} else if err == nil {
			fail := func(why string) error { return a.store.WantFailed(ctx, id, why) }
			was := a.beside.at.Swap(int64(id))
			err = a.fetch(ctx, place, fail)
			a.beside.at.Store(was)
			err = a.mindLoss(ctx, id, err, fail)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// maxWantLost is how often what the user waits for may cost the connection before
// it is given up; else nothing else would be done any more.
const maxWantLost = 3

const lostWhenever = "the connection is lost whenever it is asked for"

// mindLoss looks at how the fetching of something has ended.
func (a *Account) mindLoss(ctx context.Context, id mail.ID, err error, fail func(why string) error) error {
	if err == nil {
		delete(a.wantLost, id)
		return nil
	}
	if ctx.Err() != nil || throttled(err) {
		return err
	}
	if a.wantLost[id]++; a.wantLost[id] < maxWantLost {
		return err
	}
	delete(a.wantLost, id)
	return errors.Join(fail(lostWhenever), err)
}

const (
	maxBody       = store.MaxFetched // bounds what is fetched of one message
	prefetchSize  = 256 << 10        // of larger messages, what is attached stays at the server until it is asked for
	prefetchCount = 200              // per folder
	allAtOnce     = 100_000          // per folder and round
)

// prefetch fetches bodies beforehand, newest first, so that they can be read
// offline and lists show their first words.
func (a *Account) prefetch(ctx context.Context) error {
	if a.bodies == "none" {
		return nil
	}
	folders, err := a.store.Folders(ctx, a.profile.Name)
	if err != nil {
		return err
	}
	var own, all []store.FolderState
	for _, f := range folders {
		switch {
		case f.Role == mail.RoleJunk, f.Role == mail.RoleTrash, !f.Remote, !f.Selectable:
		case f.Role == mail.RoleAll: // of it what lies nowhere else
			all = append(all, f)
		default:
			own = append(own, f)
		}
	}
	for _, f := range slices.Concat(own, all) {
		places, err := a.worthFetching(ctx, f)
		if err == nil && len(all) > 0 { // then labels are folders, and what has several comes once
			places, err = a.fromCopies(ctx, places)
		}
		if err != nil {
			return err
		}
		if err := a.fetchAhead(ctx, places, false); err != nil {
			return err
		}
	}
	return nil
}

// fromCopies stores bodies of which a copy is here, and gives the other places.
func (a *Account) fromCopies(ctx context.Context, places []store.Place) (rest []store.Place, err error) {
	for chunk := range slices.Chunk(places, bodiesAtOnce) {
		if err := a.attend(ctx); err != nil {
			return nil, err
		}
		shelf := a.newShelf(ctx)
		for _, p := range chunk {
			raw, err := a.store.Body(ctx, p.ID)
			if err == nil {
				err = shelf.add(p.ID, raw)
			} else if errors.Is(err, store.ErrNotFound) {
				rest, err = append(rest, p), nil
			}
			if err != nil {
				return nil, errors.Join(err, shelf.close())
			}
		}
		if err := shelf.close(); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

func (a *Account) worthFetching(ctx context.Context, f store.FolderState) ([]store.Place, error) {
	if a.bodies == "all" {
		return a.store.Bodyless(ctx, f.ID, allAtOnce)
	}
	places, err := a.store.Textless(ctx, f.ID, math.MaxInt64, prefetchCount)
	places = slices.DeleteFunc(places, func(p store.Place) bool { return a.noBody[p.ID] })
	if err != nil || len(places) == 0 {
		return nil, err
	}
	return a.recent(ctx, f, places)
}

// recent keeps those of places that are among the newest of their folder.
func (a *Account) recent(ctx context.Context, f store.FolderState, places []store.Place) ([]store.Place, error) {
	newest, err := a.store.Newest(ctx, []mail.FolderID{f.ID}, prefetchCount)
	if err != nil {
		return nil, err
	}
	in := make(map[mail.ID]bool, len(newest))
	for _, m := range newest {
		in[m.ID] = true
	}
	var out []store.Place
	for _, p := range places {
		if in[p.ID] {
			out = append(out, p)
		}
	}
	return out, nil
}

// fetch gets what is to be read of one message, or all of it, and stores it. A message
// that the server will not give goes to fail, with the reason in words; only a lost
// connection is an error.
func (a *Account) fetch(ctx context.Context, p store.Place, fail func(why string) error) error {
	f, ok, err := a.openFor(ctx, p, fail)
	if err != nil || !ok {
		return err
	}
	if p.Size > prefetchSize {
		left, err := a.fetchTexts(ctx, f, []store.Place{p}, maxBody, true)
		switch {
		case unavailable(err):
			return fail(a.explain(err))
		case err != nil, len(left) == 0:
			return err
		}
	}
	return a.fetchWhole(ctx, p, fail)
}

// openFor opens the folder of a message; false where it cannot be had.
func (a *Account) openFor(ctx context.Context, p store.Place, fail func(why string) error) (store.FolderState, bool, error) {
	f, err := a.store.Folder(ctx, p.Folder)
	if errors.Is(err, store.ErrNotFound) {
		return f, false, fail("its folder is gone")
	}
	if err == nil {
		err = a.reselect(ctx, f)
	}
	if unavailable(err) {
		return f, false, fail(a.explain(err))
	}
	return f, err == nil, err
}

// fetchWhole is fetch for all of a message, whatever is in it.
func (a *Account) fetchWhole(ctx context.Context, p store.Place, fail func(why string) error) error {
	if _, ok, err := a.openFor(ctx, p, fail); err != nil || !ok {
		return err
	}
	raw, err := a.client.FetchBody(ctx, imap.UID(p.UID), maxBody)
	if err != nil {
		return a.notGiven(ctx, err, fail)
	}
	if len(raw) == 0 && p.Size > 0 {
		return fail("the server gives nothing of it")
	}
	return a.keep(ctx, p.ID, raw)
}

// notGiven deals with why something of a message has not come: what the server will
// not give goes to fail, with the reason in words; only a lost connection is an error.
func (a *Account) notGiven(ctx context.Context, err error, fail func(why string) error) error {
	switch {
	case odd(err):
		if err := a.reconnect(ctx, err); err != nil {
			return err
		}
		return fail("the server's answer cannot be read")
	case refused(err):
		return fail(a.explain(err))
	}
	return err
}

// snippetLength is how many characters of a message a list may show.
const snippetLength = 200

// keep stores a body with what it teaches.
func (a *Account) keep(ctx context.Context, id mail.ID, raw []byte) error {
	item, err := a.read(ctx, id, raw)
	if err != nil {
		return err
	}
	return a.store.PutBodies(ctx, []store.BodyItem{item})
}

// read makes of a body what the store keeps. A report in it is applied first:
// once the body is here nobody looks at it again.
func (a *Account) read(ctx context.Context, id mail.ID, raw []byte) (store.BodyItem, error) {
	m := reading.Parse(raw)
	if err := a.applyReport(ctx, m); err != nil {
		return store.BodyItem{}, err
	}
	return store.BodyItem{ID: id, Raw: raw, BodyInfo: BodyInfo(m)}, nil
}

// BodyInfo is what the store keeps of a message beside its bytes.
func BodyInfo(m *reading.Message) store.BodyInfo {
	snippet, text := m.Gist(snippetLength, 0)
	info := store.BodyInfo{Snippet: snippet.String(), Text: text, ListID: m.Header.ListID}
	for _, at := range m.Attachments {
		info.Attachments = append(info.Attachments, mail.AttachmentInfo{Name: at.Name, Type: at.Type, Size: at.Size, Inline: at.Inline})
	}
	return info
}
