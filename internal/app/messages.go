package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"postea/config"
	"postea/internal/mail"
	"postea/internal/store"
)

// Messages lists single messages, newest first, for the command line. folder is
// a name or a role, case-blind, "" for the inbox; account "" is all of them.
func (a *App) Messages(ctx context.Context, account, folder string, limit int) ([]mail.Summary, error) {
	ids, err := a.FindFolders(ctx, account, folder)
	if err != nil {
		return nil, err
	}
	return a.store.Newest(ctx, ids, limit)
}

// FindFolders gives the folders of a name or role, case-blind, over the
// configured accounts or the one named, in each those that answer best. The error is a
// *UsageError that lists the folders where there is none.
func (a *App) FindFolders(ctx context.Context, account, folder string) ([]mail.FolderID, error) {
	if folder == "" {
		folder = string(mail.RoleInbox)
	}
	all, err := a.store.Folders(ctx, account)
	if err != nil {
		return nil, err
	}
	best := map[string]int{} // how well a folder of the account answers
	found := map[string][]mail.FolderID{}
	var accounts, names []string
	for _, f := range all {
		if _, ok := a.cfg.Account(f.Account); !ok {
			continue
		}
		if !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
		fits := f.Answers(folder, "INBOX/")
		if fits == 0 || fits < best[f.Account] {
			continue
		}
		if best[f.Account] == 0 {
			accounts = append(accounts, f.Account)
		}
		if fits > best[f.Account] {
			best[f.Account], found[f.Account] = fits, nil
		}
		found[f.Account] = append(found[f.Account], f.ID)
	}
	var ids []mail.FolderID
	for _, name := range accounts {
		ids = append(ids, found[name]...)
	}
	switch {
	case len(ids) > 0:
		return ids, nil
	case len(names) == 0 && !a.Reads(account):
		if account != "" {
			return nil, &UsageError{fmt.Sprintf("account %s only sends: it has no [account.imap]", account)}
		}
		return nil, &UsageError{"there is no account that reads mail; add one with  postea account add"}
	case len(names) == 0:
		return nil, &NotSyncedError{}
	}
	return nil, &UsageError{fmt.Sprintf("there is no folder %q; there are: %s", folder, strings.Join(names, ", "))}
}

// Reads tells whether the account, or one of all, has a server to read from.
func (a *App) Reads(account string) bool {
	return slices.ContainsFunc(a.cfg.Accounts, func(acc config.Account) bool {
		return (account == "" || acc.Name == account) && acc.IMAP.Used()
	})
}

// FolderNames lists the names of the folders of an account, or of all.
func (a *App) FolderNames(ctx context.Context, account string) ([]string, error) {
	all, err := a.store.Folders(ctx, account)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range all {
		if _, ok := a.cfg.Account(f.Account); ok && !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	return names, nil
}

// NotSyncedError says that nothing has been synced yet.
type NotSyncedError struct{}

func (*NotSyncedError) Error() string { return "nothing is here yet: run  postea sync" }

// Summary gives what the list knows of a message.
func (a *App) Summary(ctx context.Context, id mail.ID) (mail.Summary, error) {
	return a.store.Summary(ctx, id)
}

// Raw gives the exact bytes of a message. The error is ErrNotHere where they
// are not in the store.
func (a *App) Raw(ctx context.Context, id mail.ID) ([]byte, error) {
	if _, err := a.store.Summary(ctx, id); err != nil {
		return nil, err
	}
	raw, err := a.store.Body(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		err = ErrNotHere
	}
	return raw, err
}

// Fetch waits until all of a message is here, asking the owner of the data
// directory for it, or the server where there is no owner. It gives up with
// ErrNotHere when nothing comes for a minute.
func (a *App) Fetch(ctx context.Context, id mail.ID) error {
	if _, err := a.store.Summary(ctx, id); err != nil {
		return err
	}
	return a.FetchPart(ctx, id, mail.WholePart)
}

// Sleep waits for a time or for the end of ctx.
func Sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
