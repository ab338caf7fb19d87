package app

import (
	"testing"
	"time"

	"postea/internal/mail"
	"postea/internal/store"
)

// What is due while the mirror is made anew comes back once its message is there again.
func TestDueBeforeTheMirror(t *testing.T) {
	ctx := t.Context()
	a := receiver(t)
	mirror := func() (ids []mail.ID, inbox store.FolderState) {
		must(t, a.store.SetFolders(ctx, "a", []store.RemoteFolder{
			{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true}, {Name: "Snoozed", Wire: "Snoozed", Role: mail.RoleSnoozed, Selectable: true},
		}))
		inbox, err := a.store.FolderByRole(ctx, "a", mail.RoleInbox)
		must(t, err)
		snoozed, err := a.store.FolderByRole(ctx, "a", mail.RoleSnoozed)
		must(t, err)
		ids, err = a.store.AddHeaders(ctx, snoozed.ID, []store.Header{{UID: 1, MessageID: "m@b.test", Date: time.Now(), Flags: []string{mail.FlagSnoozed}}})
		must(t, err)
		return ids, inbox
	}
	ids, _ := mirror()
	_, err := a.store.Apply(ctx, ids, store.Change{Mark: &store.MarkChange{Kind: store.MarkSnooze, At: time.Now().Add(-time.Minute)}})
	must(t, err)
	must(t, a.store.DropAccount(ctx, "a"))

	must(t, a.doDue(ctx))
	if next, err := a.store.NextMark(ctx); err != nil || !next.IsZero() {
		t.Errorf("looked at again at %v, %v", next, err)
	}
	ids, inbox := mirror()
	must(t, a.store.RoundDone(ctx, "a"))
	must(t, a.doDue(ctx))
	if m, err := a.store.Summary(ctx, ids[0]); err != nil || m.Folder != inbox.ID {
		t.Errorf("it lies in %s, %v", m.FolderName, err)
	}
	if due, err := a.store.DueMarks(ctx); err != nil || len(due) != 0 {
		t.Errorf("still due: %+v, %v", due, err)
	}
}

// What leaves Snoozed is snoozed no more for other programs either, and is so again when
// that is taken back.
func TestOnlyWhatLiesInSnoozedSaysSo(t *testing.T) {
	ctx := t.Context()
	a := receiver(t)
	must(t, a.store.SetFolders(ctx, "a", []store.RemoteFolder{{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true}}))
	inbox, err := a.store.FolderByRole(ctx, "a", mail.RoleInbox)
	must(t, err)
	ids, err := a.store.AddHeaders(ctx, inbox.ID, []store.Header{{UID: 1, MessageID: "m@b.test", Date: time.Now()}})
	must(t, err)
	thread := []mail.ThreadID{mail.Alone(ids[0])}
	says := func(when string, want bool) {
		t.Helper()
		m, err := a.store.Summary(ctx, ids[0])
		must(t, err)
		if got := mail.HasFlag(m.Flags, mail.FlagSnoozed); got != want {
			t.Errorf("%s: snoozed is %v", when, got)
		}
	}
	_, err = a.Snooze(ctx, Place{}, thread, "tomorrow 9:00")
	must(t, err)
	says("snoozed", true)
	_, err = a.Snooze(ctx, Place{}, thread, "tomorrow 10:00")
	must(t, err)
	says("snoozed again", true)
	_, err = a.Archive(ctx, Place{}, thread)
	must(t, err)
	says("archived", false)
	_, err = a.Undo(ctx)
	must(t, err)
	says("taken back", true)
}
