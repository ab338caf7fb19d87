package app

import (
	"errors"
	"testing"

	"postea/internal/mail"
	"postea/internal/store"
)

// findsOnly fails unless what is typed means the folder of a name, and no other.
func findsOnly(t *testing.T, a *App, typed, name string) {
	t.Helper()
	ids, err := a.FindFolders(t.Context(), "", typed)
	if err != nil || len(ids) != 1 {
		t.Errorf("%s: %v, %v", typed, ids, err)
		return
	}
	if f, err := a.store.Folder(t.Context(), ids[0]); err != nil || f.Name != name {
		t.Errorf("%s is %s, %v", typed, f.Name, err)
	}
}

// On a server that has all folders in INBOX, the name alone is enough; where there are
// two, it means the one at the top.
func TestFindFoldersInInbox(t *testing.T) {
	ctx := t.Context()
	a := receiver(t)
	if err := a.store.SetFolders(ctx, "a", []store.RemoteFolder{
		{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true},
		{Name: "INBOX/Work/Plans", Wire: "INBOX.Work.Plans", Selectable: true},
		{Name: "INBOX/team", Wire: "INBOX.team", Selectable: true}, {Name: "team", Wire: "team", Selectable: true},
	}); err != nil {
		t.Fatal(err)
	}
	for typed, name := range map[string]string{"work/plans": "INBOX/Work/Plans", "inbox/work/plans": "INBOX/Work/Plans", "team": "team", "inbox/team": "INBOX/team"} {
		findsOnly(t, a, typed, name)
	}
	var usage *UsageError
	if _, err := a.FindFolders(ctx, "", "Plans"); !errors.As(err, &usage) {
		t.Errorf("Plans: %v", err)
	}
}

// A folder may be named as the role of another one is, or as another one but for the case: what
// is written as its name means it, also in a rule that was made for it.
func TestFindFoldersThatAreNamedAlike(t *testing.T) {
	ctx := t.Context()
	a := receiver(t)
	if err := a.store.SetFolders(ctx, "a", []store.RemoteFolder{
		{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true},
		{Name: "Deleted Items", Wire: "Deleted Items", Role: mail.RoleTrash, Selectable: true},
		{Name: "Spam", Wire: "Spam", Role: mail.RoleJunk, Selectable: true},
		{Name: "Trash", Wire: "Trash", Selectable: true}, {Name: "Junk", Wire: "Junk"},
		{Name: "Work", Wire: "Work", Selectable: true}, {Name: "work", Wire: "work", Selectable: true},
	}); err != nil {
		t.Fatal(err)
	}
	for typed, name := range map[string]string{
		"Trash": "Trash", "trash": "Deleted Items", "TRASH": "Deleted Items", "Junk": "Spam", "work": "work", "Work": "Work", "inbox": "INBOX", "spam": "Spam",
	} {
		findsOnly(t, a, typed, name)
		if f, err := a.folderOf(ctx, "a", typed, true); err != nil || f.Name != name {
			t.Errorf("a rule takes %s for %s, %v", typed, f.Name, err)
		}
	}
}
