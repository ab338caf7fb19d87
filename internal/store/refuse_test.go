package store

import (
	"database/sql"
	"errors"
	"testing"
	"time"

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

// What the server has refused is taken back, and no step of undo any more: the one before it is.
// A step of which something holds stays.
func TestRefusedIsNoStepOfUndo(t *testing.T) {
	s, _ := open(t)
	inbox, archive, trash := folders(t, s, "a")
	ctx := t.Context()
	ids := add(t, s, inbox, header(1, "m1"), header(2, "m2"))
	undoes := func(want string) {
		t.Helper()
		if step, err := s.LastUndo(ctx); err != nil || step.Label != want {
			t.Errorf("undo is of %q, want %q: %v", step.Label, want, err)
		}
	}
	apply := func(label string, ids []mail.ID, c Change) {
		t.Helper()
		_, err := s.ApplyAll(ctx, label, []Part{{ids, c}})
		must(t, err)
	}
	star := Change{Add: []string{mail.FlagFlagged}}
	apply("starred", ids, star)
	must(t, s.FlagsDone(ctx, ids, star.Add, nil))
	undoes("starred")

	apply("archived", ids[:1], Change{MoveTo: archive})
	apply("thrown away", ids[:1], Change{MoveTo: trash})
	must(t, s.Refuse(ctx, "a", ids[:1], "no"))
	undoes("starred")

	apply("both", ids, Change{MoveTo: archive})
	must(t, s.Refuse(ctx, "a", ids[:1], "no"))
	undoes("both")
	must(t, s.Refuse(ctx, "a", ids[1:], "no"))
	undoes("starred")

	apply("snoozed", ids, Change{MoveTo: archive, Mark: &MarkChange{Kind: MarkSnooze, At: time.Date(2027, 1, 1, 9, 0, 0, 0, time.UTC)}})
	must(t, s.Refuse(ctx, "a", ids, "no"))
	undoes("starred")

	apply("labelled", ids, Change{Add: []string{"work"}})
	must(t, s.RefuseFlags(ctx, "a", ids, []string{"work"}, nil, "no"))
	undoes("starred")

	apply("copied", ids[:1], Change{CopyTo: archive})
	pending, err := s.PendingChanges(ctx, "a")
	must(t, err)
	must(t, s.DropCopies(ctx, "a", []mail.ID{pending[0].ID}, "no"))
	undoes("starred")

	must(t, s.RenameFolder(ctx, archive, "Attic", "renamed"))
	must(t, s.RefuseFolder(ctx, archive, "no"))
	undoes("starred")
	must(t, s.DeleteFolder(ctx, archive, trash, "deleted, empty"))
	must(t, s.RefuseFolder(ctx, archive, "no"))
	undoes("starred")
	must(t, s.SubscribeFolder(ctx, archive, false, "hidden"))
	must(t, s.RefuseFolder(ctx, archive, "no"))
	undoes("starred")
	made, err := s.MakeFolder(ctx, "a", "New", "made")
	must(t, err)
	apply("filed", ids, Change{MoveTo: made})
	must(t, s.RefuseFolder(ctx, made, "no"))
	undoes("starred")

	apply("once more, so that u takes back nothing before it", ids, star)
	must(t, s.Refuse(ctx, "a", ids, "no"))
	undoes("once more, so that u takes back nothing before it")
	apply("filed", ids[:1], Change{MoveTo: archive})
	must(t, s.MoveDone(ctx, archive, map[mail.ID]mail.UID{ids[0]: 7}))
	must(t, s.DeleteFolder(ctx, archive, trash, "deleted"))
	must(t, s.RefuseFolder(ctx, archive, "no"))
	undoes("deleted")
}
