package outbox

import (
	"errors"
	"testing"
	"time"

	"postea/config"
	"postea/internal/dial"
	"postea/internal/mail"
	"postea/smtpclient"
)

// A message for later that could not be given into a server's keeping is still one for
// later once the sign-in is mended.
func TestMendedSignInKeepsTheTime(t *testing.T) {
	b := newBench(t)
	b.srv.set(func() { b.srv.offers = []string{"FUTURERELEASE 864000 2027-12-24T00:00:00Z"} })
	if err := b.store.Learn(t.Context(), serverOf(b.acc), facts, `{"hold":864000000000000}`); err != nil {
		t.Fatal(err)
	}
	at := b.now.Add(72 * time.Hour)
	id := b.queueAt(at, mail.HeldForSchedule)
	b.queueAt(at, mail.HeldForSchedule)
	b.srv.set(func() { b.srv.atAuth = "535 5.7.8 bad credentials" })
	if err := b.w.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.expect(id, mail.ItemBlocked, "pending")
	b.srv.set(func() {
		if b.srv.conns != 1 {
			t.Errorf("signed in %d times", b.srv.conns)
		}
	})
	b.srv.set(func() { b.srv.atAuth = "" })
	if err := b.store.Unblock(t.Context(), "work"); err != nil {
		t.Fatal(err)
	}
	b.flush()
	if o := b.expect(id, mail.ItemHeld, "pending"); !o.NotBefore.Equal(at) || len(b.srv.taken()) != 0 {
		t.Errorf("it is held until %v, and the server has %d", o.NotBefore, len(b.srv.taken()))
	}
}

// What waits for the user goes on by itself once that is shown to be needless.
func TestBlockedGoesOn(t *testing.T) {
	refuse := func(b *bench) { b.srv.set(func() { b.srv.atAuth = "535 5.7.8 bad credentials" }) }
	admit := func(b *bench) { b.srv.set(func() { b.srv.atAuth = "" }) }
	t.Run("another message of the account was taken", func(t *testing.T) {
		b := newBench(t)
		refuse(b)
		old := b.flushed("bob@b.test")
		b.expect(old, mail.ItemBlocked, "pending")
		admit(b)
		b.w = b.worker()
		b.flushed("eve@e.test")
		b.flush()
		b.expect(old, mail.ItemAccepted, "accepted 250")
	})
	t.Run("the account is configured again", func(t *testing.T) {
		b := newBench(t)
		name := b.acc.Name
		b.acc.Name = "renamed"
		id := b.flushed("bob@b.test")
		b.expect(id, mail.ItemBlocked, "pending")
		b.flush()
		b.expect(id, mail.ItemBlocked, "pending")
		b.acc.Name = name
		b.flush()
		b.expect(id, mail.ItemAccepted, "accepted 250")
	})
	t.Run("a sign-in that has worked is refused for a while", func(t *testing.T) {
		b := newBench(t)
		b.flushed("bob@b.test")
		b.w.closeAll()
		refuse(b)
		id := b.flushed("bob@b.test")
		b.expect(id, mail.ItemBlocked, "pending")
		for _, wait := range []time.Duration{refusedFirst - 1, 1, 2*refusedFirst - 1} {
			b.now = b.now.Add(wait)
			if err := b.w.tryAgain(t.Context()); err != nil {
				t.Fatal(err)
			}
			b.flush()
		}
		if o := b.expect(id, mail.ItemBlocked, "pending"); o.Attempts != 2 {
			t.Errorf("%d attempts", o.Attempts)
		}
		admit(b)
		b.now = b.now.Add(1)
		if err := b.w.tryAgain(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.flush()
		b.expect(id, mail.ItemAccepted, "accepted 250")
	})
	t.Run("one that never has is not", func(t *testing.T) {
		b := newBench(t)
		refuse(b)
		id := b.flushed("bob@b.test")
		admit(b)
		b.now = b.now.Add(72 * time.Hour)
		if err := b.w.tryAgain(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.flush()
		b.expect(id, mail.ItemBlocked, "pending")
	})
	t.Run("a keyring is unlocked", func(t *testing.T) {
		b := newBench(t)
		password := b.acc.SMTP.Password
		b.acc.SMTP.Password = config.Secret{Env: "POSTEA_TEST_NO_SUCH_VARIABLE"}
		id := b.flushed("bob@b.test")
		b.expect(id, mail.ItemBlocked, "pending")
		b.acc.SMTP.Password = password
		b.now = b.now.Add(refusedFirst)
		if err := b.w.tryAgain(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.flush()
		b.expect(id, mail.ItemAccepted, "accepted 250")
	})
	t.Run("a network that is not the one", func(t *testing.T) {
		b := newBench(t)
		refuse(b)
		id := b.flushed("bob@b.test")
		admit(b)
		back := func() {
			t.Helper()
			if err := errors.Join(b.w.LineBack(t.Context()), b.w.tryAgain(t.Context())); err != nil {
				t.Fatal(err)
			}
			b.flush()
		}
		back()
		b.expect(id, mail.ItemBlocked, "pending") // by a password, which no network mends

		b.w.blocked(b.acc, &smtpclient.Error{Phase: smtpclient.PhaseTLS, Err: &dial.Error{Kind: dial.KindCertificate}})
		if got := b.w.blockages["work"].again; !got.Equal(b.now.Add(b.acc.Send.Retry[1])) {
			t.Errorf("tried again at %v", got)
		}
		back()
		b.expect(id, mail.ItemAccepted, "accepted 250")
	})
}
