package app

import (
	"testing"

	"postea/internal/mail"
	"postea/internal/store"
)

// What is sent and archived is taken back one after the other, the send first; and
// nothing is archived where nothing is sent.
func TestSendAndArchive(t *testing.T) {
	a, ctx := writer(t), t.Context()
	a.hold = true
	f, err := a.store.EnsureFolder(ctx, "a", mail.RoleInbox, "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{"one@x.example", "two@x.example"} {
		if _, err := a.store.AddHeaders(ctx, f.ID, []store.Header{{UID: mail.UID(i + 1), MessageID: id, Subject: id, Date: a.now()}}); err != nil {
			t.Fatal(err)
		}
	}
	about, err := a.store.ByMessageID(ctx, "a", "one@x.example")
	if err != nil {
		t.Fatal(err)
	}
	in := folderItem(f).Place
	inbox := func() int {
		t.Helper()
		page, err := a.List(ctx, in, Window{Limit: 9})
		if err != nil {
			t.Fatal(err)
		}
		return len(page.Rows)
	}
	d, err := a.NewDraft(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	d.ReplyTo, d.Subject, d.Body = about, "Re: one", "Yes.\n"
	if _, _, err := a.SendAndArchive(ctx, d); err == nil || inbox() != 2 {
		t.Errorf("to nobody: %v, and %d are in the inbox", err, inbox())
	}
	d.To = "bob@x.example"
	if _, _, err := a.SendAndArchive(ctx, d); err != nil || inbox() != 1 {
		t.Fatalf("%v, and %d are in the inbox", err, inbox())
	}
	if u, err := a.Undo(ctx); err != nil || u.Draft == nil || u.Draft.ReplyTo != about || inbox() != 1 {
		t.Errorf("the first undo: %+v %v, and %d are in the inbox", u, err, inbox())
	}
	if u, err := a.Undo(ctx); err != nil || u.Draft != nil || inbox() != 2 {
		t.Errorf("the second undo: %+v %v, and %d are in the inbox", u, err, inbox())
	}
	d.ReplyTo, d.Again = 0, true
	if _, _, err := a.SendAndArchive(ctx, d); err != nil || inbox() != 2 {
		t.Errorf("what answers nothing: %v, and %d are in the inbox", err, inbox())
	}
}
