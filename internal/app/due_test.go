package app

import (
	"slices"
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

// What may have been answered while postea was closed is not brought back before somebody
// has looked, and is where nobody can for a day, or where only a machine has answered; what
// was deleted stays so.
func TestReminderWaitsForTheAnswer(t *testing.T) {
	for name, tt := range map[string]struct {
		due          int // hours ago
		round        bool
		answer, away bool
		deleted      bool
		back, wait   bool
	}{
		"before the round":       {due: 1, wait: true},
		"answered":               {due: 1, round: true, answer: true},
		"not answered":           {due: 1, round: true, back: true},
		"answered by a machine":  {due: 1, round: true, answer: true, away: true, back: true},
		"deleted meanwhile":      {due: 1, round: true, deleted: true},
		"no server for too long": {due: 25, back: true},
	} {
		ctx := t.Context()
		a := receiver(t)
		must(t, a.store.SetFolders(ctx, "a", []store.RemoteFolder{{Name: "INBOX", Wire: "INBOX", Role: mail.RoleInbox, Selectable: true}}))
		inbox, err := a.store.FolderByRole(ctx, "a", mail.RoleInbox)
		must(t, err)
		ids, err := a.store.AddHeaders(ctx, inbox.ID, []store.Header{{UID: 1, MessageID: "m@b.test", Date: time.Now().Add(-48 * time.Hour), Flags: []string{mail.FlagSeen}}})
		must(t, err)
		_, err = a.store.Apply(ctx, ids, store.Change{Mark: &store.MarkChange{Kind: store.MarkRemind, At: time.Now().Add(time.Duration(-tt.due) * time.Hour)}})
		must(t, err)
		must(t, a.doDue(ctx))
		if tt.deleted {
			_, err := a.Delete(ctx, Place{Folder: inbox.ID}, []mail.ThreadID{mail.Alone(ids[0])})
			must(t, err)
		}
		if tt.answer {
			ids, err := a.store.AddHeaders(ctx, inbox.ID, []store.Header{{UID: 2, MessageID: "n@b.test", InReplyTo: []string{"m@b.test"}, Date: time.Now().Add(-24 * time.Hour), From: []mail.Address{{Address: "bob@b.test"}}}})
			must(t, err)
			raw := map[bool]string{true: "Auto-Submitted: auto-replied (vacation)\n"}[tt.away] + "From: bob@b.test\n\nHere.\n"
			must(t, a.store.PutBody(ctx, ids[0], []byte(raw), store.BodyInfo{}))
		}
		if tt.round {
			must(t, a.store.RoundDone(ctx, "a"))
			must(t, a.doDue(ctx))
		}
		m, err := a.store.Summary(ctx, ids[0])
		must(t, err)
		list, err := a.store.Thread(ctx, m.Thread)
		must(t, err)
		back := slices.ContainsFunc(list, func(c mail.Summary) bool {
			return c.Folder == inbox.ID && c.MessageID == m.MessageID && c.Unread()
		})
		if left, err := a.store.DueMarks(ctx); err != nil || back != tt.back || (len(left) > 0) != tt.wait {
			t.Errorf("%s: it is back: %v, it waits: %d, %v", name, back, len(left), err)
		}
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
