package app

import (
	"testing"
	"time"

	"postea/internal/syncer"
)

func TestWhenTheLineIsBack(t *testing.T) {
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		kinds []syncer.Kind // each a quarter of a minute after the one before
		back  bool
	}{
		"it was never away":       {[]syncer.Kind{syncer.Connecting, syncer.Syncing, syncer.Online}, false},
		"away for a moment":       {[]syncer.Kind{syncer.Offline, syncer.Syncing}, false},
		"away for long":           {[]syncer.Kind{syncer.Offline, syncer.Connecting, syncer.Offline, syncer.Syncing}, true},
		"signing in only":         {[]syncer.Kind{syncer.Offline, syncer.Connecting, syncer.Offline, syncer.Connecting}, false},
		"a password is missing":   {[]syncer.Kind{syncer.Offline, syncer.Offline, syncer.Offline, syncer.NeedsYou}, false},
		"it is told once":         {[]syncer.Kind{syncer.Offline, syncer.Offline, syncer.Offline, syncer.Syncing, syncer.Online}, false},
		"the user was offline":    {[]syncer.Kind{syncer.Offline, syncer.Idle, syncer.Idle, syncer.Syncing}, false},
		"away since the start on": {[]syncer.Kind{syncer.Connecting, syncer.Offline, syncer.Offline, syncer.Offline, syncer.Online}, true},
	} {
		l, back := lines{}, false
		for i, k := range tt.kinds {
			back = l.back("work", k, at.Add(time.Duration(i)*15*time.Second))
		}
		if back != tt.back {
			t.Errorf("%s: %t", name, back)
		}
	}
}
