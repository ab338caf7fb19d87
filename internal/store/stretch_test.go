package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"postea/internal/mail"
)

// Windows anywhere in a list are the parts of the whole list, and stay so
// whatever is added, moved and deleted.
func TestListWindows(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	if err := s.SetFolders(ctx, "a", []RemoteFolder{{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true}, {Name: "B", Wire: "B", Selectable: true}}); err != nil {
		t.Fatal(err)
	}
	inbox, err := s.FolderByRole(ctx, "a", mail.RoleInbox)
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.EnsureFolder(ctx, "a", "", "B")
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var ids []mail.ID
	uid := map[mail.FolderID]mail.UID{}
	add := func(folder mail.FolderID, n int) {
		var list []Header
		for range n {
			uid[folder]++
			h := Header{UID: uid[folder], MessageID: fmt.Sprintf("%d.%d@x", folder, uid[folder]), Subject: "s", Date: time.Unix(1_600_000_000+rng.Int64N(300_000_000), 0)}
			if rng.IntN(3) == 0 {
				h.References = []string{fmt.Sprintf("%d.%d@x", folder, 1+rng.IntN(int(uid[folder])))}
			}
			if rng.IntN(20) == 0 { // before 1970
				h.Date = time.Unix(-rng.Int64N(1_000_000_000), 0)
			}
			list = append(list, h)
		}
		got, err := s.AddHeaders(ctx, folder, list)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, got...)
	}
	check := func(when string, folders ...mail.FolderID) {
		t.Helper()
		all, err := s.Threads(ctx, ListQuery{Folders: folders})
		if err != nil {
			t.Fatal(err)
		}
		for range shorter(40, 10) {
			offset, limit := rng.IntN(len(all)), 1+rng.IntN(60)
			r, err := s.List(ctx, ListQuery{Folders: folders, Offset: offset, Limit: limit})
			if err != nil {
				t.Fatal(err)
			}
			var got []mail.ThreadID
			for _, row := range r.Rows {
				got = append(got, row.Thread)
			}
			if want := all[offset:min(offset+limit, len(all))]; r.Total != len(all) || !slices.Equal(got, want) {
				t.Fatalf("%s: %d rows from %d of %d are %v, want %v", when, limit, offset, r.Total, got, want)
			}
			at := rng.IntN(len(all))
			above := rng.IntN(5)
			r, err = s.List(ctx, ListQuery{Folders: folders, Anchor: all[at], Offset: above, Limit: 10})
			if err != nil || !r.AnchorPresent || r.Offset != max(at-above, 0) && len(folders) == 1 {
				t.Fatalf("%s: the %d. is found at %d, %v", when, at, r.Offset, err)
			}
		}
	}
	add(inbox.ID, 500)
	add(other.ID, 300)
	check("at first", inbox.ID)
	check("two folders", inbox.ID, other.ID)
	for range shorter(10, 3) {
		rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		if _, err := s.Apply(ctx, ids[:40], Change{MoveTo: other.ID}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Apply(ctx, ids[40:60], Change{MoveTo: inbox.ID}); err != nil {
			t.Fatal(err)
		}
		add(inbox.ID, 10)
		check("after changes", inbox.ID)
		check("after changes, two folders", inbox.ID, other.ID)
	}
	var wrong int
	err = s.mail.read.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT folder, at, n FROM stretch WHERE n <> 0 EXCEPT SELECT folder, last_date >> 19, count(*) FROM folder_thread GROUP BY 1, 2)`).Scan(&wrong)
	if err != nil || wrong > 0 {
		t.Errorf("%d stretches are miscounted, %v", wrong, err)
	}
}
