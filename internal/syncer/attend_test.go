package syncer

import (
	"fmt"
	"testing"
)

// A token that comes in the midst of other work is used up for changes only. What
// else it may have been for is looked for when the work is done, and not only with
// the next one: INBOX is followed, left at once, and followed again.
func TestTokensInTheMidstOfWork(t *testing.T) {
	s := newServer(t, "IDLE")
	r := newRig(t, s.profile())
	r.sync()
	if r.Wake(); r.attend(t.Context()) != nil || !r.unattended {
		t.Fatal("the token is forgotten")
	}
	s.said("")
	r.run()
	idle := 0
	r.await("INBOX is followed again", func() string {
		if idle += len(s.said("IDLE")); idle < 2 {
			return fmt.Sprint(idle, " times")
		}
		return ""
	})
}
