package app

import (
	"testing"

	"postea/config"
	"postea/internal/mail"
	"postea/internal/store"
)

// An empty folder is only said to be empty once it was looked at.
func TestAwaited(t *testing.T) {
	ctx := t.Context()
	acc := config.Account{Name: "a", Address: "ada@a.test", IMAP: config.Server{Host: "imap.a.test", Port: 993}}
	a, err := Open(ctx, Options{Dir: emptyStore.Dir(t), Config: &config.Config{Accounts: []config.Account{acc}}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	inbox, err := a.store.EnsureFolder(ctx, "a", mail.RoleInbox, "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	look := func(when string, p Place, folders, mail bool) {
		t.Helper()
		sb, err := a.Sidebar(ctx)
		if err != nil {
			t.Fatal(err)
		}
		page, err := a.List(ctx, p, Window{Limit: 10})
		if err != nil || sb.Accounts[0].Awaited != folders || page.Awaited != mail {
			t.Errorf("%s: folders awaited %v, mail %v, %v", when, sb.Accounts[0].Awaited, page.Awaited, err)
		}
	}
	look("at first", Place{Folder: inbox.ID}, true, true)
	look("all inboxes at first", Place{Kind: PlaceAllInboxes}, true, true)
	err = a.store.SetFolders(ctx, "a", []store.RemoteFolder{{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true}, {Name: "Big", Wire: "Big", Selectable: true}})
	if err != nil {
		t.Fatal(err)
	}
	look("its folders known", Place{Folder: inbox.ID}, false, true)
	if err := a.store.SetFolderState(ctx, inbox.ID, 1, 0, true); err != nil {
		t.Fatal(err)
	}
	look("it is empty", Place{Folder: inbox.ID}, false, false)
	look("another folder", Place{Kind: PlaceStarred}, false, true)
	if err := a.store.RoundDone(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	look("all was looked at", Place{Kind: PlaceStarred}, false, false)
}
