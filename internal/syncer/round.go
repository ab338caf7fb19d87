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

// round brings the whole account in line.
func (a *Account) round(ctx context.Context) error {
	a.setStatus(Status{Kind: Syncing})
	if err := a.folders(ctx); err != nil {
		return err
	}
	if err := a.replay(ctx); err != nil {
		return err
	}
	list, err := a.store.Folders(ctx, a.profile.Name)
	if err != nil {
		return err
	}
	slices.SortStableFunc(list, func(x, y store.FolderState) int { return rank(x.Role) - rank(y.Role) })
	for _, f := range list {
		if !f.Selectable || !f.Remote {
			continue
		}
		if err := a.pullTolerant(ctx, f.ID); err != nil {
			return err
		}
		if err := a.wanted(ctx); err != nil {
			return err
		}
	}
	if err := a.followUps(ctx); err != nil {
		return err
	}
	if err := a.prefetch(ctx); err != nil {
		return err
	}
	if err := a.replay(ctx); err != nil { // flags that the follow-ups set
		return err
	}
	return a.store.RoundDone(ctx, a.profile.Name)
}

// quickRound looks at what may have changed while INBOX was followed.
func (a *Account) quickRound(ctx context.Context) error {
	if err := a.wanted(ctx); err != nil {
		return err
	}
	if err := a.replay(ctx); err != nil {
		return err
	}
	inbox, err := a.store.FolderByRole(ctx, a.profile.Name, mail.RoleInbox)
	if err != nil {
		return err
	}
	if err := a.pullTolerant(ctx, inbox.ID); err != nil {
		return err
	}
	if err := a.followUps(ctx); err != nil {
		return err
	}
	if err := a.prefetch(ctx); err != nil {
		return err
	}
	if err := a.replay(ctx); err != nil {
		return err
	}
	return a.store.RoundDone(ctx, a.profile.Name)
}

// rank orders folders by how soon the user wants to see them.
func rank(r mail.Role) int {
	switch r {
	case mail.RoleInbox:
		return 0
	case mail.RoleSent, mail.RoleDrafts:
		return 1
	case mail.RoleNone, mail.RoleArchive:
		return 2
	}
	return 3
}

// folders mirrors the server's list of folders and creates those that so far
// exist only here.
func (a *Account) folders(ctx context.Context) error {
	list, err := a.client.List(ctx)
	if err != nil {
		return err
	}
	remote := make([]store.RemoteFolder, 0, len(list))
	for _, m := range list {
		remote = append(remote, store.RemoteFolder{Name: m.Name, Wire: m.Wire, Role: m.Role, Selectable: m.Selectable})
	}
	if err := a.store.SetFolders(ctx, a.profile.Name, remote); err != nil {
		return err
	}
	return nil
}

// wireName gives the server's name of a folder, creating it there if need be.
func (a *Account) wireName(ctx context.Context, id mail.FolderID) (string, error) {
	f, err := a.store.Folder(ctx, id)
	if err != nil {
		return "", err
	}
	if f.Remote && f.Wire != "" {
		return f.Wire, nil
	}
	wire, err := a.client.Create(ctx, f.Name)
	if err != nil {
		return "", err
	}
	return wire, a.store.FolderCreated(ctx, id, wire)
}

// errRekeyed says that the folder's UIDVALIDITY changed: its UIDs mean nothing
// until it was pulled again.
var errRekeyed = errors.New("the folder was renumbered by the server")

// selectFolder opens a folder and compares its UIDVALIDITY with the mirror's.
func (a *Account) selectFolder(ctx context.Context, f store.FolderState) (*imap.SelectData, error) {
	data, err := a.client.Select(ctx, f.Wire, false)
	if err != nil {
		a.selected = 0
		return nil, err
	}
	a.selected = f.ID
	if data.UIDValidity != f.UIDValidity {
		if err := a.store.SetUIDValidity(ctx, f.ID, data.UIDValidity); err != nil {
			return nil, err
		}
		if f.UIDValidity != 0 {
			return data, errRekeyed
		}
	}
	return data, nil
}

// pullTolerant pulls a folder. A folder that the server will not open is told
// in the log and passed over, so that it does not block the rest.
func (a *Account) pullTolerant(ctx context.Context, id mail.FolderID) error {
	err := a.pull(ctx, id)
	if err == nil || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if refused(err) {
		a.log.Warn("folder passed over", "folder", id, "err", err)
		return nil
	}
	return err
}

// refused tells whether the server answered and said no; the connection is fine.
func refused(err error) bool {
	var e *imapclient.Error
	return errors.As(err, &e) && !e.Fatal() && (e.Kind == imapclient.KindNo || e.Kind == imapclient.KindBad || e.Kind == imapclient.KindTooLarge || e.Kind == imapclient.KindUnsupported)
}
