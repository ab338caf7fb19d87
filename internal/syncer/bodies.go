package syncer

import (
	"context"
	"errors"

	imap "github.com/emersion/go-imap/v2"

	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/store"
)

// wanted fetches the bodies that the user waits for.
func (a *Account) wanted(ctx context.Context) error {
	ids, err := a.store.Wanted(ctx, a.profile.Name)
	if err != nil {
		return err
	}
	for _, id := range ids {
		place, err := a.store.ServerPlace(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			if err := a.store.WantFailed(ctx, id, "the message is just being moved; open it again in a moment"); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if err := a.fetch(ctx, place); err != nil {
			return err
		}
	}
	return nil
}

const (
	prefetchSize  = 256 << 10 // larger messages are fetched when they are opened
	prefetchCount = 200       // per folder
)

// prefetch fetches bodies beforehand, newest first, so that they can be read
// offline and lists show their first words.
func (a *Account) prefetch(ctx context.Context) error {
	count, size := prefetchCount, int64(prefetchSize)
	switch a.bodies {
	case "none":
		return nil
	case "all":
		count, size = 1<<30, maxBody
	}
	folders, err := a.store.Folders(ctx, a.profile.Name)
	if err != nil {
		return err
	}
	for _, f := range folders {
		if f.Role == mail.RoleJunk || f.Role == mail.RoleTrash || f.Role == mail.RoleAll || !f.Remote {
			continue
		}
		places, err := a.store.Bodyless(ctx, f.ID, size, min(count, 100_000))
		if err != nil {
			return err
		}
		if a.bodies != "all" {
			places, err = a.recent(ctx, f, places)
			if err != nil {
				return err
			}
		}
		for i, p := range places {
			if i%10 == 9 {
				if err := a.wanted(ctx); err != nil {
					return err
				}
			}
			if err := a.fetch(ctx, p); err != nil {
				return err
			}
		}
	}
	return nil
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

// fetch gets one body and stores it. A message that the server will not give
// is noted as such; only a lost connection is an error.
func (a *Account) fetch(ctx context.Context, p store.Place) error {
	if a.selected != p.Folder {
		f, err := a.store.Folder(ctx, p.Folder)
		if err != nil {
			return err
		}
		if _, err := a.selectFolder(ctx, f); err != nil {
			if refused(err) || errors.Is(err, errRekeyed) {
				return a.store.WantFailed(ctx, p.ID, a.explain(err))
			}
			return err
		}
	}
	raw, err := a.client.FetchBody(ctx, imap.UID(p.UID), maxBody)
	switch {
	case odd(err):
		if err := a.reconnect(ctx); err != nil {
			return err
		}
		return a.store.WantFailed(ctx, p.ID, "the server's answer cannot be read")
	case refused(err):
		return a.store.WantFailed(ctx, p.ID, a.explain(err))
	case err != nil:
		return err
	}
	return a.keep(ctx, p.ID, raw)
}

// snippetLength is how many characters of a message a list may show.
const snippetLength = 200

// keep stores a body with what it teaches.
func (a *Account) keep(ctx context.Context, id mail.ID, raw []byte) error {
	m := reading.Parse(raw)
	info := store.BodyInfo{Snippet: m.Snippet(snippetLength).String()}
	for _, at := range m.Attachments {
		info.Attachments = append(info.Attachments, mail.AttachmentInfo{Name: at.Name, Type: at.Type, Size: at.Size, Inline: at.Inline})
	}
	if err := a.store.PutBody(ctx, id, raw, info); err != nil {
		return err
	}
	return a.applyReport(ctx, m)
}
