package main

import (
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
		name, ok := accountCalled(c, called)
		if ok != (want != "") || ok && name != want || !ok && name != called {
			t.Errorf("%s is %q, %v", called, name, ok)
		}
	}
}
