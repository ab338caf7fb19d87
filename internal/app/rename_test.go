package app

import (
	"testing"
	"time"

	"postea/config"
	"postea/internal/mail"
	"postea/internal/store"
	"postea/internal/syncer"
)

// An account that bears another name in the configuration keeps what waits to be sent,
// its drafts and what is snoozed; one that is gone gives nothing away.
func TestAccountBearsAnotherName(t *testing.T) {
	server := func(user string) config.Server { return config.Server{Host: "imap.a.test", Port: 993, Username: user} }
	account := func(name, user string) config.Account {
		return config.Account{Name: name, Address: user + "@a.test", IMAP: server(user), SMTP: config.Server{Host: "smtp.a.test", Port: 465}}
	}
	for name, c := range map[string]struct {
		now  []config.Account
		want string
	}{
		"renamed":        {[]config.Account{account("home", "bob"), account("job", "ada")}, "job"},
		"gone":           {[]config.Account{account("home", "bob")}, "work"},
		"two of the box": {[]config.Account{account("job", "ada"), account("other", "ada")}, "work"},
		"as it was":      {[]config.Account{account("job", "ada"), account("work", "ada")}, "work"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, ctx := emptyStore.Dir(t), t.Context()
			begin := func(accounts ...config.Account) *App {
				a, err := Open(ctx, Options{Config: &config.Config{Accounts: accounts}, Dir: dir})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { a.Close() })
				return a
			}
			a := begin(account("work", "ada"))
			if _, err := a.store.SetMailbox(ctx, "work", syncer.Mailbox(server("ada"))); err != nil {
				t.Fatal(err)
			}
			d := mail.Draft{Account: "work", To: "bob@b.test", Subject: "hello", Body: "x"}
			id, err := a.SendAt(ctx, d, time.Now().Add(time.Hour), mail.HeldForSchedule)
			if err != nil {
				t.Fatal(err)
			}
			if d.ID, err = a.SaveDraft(ctx, d); err != nil {
				t.Fatal(err)
			}
			inbox, err := a.store.EnsureFolder(ctx, "work", mail.RoleInbox, "INBOX")
			if err != nil {
				t.Fatal(err)
			}
			ids, err := a.store.AddHeaders(ctx, inbox.ID, []store.Header{{UID: 1, MessageID: "m@b.test", Date: time.Now()}})
			if err == nil {
				_, err = a.store.Apply(ctx, ids, store.Change{Mark: &store.MarkChange{Kind: store.MarkSnooze, At: time.Now().Add(-time.Minute)}})
			}
			if err != nil {
				t.Fatal(err)
			}

			a = begin(c.now...)
			o, err := a.OutgoingItem(ctx, id)
			if err != nil || o.Account != c.want || o.State != mail.ItemHeld {
				t.Errorf("what waits is of %q, %s, %v", o.Account, o.State, err)
			}
			if d, err := a.Draft(ctx, d.ID); err != nil || d.Account != c.want {
				t.Errorf("the draft is of %q, %v", d.Account, err)
			}
			if due, err := a.store.DueMarks(ctx); err != nil || len(due) != 1 || due[0].Account != c.want {
				t.Errorf("due: %+v, %v", due, err)
			}
			if d, err := a.EditOutbox(ctx, id); err != nil || d.Account != c.want {
				t.Errorf("taken up again it is of %q, %v", d.Account, err)
			}
		})
	}
}
