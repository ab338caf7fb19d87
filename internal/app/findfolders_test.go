package app

import (
	"errors"
	"testing"

	"postea/internal/mail"
	"postea/internal/store"
)

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
		ids, err := a.FindFolders(ctx, "", typed)
		if err != nil || len(ids) != 1 {
			t.Errorf("%s: %v, %v", typed, ids, err)
			continue
		}
		if f, err := a.store.Folder(ctx, ids[0]); err != nil || f.Name != name {
			t.Errorf("%s is %s, %v", typed, f.Name, err)
		}
	}
	var usage *UsageError
	if _, err := a.FindFolders(ctx, "", "Plans"); !errors.As(err, &usage) {
		t.Errorf("Plans: %v", err)
	}
}
