package syncer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"postea/imapclient"
	"postea/internal/store"
)

// arrangeFolders makes, renames and subscribes to folders as the user wants,
// those above others first.
func (a *Account) arrangeFolders(ctx context.Context) error {
	wishes, err := a.store.FolderWishes(ctx, a.profile.Name)
	if err != nil {
		return err
	}
	for i := 0; i < len(wishes); i++ {
		w := wishes[i]
		if w.Gone {
			continue
		}
		renamed, err := a.arrange(ctx, w)
		if err != nil {
			return err
		}
		if !renamed {
			continue
		}
		// What lies below has gone along.
		left, err := a.store.FolderWishes(ctx, a.profile.Name)
		if err != nil {
			return err
		}
		wishes = append(wishes[:i+1], slices.DeleteFunc(left, func(l store.FolderWish) bool {
			return slices.ContainsFunc(wishes[:i+1], func(done store.FolderWish) bool { return done.ID == l.ID })
		})...)
	}
	return nil
}

func (a *Account) arrange(ctx context.Context, w store.FolderWish) (renamed bool, err error) {
	switch {
	case !w.Remote && w.Making != "":
		return a.wasMade(ctx, w)
	case !w.Remote:
		_, err = a.wireName(ctx, w.ID)
		return false, a.wished(ctx, w, "make the folder "+w.Name, err)
	case w.SrvName != w.Name:
		if err := a.letGo(ctx, w); err != nil {
			return false, err
		}
		wire, err := a.client.Rename(ctx, w.Wire, w.Name)
		if err == nil {
			err = a.store.FolderRenamed(ctx, w.ID, w.Name, wire)
		}
		return err == nil, a.wished(ctx, w, fmt.Sprintf("rename %s to %s", w.SrvName, w.Name), err)
	case w.Unknown:
		err = a.client.Subscribe(ctx, w.Wire, w.Subscribed)
		if err == nil {
			err = a.store.FolderSubscribed(ctx, w.ID, w.Subscribed)
		}
		return false, a.wished(ctx, w, "change the subscription to "+w.Name, err)
	}
	return false, nil
}

// wasMade finds out whether the server has made a folder although its answer was
// lost: then it is there under the name of that time, which may not be that of
// today. True tells that it was.
func (a *Account) wasMade(ctx context.Context, w store.FolderWish) (bool, error) {
	list, err := a.client.List(ctx)
	if err != nil {
		return false, err
	}
	if err := a.folders(ctx, list); err != nil {
		return false, err
	}
	switch f, err := a.store.Folder(ctx, w.ID); {
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	case err != nil:
		return false, err
	case !f.Remote:
		if err := a.store.MakingFolder(ctx, w.ID, ""); err != nil {
			return false, err
		}
		w.Making = ""
		return a.arrange(ctx, w)
	}
	left, err := a.store.FolderWishes(ctx, a.profile.Name)
	if err != nil {
		return false, err
	}
	for _, l := range left {
		if l.ID == w.ID {
			_, err = a.arrange(ctx, l)
			break
		}
	}
	return true, err
}

// letGo closes a folder that is to be renamed or deleted: servers differ in what
// becomes of an open one.
func (a *Account) letGo(ctx context.Context, w store.FolderWish) error {
	if a.selected != w.ID {
		return nil
	}
	a.selected = 0
	return a.client.Unselect(ctx)
}

// dropFolders deletes folders, those below others first. One that has messages
// which nobody has seen here is not deleted, and none before what lies in it.
func (a *Account) dropFolders(ctx context.Context) error {
	wishes, err := a.store.FolderWishes(ctx, a.profile.Name)
	if err != nil {
		return err
	}
	var busy []string
	for _, w := range slices.Backward(wishes) {
		if !w.Gone {
			continue
		}
		if w.Busy || slices.ContainsFunc(busy, func(b string) bool { return strings.HasPrefix(b, w.Name+"/") }) {
			busy = append(busy, w.Name)
			continue
		}
		if err := a.dropFolder(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

func (a *Account) dropFolder(ctx context.Context, w store.FolderWish) error {
	if !w.Remote {
		// It may have been made after all, and the answer lost.
		list, err := a.client.List(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(m imapclient.Mailbox) bool { return m.Name == cmp.Or(w.Making, w.Name) })
		if i < 0 {
			return a.store.FolderDeleted(ctx, w.ID)
		}
		w.Wire, w.Selectable, w.Whole = list[i].Wire, list[i].Selectable, false
	}
	if err := a.letGo(ctx, w); err != nil {
		return err
	}
	if w.Selectable && !w.Whole {
		st, err := a.client.Status(ctx, w.Wire)
		if err != nil {
			return a.wished(ctx, w, "delete the folder "+w.Name, err)
		}
		if st.NumMessages != nil && int(*st.NumMessages) > w.LeftBehind {
			return a.store.RefuseFolder(ctx, w.ID, fmt.Sprintf("%s was not deleted: there are still messages in it, which came since or could not be moved.", w.Name))
		}
	}
	err := a.client.Delete(ctx, w.Wire)
	if refused(err) {
		// One that cannot be selected goes with the last that lies in it, at Courier for one.
		list, lost := a.client.List(ctx)
		if lost != nil {
			return lost
		}
		if !slices.ContainsFunc(list, func(m imapclient.Mailbox) bool { return m.Wire == w.Wire }) {
			err = nil
		}
	}
	if err == nil {
		return a.store.FolderDeleted(ctx, w.ID)
	}
	return a.wished(ctx, w, "delete the folder "+w.Name, err)
}

// wished deals with the end of a change of a folder: what is refused is taken
// back, unless that is for now only.
func (a *Account) wished(ctx context.Context, w store.FolderWish, what string, err error) error {
	switch {
	case err == nil:
		return nil
	case temporary(err):
		a.log.Info("folder waits", "what", what, "err", err)
		return nil
	case !refused(err):
		return err
	}
	why := err.Error()
	var e *imapclient.Error
	if errors.As(err, &e) {
		switch {
		case e.Text != "":
			why = strings.TrimSuffix(e.Text, ".")
		case e.Err != nil:
			why = e.Err.Error()
		}
	}
	return a.store.RefuseFolder(ctx, w.ID, fmt.Sprintf("The server would not %s: %s. It is as it was.", what, why))
}

// quota asks how much room there is.
func (a *Account) quota(ctx context.Context) error {
	q, err := a.client.Quota(ctx)
	if err != nil {
		return err
	}
	return a.store.SetQuota(ctx, a.profile.Name, store.Quota{Used: q.Used, Room: q.Room})
}
