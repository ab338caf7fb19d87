package syncer

import (
	"strings"
	"testing"

	"postea/config"
	"postea/internal/mail"
	"postea/internal/store"
)

// UIDVALIDITY need not differ between two mailboxes (Gmail gives every INBOX a 1): what
// was wanted of a message of the old one must not be done to its namesake in the new one.
func TestAnotherMailboxUnderTheSameName(t *testing.T) {
	for _, caps := range []string{qresync, modern, old} {
		first, second := newServer(t, caps), newServer(t, caps)
		first.add("INBOX", letter("old1", "x"))
		first.add("INBOX", letter("both", "x"))
		second.add("INBOX", letter("new1", "x"))
		second.add("INBOX", letter("new2", "x"))
		second.add("INBOX", letter("both", "x"))
		second.add("Archive", letter("both", "x"))
		r := newRig(t, first.profile())
		r.sync()
		both := r.message("both")
		// A move into Archive has had no answer, and is wanted no more.
		first.bend(func(c string) string {
			if strings.HasPrefix(c, "UID MOVE") || strings.HasPrefix(c, "UID COPY") {
				return "drop"
			}
			return ""
		})
		inbox, archive := r.folder(mail.RoleInbox), r.folder(mail.RoleArchive)
		r.apply(store.Change{MoveTo: archive}, both.ID)
		if err := r.Round(t.Context()); err == nil {
			t.Error("the line was not lost")
		}
		r.apply(store.Change{MoveTo: inbox, Add: []string{mail.FlagFlagged}}, both.ID)
		r.apply(store.Change{Erase: true}, r.message("old1").ID)

		r.options.Account.IMAP = second.profile().IMAP
		r.reopen()
		r.sync()
		r.sync()
		if n := len(second.truth()); n != 4 {
			t.Errorf("%s: the new mailbox has %d messages left of 4", caps, n)
		}
		r.agree(second.truth)
		if again, err := r.store.Summary(t.Context(), both.ID); err != nil || again.Folder != inbox || again.ID != both.ID || !mail.HasFlag(again.Flags, mail.FlagFlagged) {
			t.Errorf("%s: the message that is in both has become %+v", caps, again)
		}
	}
}

func TestMailboxNames(t *testing.T) {
	for _, c := range []struct {
		a, b config.Server
		same bool
	}{
		{config.Server{Host: "imap.a.test", Port: 143, Username: "ada"}, config.Server{Host: "IMAP.a.test", Port: 993, Username: "ada"}, true},
		{config.Server{Host: "imap.a.test", Username: "ada"}, config.Server{Host: "imap.a.test", Username: "bob"}, false},
		{config.Server{Host: "imap.a.test", Username: "ada"}, config.Server{Host: "imap.b.test", Username: "ada"}, false},
		{config.Server{Host: "localhost", Port: 1143, Username: "ada"}, config.Server{Host: "localhost", Port: 1144, Username: "ada"}, false},
	} {
		if got := Mailbox(c.a) == Mailbox(c.b); got != c.same {
			t.Errorf("%q and %q: same is %v", Mailbox(c.a), Mailbox(c.b), got)
		}
	}
}
