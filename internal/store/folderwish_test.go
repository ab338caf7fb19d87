package store

import (
	"errors"
	"testing"

	"postea/internal/mail"
)

// What is wished for while the server makes a folder is not forgotten when the
// answer comes.
func TestWishesWhileAFolderIsMade(t *testing.T) {
	s, _ := open(t)
	folders(t, s, "a")
	ctx := t.Context()
	renamed, err := s.MakeFolder(ctx, "a", "Forge", "made")
	must(t, err)
	must(t, s.RenameFolder(ctx, renamed, "Smithy", "renamed"))
	must(t, s.FolderCreated(ctx, renamed, "Forge", "Forge"))
	wishes, err := s.FolderWishes(ctx, "a")
	must(t, err)
	if len(wishes) != 1 || wishes[0].SrvName != "Forge" || wishes[0].Name != "Smithy" || !wishes[0].Remote {
		t.Errorf("the name is forgotten: %+v", wishes)
	}
	must(t, s.FolderRenamed(ctx, renamed, "Smithy", "Smithy"))

	undone, err := s.MakeFolder(ctx, "a", "Attic/Tools", "made")
	must(t, err)
	_, err = s.Undo(ctx)
	must(t, err)
	must(t, s.FolderCreated(ctx, undone, "Attic/Tools", "Attic/Tools"))
	wishes, err = s.FolderWishes(ctx, "a")
	must(t, err)
	if len(wishes) != 2 || wishes[1].ID != undone || !wishes[1].Gone || !wishes[1].Remote || !wishes[0].Gone {
		t.Errorf("nobody deletes it on the server: %+v", wishes)
	}
}

// What lay in a folder that is gone by now, deleted here or by another client, lies in it
// again and is counted, hidden as it was, also where another folder has its number.
func TestUndoBringsTheFolderBack(t *testing.T) {
	inbox := RemoteFolder{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true}
	travel := RemoteFolder{Name: "Travel", Wire: "Travel", Selectable: true, Told: true} // hidden in other programs
	trips := RemoteFolder{Name: "Trips", Wire: "Trips", Selectable: true}
	for name, byUser := range map[string]bool{"deleted here": true, "deleted elsewhere": false} {
		for now, folders := range map[string][]RemoteFolder{"gone": {inbox}, "its number taken": {inbox, trips}, "made again": {inbox, trips, travel}} {
			t.Run(name+", "+now, func(t *testing.T) {
				s, _ := open(t)
				ctx := t.Context()
				named := func(name string) FolderState {
					t.Helper()
					list, err := s.Folders(ctx, "a")
					must(t, err)
					for _, f := range list {
						if f.Name == name {
							return f
						}
					}
					t.Fatalf("there is no %s among %+v", name, list)
					return FolderState{}
				}
				must(t, s.SetFolders(ctx, "a", []RemoteFolder{inbox, travel}))
				f, in := named("Travel").ID, named("INBOX").ID
				ids := add(t, s, f, Header{UID: 1, MessageID: "m@x"})
				if byUser {
					must(t, s.DeleteFolder(ctx, f, in, "deleted"))
				} else {
					_, err := s.Apply(ctx, ids, Change{Label: "moved", MoveTo: in})
					must(t, err)
				}
				must(t, s.MoveDone(ctx, in, map[mail.ID]mail.UID{ids[0]: 1}))
				must(t, s.SetFolders(ctx, "a", []RemoteFolder{inbox}))
				must(t, s.FolderDeleted(ctx, f))
				must(t, s.SetFolders(ctx, "a", folders))
				step, err := s.Undo(ctx)
				must(t, err)
				m, err := s.Summary(ctx, ids[0])
				must(t, err)
				if back := named("Travel"); m.Folder != back.ID || step.Folder != back.ID || back.Total != 1 || back.Unread != 1 || named("INBOX").Total != 0 || byUser && back.Subscribed {
					t.Errorf("it lies in %q, %+v; led to %d", m.FolderName, back, step.Folder)
				}
			})
		}
	}
}

// A mirror that is made anew gets no folders by an undo of what was done in the old one.
func TestUndoOfAnotherMirror(t *testing.T) {
	s, _ := open(t)
	inbox, _, _ := folders(t, s, "a")
	_, err := s.Apply(t.Context(), add(t, s, inbox, Header{UID: 1, MessageID: "m@x"}), Change{Label: "erased", Erase: true})
	must(t, err)
	must(t, s.DropAccount(t.Context(), "a"))
	if _, err := s.Undo(t.Context()); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

// A folder whose name another client has taken keeps the new one when its renaming is to be undone,
// and then what was done before is undone; one that is only still to go is waited for.
func TestUndoOfARenameWhoseNameIsTaken(t *testing.T) {
	s, _ := open(t)
	inbox, archive, _ := folders(t, s, "a")
	id := add(t, s, inbox, header(1, "m"))
	work, err := s.MakeFolder(t.Context(), "a", "Work", "")
	must(t, err)
	_, err = s.Apply(t.Context(), id, Change{Label: "archived", MoveTo: archive})
	must(t, err)
	must(t, s.RenameFolder(t.Context(), work, "Plans", "renamed"))
	_, err = s.MakeFolder(t.Context(), "a", "Work", "made")
	must(t, err)
	_, err = s.Undo(t.Context())
	must(t, err)
	var taken *FolderExistsError
	if _, err := s.Undo(t.Context()); !errors.As(err, &taken) || !taken.Going {
		t.Errorf("while the other one is still to go: %v", err)
	}
	_, err = s.MakeFolder(t.Context(), "a", "Work", "made")
	must(t, err)
	must(t, s.writeMail(t.Context(), "as another client", func(t *txn) error { return t.exec(`DELETE FROM undo WHERE label = 'made'`) }))
	if _, err := s.Undo(t.Context()); !errors.As(err, &taken) || taken.Going {
		t.Errorf("with another one of that name: %v", err)
	}
	if step, err := s.Undo(t.Context()); err != nil || step.Label != "archived" {
		t.Errorf("then %q is undone, %v", step.Label, err)
	}
}

// A folder that is brought back is not another one that was made and is to go too: that has a
// number by which no step knows another.
func TestUndoOfADeletedFolderBesideANewOne(t *testing.T) {
	s, _ := open(t)
	_, _, trash := folders(t, s, "a")
	work, err := s.MakeFolder(t.Context(), "a", "Work", "made")
	must(t, err)
	id := add(t, s, work, header(1, "m"))[0]
	must(t, s.DeleteFolder(t.Context(), work, trash, "deleted"))
	must(t, s.MoveDone(t.Context(), trash, map[mail.ID]mail.UID{id: 5}))
	must(t, s.FolderDeleted(t.Context(), work))
	office, err := s.MakeFolder(t.Context(), "a", "Office", "made")
	must(t, err)
	if office == work {
		t.Error("it has the number of the one that is gone")
	}
	for range 2 {
		_, err := s.Undo(t.Context())
		must(t, err)
	}
	if m, err := s.Summary(t.Context(), id); err != nil || m.FolderName != "Work" {
		t.Errorf("it came back to %q, %v", m.FolderName, err)
	}
}

// What was done with a folder before it was deleted can be taken back after that was, also where
// the server has deleted it by then.
func TestUndoOfWhatWasBeforeADeletedFolder(t *testing.T) {
	s, _ := open(t)
	inbox, _, trash := folders(t, s, "a")
	work, err := s.MakeFolder(t.Context(), "a", "Work", "made")
	must(t, err)
	id := add(t, s, inbox, header(1, "m"))[0]
	_, err = s.Apply(t.Context(), []mail.ID{id}, Change{Label: "moved", MoveTo: work})
	must(t, err)
	must(t, s.MoveDone(t.Context(), work, map[mail.ID]mail.UID{id: 5}))
	must(t, s.RenameFolder(t.Context(), work, "Plans", "renamed"))
	must(t, s.DeleteFolder(t.Context(), work, trash, "deleted"))
	must(t, s.MoveDone(t.Context(), trash, map[mail.ID]mail.UID{id: 5}))
	must(t, s.FolderDeleted(t.Context(), work))
	_, err = s.EnsureFolder(t.Context(), "a", mail.RoleSnoozed, "Snoozed") // which is no step
	must(t, err)
	for _, want := range []string{"Plans", "Work", "INBOX"} {
		_, err := s.Undo(t.Context())
		must(t, err)
		if m, err := s.Summary(t.Context(), id); err != nil || m.FolderName != want {
			t.Errorf("it lies in %q, want %q; %v", m.FolderName, want, err)
		}
	}
}
