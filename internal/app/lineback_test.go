package app

import (
	"testing"
	"time"

	"postea/internal/syncer"
)

func TestWhenTheLineIsBack(t *testing.T) {
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	var connecting, syncing, online, idle, refused = syncer.Status{Kind: syncer.Connecting}, syncer.Status{Kind: syncer.Syncing},
		syncer.Status{Kind: syncer.Online}, syncer.Status{Kind: syncer.Idle}, syncer.Status{Kind: syncer.NeedsYou}
	offline, portal := syncer.Status{Kind: syncer.Offline, Retry: at}, syncer.Status{Kind: syncer.NeedsYou, Retry: at}
	for name, tt := range map[string]struct {
		states []syncer.Status // each a quarter of a minute after the one before
		back   bool
	}{
		"it was never away":       {[]syncer.Status{connecting, syncing, online}, false},
		"away for a moment":       {[]syncer.Status{offline, syncing}, false},
		"away for long":           {[]syncer.Status{offline, connecting, offline, syncing}, true},
		"signing in only":         {[]syncer.Status{offline, connecting, offline, connecting}, false},
		"a password is missing":   {[]syncer.Status{offline, offline, offline, refused}, false},
		"the network's own page":  {[]syncer.Status{portal, connecting, portal, portal, syncing}, true},
		"it is told once":         {[]syncer.Status{offline, offline, offline, syncing, online}, false},
		"the user was offline":    {[]syncer.Status{offline, idle, idle, syncing}, false},
		"away since the start on": {[]syncer.Status{connecting, offline, offline, offline, online}, true},
	} {
		l, back := lines{}, false
		for i, s := range tt.states {
			back = l.back("work", s, at.Add(time.Duration(i)*15*time.Second))
		}
		if back != tt.back {
			t.Errorf("%s: %t", name, back)
		}
	}
}

// The first account that is brought in line after the machine has slept says, once, that the
// line is back.
func TestLineIsBackAwake(t *testing.T) {
	a := receiver(t)
	must(t, a.store.RoundDone(t.Context(), "a"))
	for _, tt := range []struct {
		wakes time.Duration // from the round on
		back  bool
	}{{time.Minute, false}, {-time.Minute, true}} {
		a.now = func() time.Time { return time.Now().Add(tt.wakes) }
		if a.backAwake(t.Context()) {
			t.Error("back without a sleep")
		}
		a.resumed()
		if back := a.backAwake(t.Context()); back != tt.back {
			t.Errorf("woken %v after the round: %t", tt.wakes, back)
		}
		if !a.woke.IsZero() == tt.back {
			t.Errorf("woken %v after the round: it is told again, or never", tt.wakes)
		}
		a.woke = time.Time{}
	}
}
