package app

import (
	"errors"
	"testing"

	"postea/config"
	"postea/internal/mail"
)

// A synchronisation brings nothing where there is no server to read from.
func TestNothingToRead(t *testing.T) {
	a, ctx := writer(t), t.Context()
	a.cfg.Accounts[0].IMAP = config.Server{Host: "imap.example.org"}
	var later *NotSyncedError
	if _, err := a.FindFolders(ctx, "", ""); !errors.As(err, &later) {
		t.Error(err)
	}
	a.cfg.Accounts[0].IMAP = config.Server{}
	for _, account := range []string{"", "a"} {
		var never *UsageError
		if _, err := a.FindFolders(ctx, account, ""); !errors.As(err, &never) {
			t.Errorf("%q: %v", account, err)
		}
	}
}

// What was moved is said to lie where the folders show it.
func TestMovedWhere(t *testing.T) {
	a, ids := holding(t, "Subject: one\n\nx\n")
	f, err := a.store.EnsureFolder(t.Context(), "work", mail.RoleTrash, "INBOX/Trash")
	if err != nil {
		t.Fatal(err)
	}
	threads := []mail.ThreadID{mail.Alone(ids[0])}
	copied, err := a.Copy(t.Context(), Place{}, threads, f.ID)
	if err != nil || copied != "Copied 1 message to Trash" {
		t.Errorf("%q, %v", copied, err)
	}
	moved, err := a.Move(t.Context(), Place{}, threads, f.ID)
	if err != nil || moved != "Moved 1 message to Trash" {
		t.Errorf("%q, %v", moved, err)
	}
}
