package app

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
)

// What was done to something that was so already is what is undone, and not what
// was done before.
func TestUndoIsOfTheLastDeed(t *testing.T) {
	a, ctx := writer(t), t.Context()
	f, err := a.store.EnsureFolder(ctx, "a", mail.RoleInbox, "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	ids, err := a.store.AddHeaders(ctx, f.ID, []store.Header{{UID: 1, MessageID: "1@x", Subject: "tea", Date: a.now()}})
	if err != nil {
		t.Fatal(err)
	}
	in := Place{Kind: PlaceEverywhere, Query: "tea"}
	threads, err := a.Threads(ctx, in)
	if err != nil || len(threads) != 1 {
		t.Fatalf("found %d, %v", len(threads), err)
	}
	for range 2 {
		if _, err := a.Archive(ctx, in, threads); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []bool{false, true} {
		if _, err := a.Undo(ctx); err != nil {
			t.Fatal(err)
		}
		if m, err := a.store.Summary(ctx, ids[0]); err != nil || (m.Folder == f.ID) != want {
			t.Errorf("after %d times of undo it lies in %v, %v", i+1, m.Folder, err)
		}
	}
}

// What has left the list meanwhile is not deleted with it, also where messages stand singly.
func TestWhatHasLeftIsLeft(t *testing.T) {
	a, ctx := writer(t), t.Context()
	trash, err := a.store.EnsureFolder(ctx, "a", mail.RoleTrash, "Trash")
	if err != nil {
		t.Fatal(err)
	}
	inbox, err := a.store.EnsureFolder(ctx, "a", mail.RoleInbox, "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	ids, err := a.store.AddHeaders(ctx, trash.ID, []store.Header{{UID: 1, MessageID: "1@x"}, {UID: 2, MessageID: "2@x"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.MoveMessages(ctx, ids[:1], inbox.ID, "a message"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Delete(ctx, folderItem(trash).Place, []mail.ThreadID{mail.Alone(ids[0]), mail.Alone(ids[1])}); err != nil {
		t.Fatal(err)
	}
	if m, err := a.store.Summary(ctx, ids[0]); err != nil || m.Folder != inbox.ID {
		t.Errorf("what was brought back from Trash lies in %v, %v", m.Folder, err)
	}
}

// What is done to nothing, as all of it has left the list meanwhile, is not said to be done: undo
// would take back something else.
func TestNothingIsLeftToDo(t *testing.T) {
	a, f, _ := conversation(t)
	ctx, in := t.Context(), folderItem(f).Place
	threads, err := a.Threads(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Archive(ctx, in, threads); err != nil {
		t.Fatal(err)
	}
	for name, do := range map[string]func() (string, error){
		"archive": func() (string, error) { return a.Archive(ctx, in, threads) },
		"move":    func() (string, error) { return a.Move(ctx, in, threads, f.ID) },
		"star":    func() (string, error) { return a.SetStarred(ctx, in, threads, true) },
		"pin":     func() (string, error) { return a.Pin(ctx, in, threads) },
		"snooze":  func() (string, error) { return a.Snooze(ctx, in, threads, "tomorrow") },
	} {
		if said, err := do(); !errors.As(err, new(*UsageError)) {
			t.Errorf("%s: %q, %v", name, said, err)
		}
	}
}

// conversation is an App with one of two messages in the inbox.
func conversation(t *testing.T) (*App, store.FolderState, []mail.ID) {
	t.Helper()
	a, ctx := writer(t), t.Context()
	f, err := a.store.EnsureFolder(ctx, "a", mail.RoleInbox, "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	list := []store.Header{{UID: 1, MessageID: "1@x"}, {UID: 2, MessageID: "2@x", References: []string{"1@x"}}}
	ids, err := a.store.AddHeaders(ctx, f.ID, list)
	if err != nil {
		t.Fatal(err)
	}
	return a, f, ids
}

// Where messages stand singly, each is pinned, labelled and reminded of by itself.
func TestEachStandsByItself(t *testing.T) {
	a, f, ids := conversation(t)
	ctx := t.Context()
	in, both := folderItem(f).Place, []mail.ThreadID{mail.Alone(ids[0]), mail.Alone(ids[1])}
	for _, one := range both { // the first is pinned when the second is
		if _, err := a.Pin(ctx, in, []mail.ThreadID{one}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.Remind(ctx, in, both, "tomorrow"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.SetLabel(ctx, in, both[:1], "tea", true); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		for _, kind := range []store.MarkKind{store.MarkPin, store.MarkRemind} {
			if _, err := a.store.MarkOf(ctx, id, kind); err != nil {
				t.Errorf("message %v has no %v: %v", id, kind, err)
			}
		}
	}
	if labels, err := a.Labels(ctx, in, both); err != nil || len(labels) != 1 || labels[0].On {
		t.Errorf("the label of one is that of both: %+v, %v", labels, err)
	}
	if _, err := a.Pin(ctx, in, both); err != nil {
		t.Fatal(err)
	}
	if _, err := a.store.MarkOf(ctx, ids[1], store.MarkPin); err == nil {
		t.Error("what is pinned stays so")
	}
}

// Where messages stand singly, what is said of them counts messages.
func TestMessagesAreCounted(t *testing.T) {
	a, f, ids := conversation(t)
	ctx := t.Context()
	words, err := a.Archive(ctx, folderItem(f).Place, []mail.ThreadID{mail.Alone(ids[0]), mail.Alone(ids[1])})
	if want := "Archived 2 messages"; err != nil || words != want {
		t.Errorf("says %q, want %q; %v", words, want, err)
	}
}

// An undo leads to the newest of what it brings back, which stands on top,
// whichever of them the store has had longest.
func TestUndoLeadsToTheNewest(t *testing.T) {
	a, ctx := writer(t), t.Context()
	f, err := a.store.EnsureFolder(ctx, "a", mail.RoleInbox, "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.store.EnsureFolder(ctx, "a", mail.RoleArchive, "Archive"); err != nil {
		t.Fatal(err)
	}
	for i, hours := range []int{5, 1, 9, 1} {
		h := store.Header{UID: mail.UID(i + 1), MessageID: fmt.Sprint(i), Subject: fmt.Sprint("letter ", i), Date: a.now().Add(-time.Duration(hours) * time.Hour)}
		if _, err := a.store.AddHeaders(ctx, f.ID, []store.Header{h}); err != nil {
			t.Fatal(err)
		}
	}
	in := folderItem(f).Place
	page, err := a.List(ctx, in, Window{Limit: 9})
	if err != nil || len(page.Rows) != 4 {
		t.Fatalf("%d rows, %v", len(page.Rows), err)
	}
	threads, err := a.Threads(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Archive(ctx, in, threads); err != nil {
		t.Fatal(err)
	}
	u, err := a.Undo(ctx)
	if err != nil || u.Focus != page.Rows[0].Thread {
		t.Errorf("leads to %v, want %v of %q; %v", u.Focus, page.Rows[0].Thread, page.Rows[0].Subject, err)
	}
}

// What was done last is undone first, also within a second of what else can be undone.
func TestUndoWithinASecond(t *testing.T) {
	a, ctx := writer(t), t.Context()
	now := a.now()
	a, err := Open(ctx, Options{Config: a.cfg, Dir: t.TempDir(), Hold: true, Now: func() time.Time { now = now.Add(time.Millisecond); return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	f, err := a.store.EnsureFolder(ctx, "a", mail.RoleInbox, "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.store.AddHeaders(ctx, f.ID, []store.Header{{UID: 1, MessageID: "1@x", Date: now}}); err != nil {
		t.Fatal(err)
	}
	in := folderItem(f).Place
	threads, err := a.Threads(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	draft, err := a.NewDraft(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	draft.To = "bob@example.org"
	if draft.ID, err = a.SaveDraft(ctx, draft); err != nil {
		t.Fatal(err)
	}
	if err := a.DiscardDraft(ctx, draft.ID); err != nil {
		t.Fatal(err)
	}
	draft.ID = 0
	if _, _, err := a.Send(ctx, draft); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Archive(ctx, in, threads); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Taken back: Archived 1 conversation", "Sending taken back", "Draft restored"} {
		if u, err := a.Undo(ctx); err != nil || u.What != want {
			t.Errorf("%q is taken back, %v; want %q", u.What, err, want)
		}
	}
}

// An undo that comes a moment too late for a send takes back nothing that was done before.
func TestUndoAsTheHoldEnds(t *testing.T) {
	a, ctx := writer(t), t.Context()
	now := a.now()
	a, err := Open(ctx, Options{Config: a.cfg, Dir: t.TempDir(), Hold: true, Now: func() time.Time { return now }})
	must(t, err)
	defer a.Close()
	f, err := a.store.EnsureFolder(ctx, "a", mail.RoleInbox, "INBOX")
	must(t, err)
	_, err = a.store.AddHeaders(ctx, f.ID, []store.Header{{UID: 1, MessageID: "1@x", Date: now}})
	must(t, err)
	in := folderItem(f).Place
	threads, err := a.Threads(ctx, in)
	must(t, err)
	_, err = a.Archive(ctx, in, threads)
	must(t, err)
	draft, err := a.NewDraft(ctx, "a")
	must(t, err)
	draft.To = "bob@example.org"
	_, until, err := a.Send(ctx, draft)
	must(t, err)
	now = until.Add(time.Millisecond)
	u, err := a.Undo(ctx)
	if err != nil || u.What != "Sending taken back" { // no worker has seen it yet
		t.Errorf("%q, %v", u.What, err)
	}
	_, until, err = a.Send(ctx, *u.Draft)
	must(t, err)
	now = until.Add(time.Millisecond)
	must(t, a.store.DeferAccount(ctx, "a", store.Outcome{Kind: "deferred", Text: "offline", Next: now.Add(time.Minute)}))
	u, err = a.Undo(ctx)
	if err != nil || u.What != "Sending taken back" { // none was reached
		t.Errorf("%q, %v", u.What, err)
	}
	id, until, err := a.Send(ctx, *u.Draft)
	must(t, err)
	now = until.Add(time.Millisecond)
	_, err = a.store.BeginAttempt(ctx, id, "server", time.Time{})
	must(t, err)
	if u, err := a.Undo(ctx); err == nil || err.Error() != "Too late to take back the sending" {
		t.Errorf("%q, %v", u.What, err)
	}
	now = until.Add(time.Minute)
	if u, err := a.Undo(ctx); err != nil || u.What != "Taken back: Archived 1 conversation" {
		t.Errorf("%q, %v", u.What, err)
	}
}

// A draft that is newer than its copy is there as it was when its deletion is undone.
func TestUndoOfADeletedDraft(t *testing.T) {
	a, ctx := writer(t), t.Context()
	f, err := a.store.EnsureFolder(ctx, "a", mail.RoleDrafts, "Drafts")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.store.AddHeaders(ctx, f.ID, []store.Header{{UID: 1, MessageID: "1@x", Subject: "tea", Date: a.now()}}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.SaveDraft(ctx, mail.Draft{Account: "a", Subject: "tea and cake", Copy: "1@x"}); err != nil {
		t.Fatal(err)
	}
	in := folderItem(f).Place
	shown := func() []Row {
		page, err := a.List(ctx, in, Window{Limit: 9})
		if err != nil {
			t.Fatal(err)
		}
		return page.Rows
	}
	before := shown()
	threads := []mail.ThreadID{before[0].Thread}
	trash, err := a.store.EnsureFolder(ctx, "a", mail.RoleTrash, "Trash")
	if err != nil {
		t.Fatal(err)
	}
	for _, away := range []func() (string, error){
		func() (string, error) { return a.Delete(ctx, in, threads) },
		func() (string, error) { return a.Move(ctx, in, threads, trash.ID) },
	} {
		if said, err := away(); err != nil || len(shown()) != 0 {
			t.Fatalf("%s: still there: %+v, %v", said, shown(), err)
		}
		if _, err := a.Undo(ctx); err != nil {
			t.Fatal(err)
		}
		if after := shown(); len(before) != 1 || len(after) != 1 || after[0].Subject.String() != "tea and cake" {
			t.Errorf("there is %+v, was %+v", after, before)
		}
	}
	if said, err := a.Archive(ctx, in, threads); err == nil || len(shown()) != 1 {
		t.Errorf("%q, and there is %+v", said, shown())
	}
}

// What was pinned or muted by mistake is so nowhere after undo, also not in what came in between:
// a copy of a message, or an answer, behind which more would pass the inbox by.
func TestUndoOfMarksOnWhatCame(t *testing.T) {
	a, f, _ := conversation(t)
	ctx, in := t.Context(), folderItem(f).Place
	archive, err := a.store.EnsureFolder(ctx, "a", mail.RoleArchive, "Archive")
	must(t, err)
	for i, verb := range []func(context.Context, Place, []mail.ThreadID) (string, error){a.Pin, a.Mute} {
		threads, err := a.Threads(ctx, in)
		must(t, err)
		_, err = verb(ctx, in, threads)
		must(t, err)
		came := []store.Header{{UID: mail.UID(10 + i), MessageID: []string{"1@x", "3@x"}[i], References: []string{"1@x"}}}
		ids, err := a.store.AddHeaders(ctx, archive.ID, came)
		must(t, err)
		must(t, a.store.Remark(ctx))
		_, err = a.Undo(ctx)
		must(t, err)
		if list, err := a.store.Summaries(ctx, ids); err != nil || len(list) != 1 || list[0].Lifted || list[0].Muted {
			t.Errorf("what came is %+v, %v", list, err)
		}
	}
}

// What was no longer muted is so again after undo, all of the conversation.
func TestUndoOfNoLongerMuted(t *testing.T) {
	a, f, ids := conversation(t)
	ctx, in := t.Context(), folderItem(f).Place
	threads, err := a.Threads(ctx, in)
	must(t, err)
	for range 2 {
		_, err := a.Mute(ctx, Place{Kind: PlaceEverywhere}, threads)
		must(t, err)
	}
	_, err = a.Undo(ctx)
	must(t, err)
	for _, id := range ids {
		if m, err := a.store.Summary(ctx, id); err != nil || !m.Muted {
			t.Errorf("it is %+v, %v", m, err)
		}
	}
}

// A search that was forgotten is kept again, in its place, and not what was done before taken back.
func TestUndoOfForgettingASearch(t *testing.T) {
	a, ctx := writer(t), t.Context()
	for _, name := range []string{"Tea", "Coffee", "Water"} {
		if err := a.SaveSearch(ctx, name, "subject:"+name); err != nil {
			t.Fatal(err)
		}
	}
	said, err := a.ForgetSearch(ctx, "Coffee")
	if err != nil {
		t.Fatal(err)
	}
	got, err := a.Undo(ctx)
	if err != nil || got.What != "Taken back: "+said {
		t.Errorf("%q, %v", got.What, err)
	}
	list, err := a.SavedSearches(ctx)
	if err != nil || len(list) != 3 || list[1].Raw != "Coffee" || list[1].Query != "subject:Coffee" {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := a.ForgetSearch(ctx, "Milk"); !errors.Is(err, ErrNotFound) {
		t.Errorf("forgetting what there is not: %v", err)
	}
	for _, query := range []string{"subject:Tea", "from:ada"} { // the same again, and another one
		if _, err := a.ForgetSearch(ctx, "Tea"); err != nil {
			t.Fatal(err)
		}
		if err := a.SaveSearch(ctx, "tea", query); err != nil {
			t.Fatal(err)
		}
		_, err := a.Undo(ctx)
		if usage, _ := errors.AsType[*UsageError](err); (usage != nil) != (query == "from:ada") {
			t.Errorf("with %s under its name by now: %v", query, err)
		}
	}
	if list, err = a.SavedSearches(ctx); err != nil || len(list) != 3 || list[2].Query != "from:ada" {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := a.Undo(ctx); err == nil || err.Error() != "Nothing to undo" {
		t.Errorf("then: %v", err)
	}
	if err := errors.Join(a.SaveSearch(ctx, "COFFEE", "from:bob"), a.SaveSearch(ctx, "coffee", "from:bob")); err != nil {
		t.Fatal(err)
	}
	if got, err = a.Undo(ctx); err != nil || got.What != "Taken back: Saved another search as COFFEE" {
		t.Errorf("%q, %v", got.What, err)
	}
	if list, err = a.SavedSearches(ctx); err != nil || len(list) != 3 || list[0].Raw != "Coffee" || list[0].Query != "subject:Coffee" {
		t.Errorf("another one was saved in its place, and that taken back: %+v, %v", list, err)
	}
}
