package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/store"
)

// atGmail has a starred message in the inbox, with the label Work and archived, in some of
// the folders, and an older one of its conversation, which is archived with the label Work.
func atGmail(t *testing.T, lies ...string) (a *App, places map[string]Place, lie func() string) {
	t.Helper()
	a, ctx := writer(t), t.Context()
	var remote []store.RemoteFolder
	for name, role := range map[string]mail.Role{"INBOX": mail.RoleInbox, "Work": "", "Trip": "", "[Gmail]/All Mail": mail.RoleAll, "[Gmail]/Trash": mail.RoleTrash} {
		remote = append(remote, store.RemoteFolder{Name: name, Wire: name, Role: role, Selectable: true, Told: true})
	}
	if err := a.store.SetFolders(ctx, "a", remote); err != nil {
		t.Fatal(err)
	}
	folders, err := a.store.Folders(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	places, names := map[string]Place{"Starred": {Kind: PlaceStarred}}, map[mail.FolderID]string{}
	for _, f := range folders {
		short := strings.TrimPrefix(f.Name, "[Gmail]/")
		places[short], names[f.ID] = folderItem(f).Place, short
	}
	old := store.Header{UID: 1, MessageID: "0@x", Subject: "tea", Date: a.now()}
	add := func(name string, h store.Header) mail.ID {
		got, err := a.store.AddHeaders(ctx, places[name].Folder, []store.Header{h})
		if err != nil {
			t.Fatal(err)
		}
		return got[0]
	}
	var ids []mail.ID
	for _, name := range []string{"All Mail", "Work"} {
		add(name, old)
	}
	for _, name := range lies {
		ids = append(ids, add(name, store.Header{UID: 2, MessageID: "1@x", References: []string{"0@x"}, Subject: "tea", Date: a.now().Add(time.Hour), Flags: []string{mail.FlagFlagged}}))
	}
	return a, places, func() string {
		heads, err := a.store.Heads(ctx, ids)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, h := range heads {
			out = append(out, cmp.Or(names[h.Folder], "Snoozed"))
		}
		slices.Sort(out)
		return strings.Join(slices.Compact(out), ", ")
	}
}

// Where folders are labels, a message is in the inbox or it is archived, whatever list shows it.
func TestVerbsWhereFoldersAreLabels(t *testing.T) {
	archive := func(a *App, in Place, _ mail.FolderID, threads []mail.ThreadID) error {
		_, err := a.Archive(t.Context(), in, threads)
		return err
	}
	move := func(a *App, in Place, trip mail.FolderID, threads []mail.ThreadID) error {
		_, err := a.Move(t.Context(), in, threads, trip)
		return err
	}
	toInbox := func(a *App, in Place, _ mail.FolderID, threads []mail.ThreadID) error {
		_, err := a.MoveByRole(t.Context(), in, threads, mail.RoleInbox)
		return err
	}
	del := func(a *App, in Place, _ mail.FolderID, threads []mail.ThreadID) error {
		_, err := a.Delete(t.Context(), in, threads)
		return err
	}
	toTrash := func(how func(*App, context.Context, Place, []mail.ThreadID, mail.FolderID) (string, error)) func(*App, Place, mail.FolderID, []mail.ThreadID) error {
		return func(a *App, in Place, _ mail.FolderID, threads []mail.ThreadID) error {
			trash, err := a.store.FolderByRole(t.Context(), "a", mail.RoleTrash)
			if err != nil {
				return err
			}
			_, err = how(a, t.Context(), in, threads, trash.ID)
			return err
		}
	}
	snooze := func(a *App, in Place, _ mail.FolderID, threads []mail.ThreadID) error {
		_, err := a.Snooze(t.Context(), in, threads, "tomorrow")
		return err
	}
	for _, tt := range []struct {
		lies, in string
		verb     func(*App, Place, mail.FolderID, []mail.ThreadID) error
		want     string
	}{
		{"INBOX, Work, All Mail", "INBOX", archive, "All Mail, Work"},
		{"INBOX, Work, All Mail", "Work", archive, "All Mail, Work"},
		{"INBOX, Work, All Mail", "All Mail", archive, "All Mail, Work"},
		{"INBOX, Work, All Mail", "Starred", archive, "All Mail, Work"},
		{"Work, All Mail", "Starred", archive, "All Mail, Work"},
		{"Work, All Mail", "Work", archive, "All Mail"},
		{"INBOX, Work, All Mail", "INBOX", move, "All Mail, Trip, Work"},
		{"INBOX, Work, All Mail", "Work", move, "All Mail, INBOX, Trip"},
		{"INBOX, Work, All Mail", "All Mail", move, "All Mail, Trip, Work"},
		{"INBOX, Work, All Mail", "Starred", move, "All Mail, Trip, Work"},
		{"Work, All Mail", "Starred", toInbox, "INBOX, Work"},
		{"INBOX, Work, All Mail", "INBOX", del, "All Mail, Trash, Work"},
		{"INBOX, Work, All Mail", "Work", del, "All Mail, Trash"},
		{"INBOX, Work, All Mail", "All Mail", del, "Trash, Work"},
		{"INBOX, Work, All Mail", "INBOX", toTrash((*App).Copy), "All Mail, Trash, Work"},
		{"INBOX, Work, All Mail", "Work", toTrash((*App).Move), "All Mail, Trash"},
		{"INBOX, Work, All Mail", "Work", snooze, "All Mail, Snoozed, Work"},
		{"INBOX, Work, All Mail", "All Mail", snooze, "All Mail, Snoozed, Work"},
	} {
		a, places, lie := atGmail(t, strings.Split(tt.lies, ", ")...)
		in := places[tt.in]
		threads, err := a.Threads(t.Context(), in)
		if err != nil || len(threads) != 1 {
			t.Fatalf("%s lists %d conversations, %v", tt.in, len(threads), err)
		}
		if err := tt.verb(a, in, places["Trip"].Folder, threads); err != nil {
			t.Fatal(err)
		}
		if got := lie(); got != tt.want {
			t.Errorf("from %s, in %s, it went to %s, want %s", tt.lies, tt.in, got, tt.want)
		}
	}
}

// What has a star has one row in Starred, which is gone with the star.
func TestStarredOnceWhereFoldersAreLabels(t *testing.T) {
	a, places, _ := atGmail(t, "INBOX", "Work", "All Mail")
	in := places["Starred"]
	page, err := a.List(t.Context(), in, Window{Limit: 9})
	if err != nil || page.Total != 1 || len(page.Rows) != 1 {
		t.Fatalf("%d of %d rows, %v", len(page.Rows), page.Total, err)
	}
	if _, err := a.SetStarred(t.Context(), in, []mail.ThreadID{page.Rows[0].Thread}, false); err != nil {
		t.Fatal(err)
	}
	if page, err = a.List(t.Context(), in, Window{Limit: 9}); err != nil || page.Total != 0 {
		t.Errorf("without a star there are %d rows, %v", page.Total, err)
	}
}

// Archiving a conversation in a label takes its new message out of the inbox, and the label off
// none of those that are archived already.
func TestArchivedConversationKeepsItsLabel(t *testing.T) {
	a, places, _ := atGmail(t, "INBOX", "Work", "All Mail")
	threads, err := a.Threads(t.Context(), places["Work"])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Archive(t.Context(), places["Work"], threads); err != nil {
		t.Fatal(err)
	}
	page, err := a.List(t.Context(), places["Work"], Window{Limit: 9})
	if err != nil || len(page.Rows) != 1 || page.Rows[0].Count != 2 {
		t.Errorf("of two messages the label has %+v, %v", page.Rows, err)
	}
}

// In a folder that is a label, its messages have that label, and it can be taken off.
func TestLabelOfItsOwnFolder(t *testing.T) {
	a, places, _ := atGmail(t, "Work")
	ctx, in := t.Context(), places["Work"]
	labelled := store.Header{UID: 3, MessageID: "1@x", References: []string{"0@x"}, Date: a.now(), Flags: []string{mail.FromGmailLabel("Work")}}
	if _, err := a.store.AddHeaders(ctx, places["All Mail"].Folder, []store.Header{labelled}); err != nil {
		t.Fatal(err)
	}
	threads, err := a.Threads(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	on := func() bool {
		list, err := a.Labels(ctx, in, threads)
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(list, func(l Label) bool { return l.Raw == "Work" && l.On })
	}
	if !on() {
		t.Error("the label is not on")
	}
	if _, err := a.SetLabel(ctx, in, threads, "Work", false); err != nil || on() {
		t.Errorf("taken off, it is on: %v, %v", on(), err)
	}
	if _, err := a.Undo(ctx); err != nil || !on() {
		t.Errorf("back again, it is on: %v, %v", on(), err)
	}
}

// What lies in several labels is found, exported and copied once.
func TestFoundOnceWhereFoldersAreLabels(t *testing.T) {
	a, places, _ := atGmail(t, "INBOX", "Work", "All Mail")
	ctx, in := t.Context(), places["Starred"]
	for _, limit := range []int{2, 9} {
		list, err := a.SearchMessages(ctx, "subject:tea", "", limit)
		if err != nil || len(list) != 2 || list[0].FolderName != "INBOX" || list[1].FolderName != "Work" {
			t.Errorf("up to %d messages are found as %+v, %v", limit, list, err)
		}
	}
	if n, err := a.toExport(ctx, ExportOptions{Search: "subject:tea", Folder: "Work"}); err != nil || len(n) != 2 {
		t.Errorf("of two messages of a label that are found %d are exported, %v", len(n), err)
	}
	threads, err := a.Threads(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	if ids, err := a.chosenMessages(ctx, in, threads); err != nil || len(ids) != 2 {
		t.Errorf("of a conversation of two messages %d are exported, %v", len(ids), err)
	}
	if _, err := a.Copy(ctx, in, threads, places["Trip"].Folder); err != nil {
		t.Fatal(err)
	}
	page, err := a.List(ctx, places["Trip"], Window{Limit: 9})
	if err != nil || len(page.Rows) != 1 || page.Rows[0].Count != 2 {
		t.Errorf("copied to %+v, %v", page.Rows, err)
	}
}

// A row of a search counts its messages, and not their labels.
func TestCountOfWhatIsFoundWhereFoldersAreLabels(t *testing.T) {
	a, _, _ := atGmail(t, "INBOX", "Work", "All Mail")
	page, err := a.List(t.Context(), Place{Kind: PlaceEverywhere, Query: "tea"}, Window{Limit: 9})
	if err != nil || len(page.Rows) != 1 || page.Rows[0].Count != 2 {
		t.Errorf("two messages of a conversation are found as %+v, %v", page.Rows, err)
	}
}

// A draft is continued, and deleted, from its row among all mail and in a search too.
func TestDraftAmongAllMail(t *testing.T) {
	a, places, _ := atGmail(t)
	ctx := t.Context()
	id, err := a.SaveDraft(ctx, mail.Draft{Account: "a", Subject: "cake", Body: "x"})
	if err != nil {
		t.Fatal(err)
	}
	due, err := a.store.DraftsToCopy(ctx, "a")
	if err != nil || len(due) != 0 {
		t.Fatal(due, err)
	}
	d, err := a.store.Draft(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	mid, err := a.store.BeginDraftCopy(ctx, store.DraftCopy{Draft: d})
	if err != nil {
		t.Fatal(err)
	}
	drafts, err := a.store.EnsureFolder(ctx, "a", mail.RoleDrafts, "[Gmail]/Drafts")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []mail.FolderID{drafts.ID, places["All Mail"].Folder} {
		h := store.Header{UID: 9, MessageID: mid, Subject: "cake", Date: a.now(), Flags: []string{mail.FlagDraft, mail.FlagSeen}}
		if _, err := a.store.AddHeaders(ctx, f, []store.Header{h}); err != nil {
			t.Fatal(err)
		}
	}
	for _, in := range []Place{{Kind: PlaceEverywhere, Query: "subject:cake"}, places["All Mail"]} {
		page, err := a.List(ctx, in, Window{Limit: 9})
		if err != nil || len(page.Rows) == 0 {
			t.Fatal(page, err)
		}
		row := page.Rows[slices.IndexFunc(page.Rows, func(r Row) bool { return r.Subject.String() == "cake" })]
		if row.Role != mail.RoleDrafts {
			t.Errorf("its row in %+v opens as one of %q", in, row.Role)
		}
		if _, err := a.Delete(ctx, in, []mail.ThreadID{row.Thread}); err != nil {
			t.Fatal(err)
		}
		if list, err := a.Drafts(ctx); err != nil || len(list) != 0 {
			t.Errorf("deleted in %+v, there are %d drafts, %v", in, len(list), err)
		}
		if _, err := a.Undo(ctx); err != nil {
			t.Fatal(err)
		}
		if list, err := a.Drafts(ctx); err != nil || len(list) != 1 {
			t.Errorf("brought back in %+v, there are %d drafts, %v", in, len(list), err)
		}
	}
}

// A conversation that is opened in a folder shows, and so reads, what lies there.
func TestConversationOfItsFolder(t *testing.T) {
	a, places, _ := atGmail(t, "INBOX", "Work", "All Mail")
	for _, name := range []string{"INBOX", "Work", "All Mail"} {
		threads, err := a.Threads(t.Context(), places[name])
		if err != nil {
			t.Fatal(err)
		}
		c, err := a.Conversation(t.Context(), places[name], threads[0])
		if err != nil || len(c.Messages) != 2 || c.Messages[1].Folder != places[name].Folder {
			t.Errorf("opened in %s: %+v, %v", name, c.Messages, err)
		}
	}
}

// New mail with a label whose folder has notices is told of once, as that of the inbox, unless
// that has none.
func TestNoticeOnceWhereFoldersAreLabels(t *testing.T) {
	for _, tt := range []struct {
		folders []string
		want    int
	}{{[]string{"inbox", "Work"}, 1}, {[]string{"Work"}, 1}, {[]string{"Trip"}, 0}} {
		a, places, _ := atGmail(t)
		ctx := t.Context()
		a.cfg.Notify.Folders = tt.folders
		if err := a.store.RoundDone(ctx, "a"); err != nil {
			t.Fatal(err)
		}
		told, last := 0, mail.ID(0)
		sub := a.Events()
		defer sub.Close()
		for _, name := range []string{"INBOX", "Work", "All Mail"} {
			h := store.Header{UID: 5, MessageID: "5@x", Subject: "new", Date: a.now(), Internal: a.now(), From: []mail.Address{{Address: "s@x.example"}}}
			if _, err := a.store.AddHeaders(ctx, places[name].Folder, []store.Header{h}); err != nil {
				t.Fatal(err)
			}
			var err error
			if last, err = a.tellOf(ctx, last, nil); err != nil {
				t.Fatal(err)
			}
		}
		batch, err := sub.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range batch {
			if e, ok := e.(event.Arrived); ok {
				told += e.Count
			}
		}
		if told != tt.want {
			t.Errorf("with notices of %q it is told of %d times, want %d", tt.folders, told, tt.want)
		}
	}
}

// At Proton nothing can be moved out of all mail: what has a star there and in the inbox is
// moved from the inbox, and found once. With Dovecot's, into which nothing can be moved
// either, there may be no Archive yet.
func TestVerbsWhereAllMailStays(t *testing.T) {
	for name, verb := range map[string]func(*App, Place, mail.FolderID, []mail.ThreadID) error{
		"Archive": func(a *App, in Place, _ mail.FolderID, threads []mail.ThreadID) error {
			_, err := a.Archive(t.Context(), in, threads)
			return err
		},
		"Trash": func(a *App, in Place, _ mail.FolderID, threads []mail.ThreadID) error {
			_, err := a.Delete(t.Context(), in, threads)
			return err
		},
		"Folders/Trip": func(a *App, in Place, trip mail.FolderID, threads []mail.ThreadID) error {
			_, err := a.Move(t.Context(), in, threads, trip)
			return err
		},
		"Snoozed": func(a *App, in Place, _ mail.FolderID, threads []mail.ThreadID) error {
			_, err := a.Snooze(t.Context(), in, threads, "tomorrow")
			return err
		},
	} {
		a, ctx := writer(t), t.Context()
		var remote []store.RemoteFolder
		for name, role := range map[string]mail.Role{"INBOX": mail.RoleInbox, "Trash": mail.RoleTrash, "Folders/Trip": "", "All Mail": mail.RoleAll} {
			remote = append(remote, store.RemoteFolder{Name: name, Wire: name, Role: role, Selectable: true})
		}
		must(t, a.store.SetFolders(ctx, "a", remote))
		folders, err := a.store.Folders(ctx, "a")
		must(t, err)
		var ids []mail.ID
		var trip mail.FolderID
		for _, f := range folders {
			switch {
			case f.Name == "INBOX" || f.Name == "All Mail":
				got, err := a.store.AddHeaders(ctx, f.ID, []store.Header{{UID: 1, MessageID: "1@x", Subject: "tea", Date: a.now(), Flags: []string{mail.FlagFlagged}}})
				must(t, err)
				ids = append(ids, got...)
			case f.Role == mail.RoleNone:
				trip = f.ID
			}
		}
		if found, err := a.SearchMessages(ctx, "tea", "", 9); err != nil || len(found) != 1 || found[0].FolderName != "INBOX" {
			t.Errorf("it is found as %+v, %v", found, err)
		}
		in := Place{Kind: PlaceStarred}
		threads, err := a.Threads(ctx, in)
		must(t, err)
		must(t, verb(a, in, trip, threads))
		heads, err := a.store.Heads(ctx, ids)
		must(t, err)
		var lie []string
		for _, h := range heads {
			f, err := a.store.Folder(ctx, h.Folder)
			must(t, err)
			lie = append(lie, f.Name)
		}
		slices.Sort(lie)
		want := []string{"All Mail", name}
		if slices.Sort(want); !slices.Equal(lie, want) {
			t.Errorf("%s: it lies in %q", name, lie)
		}
	}
}

// Where folders are labels, undo takes a copy out of its folder again, and deletes no message.
func TestUndoOfACopyWhereFoldersAreLabels(t *testing.T) {
	a, places, _ := atGmail(t, "INBOX", "Work", "All Mail")
	ctx, in, trip := t.Context(), places["INBOX"], places["Trip"].Folder
	threads, err := a.Threads(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	var usage *UsageError
	if _, err := a.Copy(ctx, in, threads, places["Work"].Folder); !errors.As(err, &usage) {
		t.Errorf("copied to where it lies: %v", err)
	}
	if _, err := a.Copy(ctx, in, threads, trip); err != nil {
		t.Fatal(err)
	}
	made, err := a.store.AllIn(ctx, []mail.FolderID{trip})
	if err != nil || len(made) != 1 {
		t.Fatalf("%d copies, %v", len(made), err)
	}
	if err := a.store.CopiesDone(ctx, trip, map[mail.ID]mail.UID{made[0]: 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Undo(ctx); err != nil {
		t.Fatal(err)
	}
	heads, err := a.store.Heads(ctx, made)
	if err != nil || len(heads) != 1 || heads[0].Folder != places["All Mail"].Folder {
		t.Errorf("the copy is %v, %v", heads, err)
	}
}

// Where folders are labels, undo of a move to where a message lay already leaves it there.
func TestUndoOfAMoveWhereFoldersAreLabels(t *testing.T) {
	a, places, lie := atGmail(t, "INBOX", "Work", "All Mail")
	threads, err := a.Threads(t.Context(), places["INBOX"])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Move(t.Context(), places["INBOX"], threads, places["Work"].Folder); err != nil {
		t.Fatal(err)
	}
	moved, err := a.store.AllIn(t.Context(), []mail.FolderID{places["Work"].Folder})
	if err != nil || len(moved) != 2 || lie() != "All Mail, Work" {
		t.Errorf("%d messages in Work, it lies in %s, %v", len(moved), lie(), err)
	}
	if _, err := a.Undo(t.Context()); err != nil || lie() != "All Mail, INBOX, Work" {
		t.Errorf("taken back, it lies in %s, %v", lie(), err)
	}
}

// What is muted where folders are labels bears that in the row that undo brings back.
func TestMuteWhereFoldersAreLabels(t *testing.T) {
	a, places, _ := atGmail(t, "INBOX", "Work", "All Mail")
	threads, err := a.Threads(t.Context(), places["INBOX"])
	if err != nil {
		t.Fatal(err)
	}
	ids, err := a.store.AllIn(t.Context(), []mail.FolderID{places["INBOX"].Folder})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Mute(t.Context(), places["INBOX"], threads); err != nil {
		t.Fatal(err)
	}
	heads, err := a.store.Heads(t.Context(), ids)
	if err != nil || len(heads) != 1 || !slices.Contains(heads[0].Flags, mail.FlagMuted) {
		t.Errorf("what was in the inbox is %v, %v", heads, err)
	}
}

// At Proton a copy is one more label too: what has it already is not copied, or undo would take it
// off; and what is copied to Trash is moved there, as nothing that lies there lies elsewhere.
func TestCopyWhereAllMailLies(t *testing.T) {
	a, ctx := writer(t), t.Context()
	var remote []store.RemoteFolder
	for name, role := range map[string]mail.Role{"INBOX": mail.RoleInbox, "Trash": mail.RoleTrash, "Labels/Trip": "", "All Mail": mail.RoleAll} {
		remote = append(remote, store.RemoteFolder{Name: name, Wire: name, Role: role, Selectable: true})
	}
	must(t, a.store.SetFolders(ctx, "a", remote))
	folders, err := a.store.Folders(ctx, "a")
	must(t, err)
	places := map[string]Place{}
	for _, f := range folders {
		places[f.Name] = folderItem(f).Place
		if f.Role != mail.RoleTrash {
			_, err := a.store.AddHeaders(ctx, f.ID, []store.Header{{UID: 1, MessageID: "1@x", Subject: "tea", Date: a.now()}})
			must(t, err)
		}
	}
	in := places["INBOX"]
	threads, err := a.Threads(ctx, in)
	must(t, err)
	var usage *UsageError
	if _, err := a.Copy(ctx, in, threads, places["Labels/Trip"].Folder); !errors.As(err, &usage) {
		t.Errorf("copied to where it lies: %v", err)
	}
	if _, err := a.Copy(ctx, in, threads, places["Trash"].Folder); err != nil {
		t.Fatal(err)
	}
	if left, err := a.Threads(ctx, in); err != nil || len(left) != 0 {
		t.Errorf("copied to Trash, there are %d in the inbox, %v", len(left), err)
	}
}

// What is copied out of Trash where folders are labels leaves it, and undo puts it back there.
func TestUndoOfACopyOutOfTrash(t *testing.T) {
	a, places, lie := atGmail(t, "Trash")
	threads, err := a.Threads(t.Context(), places["Trash"])
	must(t, err)
	said, err := a.Copy(t.Context(), places["Trash"], threads, places["Trip"].Folder)
	if want := "Moved 1 conversation to Trip"; err != nil || said != want || lie() != "Trip" {
		t.Errorf("%q, want %q; it lies in %s, %v", said, want, lie(), err)
	}
	if _, err := a.Undo(t.Context()); err != nil || lie() != "Trash" {
		t.Errorf("taken back, it lies in %s, %v", lie(), err)
	}
}

// All mail is no folder that can be deleted or renamed.
func TestAllMailStays(t *testing.T) {
	a, places, _ := atGmail(t, "INBOX", "All Mail")
	var usage *UsageError
	if _, err := a.DeleteFolder(t.Context(), places["All Mail"].Folder); !errors.As(err, &usage) {
		t.Errorf("deleted: %v", err)
	}
	if _, err := a.RenameFolder(t.Context(), places["All Mail"].Folder, "Everything"); !errors.As(err, &usage) {
		t.Errorf("renamed: %v", err)
	}
}
