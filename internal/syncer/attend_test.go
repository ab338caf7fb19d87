package syncer

import "testing"

// A token that comes in the midst of other work is used up for changes only. What
// else it may have been for is looked for when the work is done, and not only with
// the next one.
func TestTokensInTheMidstOfWork(t *testing.T) {
	s := newServer(t, "IDLE")
	r := newRig(t, s.profile())
	r.sync()
	if r.Wake(); r.attend(t.Context()) != nil || !r.unattended || len(r.wake) != 0 {
		t.Fatal("the token is forgotten")
	}
	r.lookAgain()
	if r.unattended || len(r.wake) != 1 {
		t.Fatal("the token does not come back")
	}
	r.lookAgain()
	<-r.wake
	r.lookAgain()
	if len(r.wake) != 0 {
		t.Error("one token has become two")
	}
	// The life of a connection gives it back before it waits: INBOX is followed, and
	// nothing is left to be done.
	r.unattended = true
	s.said("")
	stop := r.run()
	r.await("INBOX is followed", func() string {
		if len(s.said("IDLE")) == 0 {
			return "not yet"
		}
		return ""
	})
	stop()
	if r.unattended {
		t.Error("the token is forgotten in the end")
	}
}
