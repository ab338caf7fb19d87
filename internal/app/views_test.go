package app

import (
	"testing"

	"postea/internal/mail"
)

// A list that was opened before its folder was renamed keeps how it is shown for that folder,
// and shows it so after undo too.
func TestViewOfARenamedFolder(t *testing.T) {
	a, ctx := writer(t), t.Context()
	f, err := a.store.EnsureFolder(ctx, "a", mail.RoleNone, "Work")
	if err != nil {
		t.Fatal(err)
	}
	opened := folderItem(f).Place
	if _, err := a.RenameFolder(ctx, opened.Folder, "Office"); err != nil {
		t.Fatal(err)
	}
	if err := a.SetView(ctx, opened, View{Sort: SortSubject}); err != nil {
		t.Fatal(err)
	}
	again := opened
	again.Name = "Office"
	for _, p := range []Place{opened, again} {
		if page, err := a.List(ctx, p, Window{Limit: 10}); err != nil || page.View.Sort != SortSubject {
			t.Errorf("opened as %s it is shown as %+v, %v", p.Name, page.View, err)
		}
	}
	if _, err := a.Undo(ctx); err != nil {
		t.Fatal(err)
	}
	for _, p := range []Place{opened, again} {
		if page, err := a.List(ctx, p, Window{Limit: 10}); err != nil || page.View.Sort != SortNewest {
			t.Errorf("after undo, opened as %s it is shown as %+v, %v", p.Name, page.View, err)
		}
	}
}
