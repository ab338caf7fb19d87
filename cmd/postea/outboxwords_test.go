package main

import (
	"testing"
	"time"

	"postea/internal/demo"
	"postea/internal/mail"
)

func TestHeldSaysTheDay(t *testing.T) {
	now := time.Date(2026, 11, 29, 14, 0, 0, 0, time.Local)
	for at, want := range map[time.Time]string{
		now.Add(2 * time.Hour):   "held 16:00",
		now.AddDate(0, 0, 1):     "held 30 Nov 14:00",
		now.AddDate(0, 4, -1):    "held 28 Mar 14:00",
		now.AddDate(1, 0, 0):     "held 29 Nov 2027",
		now.Add(-26 * time.Hour): "held 28 Nov 12:00",
	} {
		o := mail.Outgoing{State: mail.ItemHeld, HeldFor: mail.HeldForSchedule, NotBefore: at}
		if got := stateWords(o, now); got != want {
			t.Errorf("%v: %q, want %q", at, got, want)
		}
	}
}

// What the state of a message does not allow is said in one piece.
func TestOutboxSaysWhyNot(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	sh.okWith("x\n", "send", "--to", "echo@postea.example", "--at", "in 2d")
	sh.ok("outbox", "cancel", "o1")
	for verb, want := range map[string]string{
		"retry":  "postea: o1 is cancelled: it cannot be retried now\n",
		"settle": "postea: o1 is cancelled: there is nothing to settle\n",
	} {
		if r := sh.run("", "outbox", verb, "o1"); r.code != exUsage || r.err != want {
			t.Errorf("%s: %d %q, want %q", verb, r.code, r.err, want)
		}
	}
}
