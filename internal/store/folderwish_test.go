package store

import "testing"

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
