package syncer

import (
	"testing"
	"time"

	"postea/internal/lab"
	"postea/internal/mail"
)

// A server that speaks of all folders is not asked for them.
func TestNotifyOnDovecot(t *testing.T) {
	st := newStage(t, onLab(lab.Dovecot(t)))
	st.options.Pace.Round = time.Hour
	st.reopen()
	st.rig.run()
	st.awaitKind(Online)
	st.append(st.to, "elsewhere")
	m := st.message(st.mid("elsewhere"))
	st.must(st.other.AddFlags(t.Context(), st.on(st.to, "elsewhere"), imapFlags([]string{mail.FlagSeen, "work"})))
	st.await("waiting for the flag", func() string {
		if now, err := st.store.Summary(t.Context(), m.ID); err != nil || len(now.Flags) != 2 {
			return "it is not there"
		}
		return ""
	})
	wire, err := st.other.Create(t.Context(), "Neu "+st.run)
	st.must(err)
	st.append(wire, "new-folder")
	st.message(st.mid("new-folder"))
}

func TestKeepalive(t *testing.T) {
	var k keepalive
	if k.wait() != firstKeep {
		t.Errorf("begins with %v", k.wait())
	}
	k.learn(time.Minute, true) // too soon to be the silence
	if k.wait() != firstKeep {
		t.Errorf("%v after an early death", k.wait())
	}
	k.learn(9*time.Minute, true)
	if k.wait() != shortestKeep {
		t.Errorf("%v after a death", k.wait())
	}
	for range 400 {
		k.learn(shortestKeep, false)
	}
	if k.wait() != longestKeep {
		t.Errorf("%v after a quiet day", k.wait())
	}
	k.learn(longestKeep, true)
	if k.wait() != shortestKeep {
		t.Errorf("%v after another death", k.wait())
	}
}
