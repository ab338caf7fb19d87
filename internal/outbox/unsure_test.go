package outbox

import (
	"testing"
	"time"

	"postea/config"
	"postea/internal/mail"
)

// The consent to send once more is for the first end in doubt, whatever was tried before,
// and needs no mailbox in which the message could be looked for.
func TestResendUnsure(t *testing.T) {
	imap := config.Server{Host: "imap.a.test"}
	for name, c := range map[string]struct {
		imap     config.Server
		deferred bool // by the first try
		looked   int
		want     mail.ItemState
	}{
		"looked for in vain": {imap, false, 1, mail.ItemQueued},
		"not looked for yet": {imap, false, 0, mail.ItemUnsure},
		"nowhere to look":    {config.Server{}, false, 0, mail.ItemQueued},
		"put off before":     {imap, true, 1, mail.ItemQueued},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.acc.IMAP, b.acc.Send.OnUnsure = c.imap, "resend"
			b.srv.set(func() { b.srv.afterDot = "lose" })
			if c.deferred {
				b.srv.set(func() { b.srv.atMail = greylisted })
			}
			id := b.flushed("bob@b.test")
			b.srv.set(func() { b.srv.atMail = "" })
			b.now = b.now.Add(time.Hour)
			b.flush()
			look := func() {
				t.Helper()
				for range c.looked {
					if err := b.store.Reconcile(t.Context(), id, false, ""); err != nil {
						t.Fatal(err)
					}
				}
				if err := b.w.resendUnsure(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			look()
			if got := b.item(id).State; got != c.want {
				t.Fatalf("it is %s, want %s", got, c.want)
			}
			b.flush()
			look()
			b.expect(id, mail.ItemUnsure, "unsure")
		})
	}
}
