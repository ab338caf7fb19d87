package app

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
)

// What a search found of a conversation in several folders is read, starred and pinned in
// its row where one of it is, and each of that is taken back by the same key.
func TestFlagsOfWhatIsFound(t *testing.T) {
	a, ctx := writer(t), t.Context()
	for i, role := range []mail.Role{mail.RoleInbox, mail.RoleSent} {
		f, err := a.store.EnsureFolder(ctx, "a", role, string(role))
		if err != nil {
			t.Fatal(err)
		}
		h := store.Header{UID: 1, MessageID: fmt.Sprint(i, "@x"), References: []string{"0@x"}, Subject: "tea", Date: a.now().Add(time.Duration(i) * time.Hour)}
		if role == mail.RoleSent {
			h.Flags = []string{mail.FlagSeen}
		}
		if _, err := a.store.AddHeaders(ctx, f.ID, []store.Header{h}); err != nil {
			t.Fatal(err)
		}
	}
	in := Place{Kind: PlaceEverywhere, Query: "tea"}
	row := func() Row {
		page, err := a.List(ctx, in, Window{Limit: 9})
		if err != nil || len(page.Rows) != 1 {
			t.Fatalf("found %d, %v", len(page.Rows), err)
		}
		return page.Rows[0]
	}
	threads := []mail.ThreadID{row().Thread}
	for _, on := range []bool{true, false} {
		if _, err := a.SetRead(ctx, in, threads, on); err != nil || row().Unread == on {
			t.Errorf("read is set to %v, and the row is unread: %v; %v", on, row().Unread, err)
		}
		if _, err := a.SetStarred(ctx, in, threads, on); err != nil || row().Starred != on {
			t.Errorf("the star is set to %v, and the row has %v; %v", on, row().Starred, err)
		}
		if _, err := a.Pin(ctx, in, threads); err != nil || row().Pinned != on || row().Returned {
			t.Errorf("the pin is set to %v, and the row has %v, returned %v; %v", on, row().Pinned, row().Returned, err)
		}
	}
	if _, err := a.MarkAllRead(ctx, in); err != nil || row().Unread {
		t.Errorf("all is read, and the row is unread: %v; %v", row().Unread, err)
	}
}

// Done in Starred, what is done to a conversation is done in the folder where it has a
// star, and not to what lies of it elsewhere.
func TestStarredIsOfAFolder(t *testing.T) {
	a, ctx := writer(t), t.Context()
	roles := []mail.Role{mail.RoleInbox, mail.RoleSent, mail.RoleDrafts, mail.RoleInbox}
	folders := map[mail.Role]mail.FolderID{}
	var ids []mail.ID
	for i, role := range roles {
		f, err := a.store.EnsureFolder(ctx, "a", role, string(role))
		if err != nil {
			t.Fatal(err)
		}
		folders[role] = f.ID
		h := store.Header{UID: mail.UID(i + 1), MessageID: fmt.Sprint(i, "@x"), References: []string{"0@x"}, Subject: "tea", Date: a.now().Add(time.Duration(i) * time.Hour)}
		if i == 3 {
			h.Flags = []string{mail.FlagFlagged}
		}
		got, err := a.store.AddHeaders(ctx, f.ID, []store.Header{h})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, got...)
	}
	starred := Place{Kind: PlaceStarred}
	threads, err := a.Threads(ctx, starred)
	if err != nil || len(threads) != 1 {
		t.Fatalf("%d are starred, %v", len(threads), err)
	}
	if _, err := a.Delete(ctx, starred, threads); err != nil {
		t.Fatal(err)
	}
	for i, role := range roles {
		m, err := a.store.Summary(ctx, ids[i])
		if deleted := m.Folder != folders[role]; err != nil || deleted != (role == mail.RoleInbox) {
			t.Errorf("message %d of %s: deleted %v, %v", i, role, deleted, err)
		}
	}
}

// The star is put on the message that the row shows: the newest of the conversation,
// the newest that a search found of it, or each one where they stand singly.
func TestStarIsSeen(t *testing.T) {
	for what, tt := range map[string]struct {
		query  string
		single bool
		want   []int
	}{
		"a conversation":         {"", false, []int{3}},
		"a search":               {"tea", false, []int{2}},
		"messages by themselves": {"", true, []int{1, 2}},
	} {
		a, ctx := writer(t), t.Context()
		f, err := a.store.EnsureFolder(ctx, "a", mail.RoleInbox, "INBOX")
		if err != nil {
			t.Fatal(err)
		}
		var ids []mail.ID
		for i, subject := range []string{"tea", "cake", "tea", "cake"} {
			got, err := a.store.AddHeaders(ctx, f.ID, []store.Header{{UID: mail.UID(i + 1), MessageID: fmt.Sprint(i, "@x"), References: []string{"0@x"}, Subject: subject, Date: a.now().Add(time.Duration(i) * time.Hour)}})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, got...)
		}
		m, err := a.store.Summary(ctx, ids[0])
		if err != nil {
			t.Fatal(err)
		}
		in, threads := folderItem(f).Place, []mail.ThreadID{m.Thread}
		in.Query = tt.query
		if tt.single {
			threads = []mail.ThreadID{mail.Alone(ids[1]), mail.Alone(ids[2])}
		}
		if _, err := a.SetStarred(ctx, in, threads, true); err != nil {
			t.Fatal(err)
		}
		var starred []int
		for i, id := range ids {
			if m, err := a.store.Summary(ctx, id); err != nil || mail.HasFlag(m.Flags, mail.FlagFlagged) {
				starred = append(starred, i)
			}
		}
		if !slices.Equal(starred, tt.want) {
			t.Errorf("of %s the messages %v are starred, want %v", what, starred, tt.want)
		}
	}
}

// What a search found in the inbox and among all mail of Gmail is archived out of the inbox.
func TestArchivedOutOfTheInbox(t *testing.T) {
	a, ctx := writer(t), t.Context()
	err := a.store.SetFolders(ctx, "a", []store.RemoteFolder{
		{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true},
		{Name: "[Gmail]/All Mail", Wire: "[Gmail]/All Mail", Role: mail.RoleAll, Selectable: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	var all mail.FolderID
	for _, role := range []mail.Role{mail.RoleInbox, mail.RoleAll} {
		f, err := a.store.FolderByRole(ctx, "a", role)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.store.AddHeaders(ctx, f.ID, []store.Header{{UID: 1, MessageID: "1@x", Subject: "tea", Date: a.now()}}); err != nil {
			t.Fatal(err)
		}
		all = f.ID
	}
	in := Place{Kind: PlaceEverywhere, Query: "tea"}
	threads, err := a.Threads(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Archive(ctx, in, threads); err != nil {
		t.Fatal(err)
	}
	list, err := a.store.Thread(ctx, threads[0])
	for _, m := range list {
		if m.Folder != all {
			t.Errorf("it lies in %s", m.FolderName)
		}
	}
	if err != nil || len(list) != 2 {
		t.Errorf("%d messages, %v", len(list), err)
	}
}
