package app

import (
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
)

// twice is a message in the inbox and in the archive, as where labels are folders; pinned
// tells in which of them it is.
func twice(t *testing.T) (a *App, inbox, archive Place, pinned func() [2]bool) {
	t.Helper()
	a, ctx := writer(t), t.Context()
	places, ids := [2]Place{}, [2]mail.ID{}
	for i, role := range []mail.Role{mail.RoleInbox, mail.RoleArchive} {
		f, err := a.store.EnsureFolder(ctx, "a", role, string(role))
		if err != nil {
			t.Fatal(err)
		}
		got, err := a.store.AddHeaders(ctx, f.ID, []store.Header{{UID: 1, MessageID: "1@x", Date: a.now()}})
		if err != nil {
			t.Fatal(err)
		}
		places[i], ids[i] = folderItem(f).Place, got[0]
	}
	return a, places[0], places[1], func() (on [2]bool) {
		for i, id := range ids {
			heads, err := a.store.Heads(ctx, []mail.ID{id})
			if err != nil || len(heads) != 1 {
				t.Fatal(heads, err)
			}
			on[i] = heads[0].Pinned
		}
		return on
	}
}

// A message is pinned in each folder where it lies, or in none.
func TestPinIsOfAllCopies(t *testing.T) {
	for name, off := range map[string]func(a *App, in Place, threads []mail.ThreadID) error{
		"P": func(a *App, in Place, threads []mail.ThreadID) error {
			_, err := a.Pin(t.Context(), in, threads)
			return err
		},
		"undo": func(a *App, _ Place, _ []mail.ThreadID) error {
			_, err := a.Undo(t.Context())
			return err
		},
	} {
		a, inbox, archive, pinned := twice(t)
		threads, err := a.Threads(t.Context(), inbox)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Pin(t.Context(), archive, threads); err != nil || pinned() != [2]bool{true, true} {
			t.Errorf("%s: pinned in %v, %v", name, pinned(), err)
		}
		if err := a.doDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := off(a, inbox, threads); err != nil {
			t.Fatal(err)
		}
		if err := a.doDue(t.Context()); err != nil || pinned() != [2]bool{} {
			t.Errorf("%s: still pinned in %v, %v", name, pinned(), err)
		}
	}
}

// What nobody has answered comes back, also where a copy of it lies elsewhere, and what is
// pinned then stays on top.
func TestPinnedComesBackPinned(t *testing.T) {
	a, inbox, _, pinned := twice(t)
	ctx := t.Context()
	threads, err := a.Threads(ctx, inbox)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Pin(ctx, inbox, threads); err != nil {
		t.Fatal(err)
	}
	ids, err := a.selected(ctx, inbox, threads)
	if err != nil {
		t.Fatal(err)
	}
	due := store.Change{Add: []string{mail.FlagSeen}, Mark: &store.MarkChange{Kind: store.MarkRemind, At: a.now().Add(-time.Minute)}}
	if _, err := a.store.Apply(ctx, ids, due); err != nil {
		t.Fatal(err)
	}
	if err := a.doDue(ctx); err != nil || pinned() != [2]bool{true, true} {
		t.Errorf("pinned in %v, %v", pinned(), err)
	}
	if m, err := a.store.Summary(ctx, ids[0]); err != nil || !m.Unread() {
		t.Errorf("it has not come back: %v", err)
	}
}
