package tui_test

import (
	"strings"
	"testing"

	"postea/internal/demo"
)

// An account with a colour is named in lists over several accounts; one without
// is not.
func TestStoryColourOfAnAccount(t *testing.T) {
	server := startDemo(t, demo.Options{Empty: true})
	for i, subject := range []string{"For the first", "For the second"} {
		if err := server.Deliver(server.Users[i].Address, "INBOX", []byte("From: Eve <eve@example.org>\nSubject: "+subject+"\n\n.\n")); err != nil {
			t.Fatal(err)
		}
	}
	accounts := demoProfiles(t, server)
	accounts[1].Color = "violet"
	p := newPerson(t, accounts...)
	p.Press("g", "a")
	p.See("For the first", "For the second")
	named := func(subject, account string) bool {
		for line := range strings.SplitSeq(p.Screen(), "\n") {
			if strings.Contains(line, subject) {
				before, _, _ := strings.Cut(line, subject)
				return strings.HasSuffix(strings.TrimRight(before, " "), account)
			}
		}
		return false
	}
	if !named("For the second", accounts[1].Name) || named("For the first", accounts[0].Name) {
		t.Errorf("the accounts %s and %s in\n%s", accounts[0].Name, accounts[1].Name, p.Screen())
	}
}
