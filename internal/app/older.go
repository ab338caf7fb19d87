package app

import (
	"context"
	"slices"

	"postea/config"
	"postea/internal/mail"
	"postea/internal/store"
)

// moreOlder is how many older messages of a folder are fetched when the user asks
// for more.
const moreOlder = 5000

// older counts the messages of a place that are at the server only.
func (a *App) older(ctx context.Context, p Place) (int, error) {
	list, err := a.unreached(ctx, p)
	n := 0
	for _, f := range list {
		n += f.Reach.Older
	}
	return n, err
}

// unreached are the folders of a place that are not kept whole.
func (a *App) unreached(ctx context.Context, p Place) ([]store.FolderState, error) {
	if !slices.ContainsFunc(a.cfg.Accounts, func(acc config.Account) bool { return !acc.Depth.All() }) || p.Kind == PlaceStarred {
		return nil, nil // a list is asked for with every key
	}
	list, err := a.foldersOf(ctx, p)
	return slices.DeleteFunc(list, func(f store.FolderState) bool { return f.Reach.Older == 0 }), err
}

// OlderAtServer counts the messages that are at the server only, in the folders that
// FindFolders finds, or in all of the accounts where folder is "".
func (a *App) OlderAtServer(ctx context.Context, account, folder string) (int, error) {
	all, err := a.store.Folders(ctx, account)
	if err != nil {
		return 0, err
	}
	var in []mail.FolderID
	if folder != "" {
		if in, err = a.FindFolders(ctx, account, folder); err != nil {
			return 0, err
		}
	}
	n := 0
	for _, f := range all {
		if _, ok := a.cfg.Account(f.Account); ok && (folder == "" || slices.Contains(in, f.ID)) {
			n += f.Reach.Older
		}
	}
	return n, nil
}

// FetchOlder asks for older messages of a place, which the server alone has. It
// says what will come, and when.
func (a *App) FetchOlder(ctx context.Context, p Place) (string, error) {
	list, err := a.unreached(ctx, p)
	if err != nil {
		return "", err
	}
	var ids []mail.FolderID
	for _, f := range list {
		ids = append(ids, f.ID)
	}
	n, err := a.store.WantOlder(ctx, ids, moreOlder)
	switch {
	case err != nil:
		return "", err
	case n == 0:
		return "Everything of this place is here", nil
	case a.Offline():
		return Counted(n, "older message") + " will come when you are online", nil
	}
	return Counted(n, "older message") + " will come", nil
}
