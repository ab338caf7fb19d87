package store

import (
	"database/sql"
	"errors"
	"testing"

	"postea/internal/mail"
)

// A rename that is refused when the old name belongs to another folder by now stops nothing.
func TestRefusedRenameOfATakenName(t *testing.T) {
	s, _ := open(t)
	inbox, archive, _ := folders(t, s, "a")
	ctx := t.Context()
	ids := add(t, s, inbox, header(1, "m1"))
	must(t, s.RenameFolder(ctx, archive, "Attic", "renamed"))
	made, err := s.MakeFolder(ctx, "a", "Archive", "made")
	must(t, err)
	_, err = s.Apply(ctx, ids, Change{MoveTo: made})
	must(t, err)
	must(t, s.RefuseFolder(ctx, archive, "no"))
	f, err := s.FolderNamed(ctx, "a", "Archive")
	must(t, err)
	if m, err := s.Summary(ctx, ids[0]); err != nil || f.ID != archive || m.Folder != archive {
		t.Errorf("Archive is %d, the message in %d: %v", f.ID, m.Folder, err)
	}
	wishes, err := s.FolderWishes(ctx, "a")
	must(t, err)
	if len(wishes) != 0 {
		t.Errorf("left: %+v", wishes)
	}

	// Two that were to change their names for each other's.
	_, _, trash := folders(t, s, "a")
	must(t, s.RenameFolder(ctx, archive, "x", "renamed"))
	must(t, s.RenameFolder(ctx, trash, "Archive", "renamed"))
	must(t, s.RefuseFolder(ctx, archive, "no"))
	for name, id := range map[string]mail.FolderID{"Archive": archive, "Trash": trash} {
		if f, err := s.FolderNamed(ctx, "a", name); err != nil || f.ID != id {
			t.Errorf("%s is %d, want %d: %v", name, f.ID, id, err)
		}
	}
}

// Who waits for another process longer than a user does is told so, in words.
func TestAnotherWriterIsTold(t *testing.T) {
	s, _ := open(t)
	tx, err := s.own.write.BeginTx(t.Context(), nil)
	must(t, err)
	defer tx.Rollback()
	other, err := sql.Open("sqlite", fileName(s.own.path)+"?_txlock=immediate&_pragma=busy_timeout(0)")
	must(t, err)
	defer other.Close()
	_, err = other.BeginTx(t.Context(), nil)
	var busy *BusyError
	if err := s.explain(err); !errors.As(err, &busy) {
		t.Errorf("got %v", err)
	}
}
