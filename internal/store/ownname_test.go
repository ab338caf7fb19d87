package store

import (
	"slices"
	"testing"

	"postea/internal/mail"
)

// Where own folders lie below INBOX, new ones do from the beginning, but for those in
// folders that lie elsewhere.
func TestOwnNames(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	must(t, s.SetFolders(ctx, "a", []RemoteFolder{
		{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true},
		{Name: "INBOX/Plans", Wire: "INBOX.Plans", Selectable: true},
		{Name: "Trash", Wire: "Trash", Selectable: true},
		{Name: "team", Wire: "team", Selectable: true},
	}))
	inbox, err := s.FolderByRole(ctx, "a", mail.RoleInbox)
	must(t, err)
	ids := add(t, s, inbox.ID, header(1, "m1"))
	early, err := s.MakeFolder(ctx, "a", "Plans", "made") // the prefix is not known yet
	must(t, err)
	_, err = s.MakeFolder(ctx, "a", "Notes", "made")
	must(t, err)
	_, err = s.Apply(ctx, ids, Change{MoveTo: early})
	must(t, err)
	for range 2 {
		must(t, s.SetOwnPrefix(ctx, "a", "INBOX/"))
	}
	plans, err := s.FolderNamed(ctx, "a", "INBOX/Plans")
	must(t, err)
	if m, err := s.Summary(ctx, ids[0]); err != nil || m.Folder != plans.ID || plans.Wire != "INBOX.Plans" {
		t.Errorf("the message is in %d, not in %d: %v", m.Folder, plans.ID, err)
	}

	trash, err := s.EnsureFolder(ctx, "a", mail.RoleTrash, "Trash")
	must(t, err)
	if trash.Name != "INBOX/Trash" {
		t.Errorf("Trash is %s", trash.Name)
	}
	for _, name := range []string{"New/Sub", "INBOX/Sub", "team/Sub"} {
		_, err = s.MakeFolder(ctx, "a", name, "made")
		must(t, err)
	}
	must(t, s.RenameFolder(ctx, plans.ID, "Schemes", "renamed"))
	shared, err := s.FolderNamed(ctx, "a", "team")
	must(t, err)
	must(t, s.RenameFolder(ctx, shared.ID, "crew", "renamed"))
	var names []string
	all, err := s.Folders(ctx, "a")
	must(t, err)
	for _, f := range all {
		names = append(names, f.Name)
	}
	want := []string{"INBOX", "crew", "crew/Sub", "INBOX/New", "INBOX/New/Sub", "INBOX/Notes", "INBOX/Schemes", "INBOX/Sub", "INBOX/Trash", "Trash"}
	if !slices.Equal(names, want) {
		t.Errorf("the folders are %q, want %q", names, want)
	}
}
