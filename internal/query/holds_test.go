package query

import (
	"testing"
	"time"
)

func TestHolds(t *testing.T) {
	now := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	it := Item{
		Account: "work", Folders: []string{"drafts", "Entwürfe"}, States: []State{Draft, Attachment}, Date: now, Size: 3000,
		Texts: map[Field]string{Subject: "Zürich by night", Body: "the cafe\u0301 at 北京大学", Cc: "carol@example.net", Files: "plan.pdf"},
	}
	for input, want := range map[string]bool{
		"zur":                         true,
		"café night":                  true,
		`"by night"`:                  true,
		`"night by"`:                  false,
		"京大":                          true,
		"subject:cafe":                false,
		"body:cafe":                   true,
		"to:carol":                    true,
		"cc:carol from:carol":         false,
		"from:carol OR filename:plan": true,
		"-carol":                      false,
		"NOT bob":                     true,
		"is:draft has:attachment":     true,
		"is:unread":                   false,
		"in:drafts":                   true,
		"in:entwürfe":                 true,
		"in:entwurfe":                 true,
		"in:inbox":                    false,
		"in:anywhere":                 true,
		"account:WORK":                true,
		"account:home":                false,
		"on:today":                    true,
		"before:today":                false,
		"after:today":                 true,
		"after:tomorrow":              false,
		"larger:2k smaller:4k":        true,
		"larger:4k":                   false,
		"label:red":                   false,
		"id:1":                        false,
		"thread:1":                    false,
		"":                            false,
	} {
		q := Parse(input, now)
		if got := Holds(q.Root, it); got != want {
			t.Errorf("%q: %v, want %v (%+v, %v)", input, got, want, q.Root, q.Problems)
		}
	}
}

func TestHoldsAnAddress(t *testing.T) {
	it := Item{Texts: map[Field]string{To: "Ada <ada@example.org>, bob@example.org", Cc: "not.grace@example.org"}}
	for address, want := range map[string]bool{"ADA@example.org": true, "bob@example.org": true, "not.grace@example.org": true, "grace@example.org": false, "ada@example": false} {
		if got := Holds(Addresses{To, []string{"nobody@example.org", address}}, it); got != want {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
}
