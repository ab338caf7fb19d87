package main

import (
	"strings"
	"testing"

	"postea/config"
)

// An account is called by its name, or by an address that only one has.
func TestAccountCalled(t *testing.T) {
	c := &config.Config{Accounts: []config.Account{
		{Name: "work", Address: "ada@work.example", Aliases: []string{"both@x.example"}},
		{Name: "home", Address: "ada@home.example", Aliases: []string{"both@x.example"}},
		{Name: "ada@work.example", Address: "other@x.example"},
	}}
	for called, want := range map[string]string{
		"work": "work", "ADA@Home.example": "home", "ada@work.example": "ada@work.example", "other@x.example": "ada@work.example",
		"both@x.example": "", "nobody@x.example": "", "Work": "",
	} {
		name, err := accountCalled(c, called)
		if (err == nil) != (want != "") || name != want {
			t.Errorf("%s is %q, %v", called, name, err)
		}
	}
	if _, err := accountCalled(c, "both@x.example"); err == nil || !strings.Contains(err.Error(), "several accounts have the address both@x.example; say which by its name: work, home") {
		t.Error(err)
	}
}
