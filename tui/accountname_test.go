package tui_test

import (
	"strings"
	"testing"

	"postea/internal/demo"
)

// Lists over several accounts name that of each message, also while they are filtered;
// the list of one folder does not.
func TestStoryNameOfAnAccount(t *testing.T) {
	server := startDemo(t, demo.Options{Empty: true})
	for i, subject := range []string{"For the first", "For the second"} {
		if err := server.Deliver(server.Users[i].Address, "INBOX", []byte("From: Eve <eve@example.org>\nSubject: "+subject+"\n\n.\n")); err != nil {
			t.Fatal(err)
		}
	}
	accounts := demoProfiles(t, server)
	p := newPerson(t, accounts...)
	named := func(subject, account string) bool {
		for line := range strings.SplitSeq(p.Screen(), "\n") {
			if before, _, ok := strings.Cut(line, subject); ok {
				return strings.HasSuffix(strings.TrimRight(before, " "), account)
			}
		}
		return false
	}
	for _, keys := range [][]string{{"g", "a"}, {"\\", "F", "o", "r", "enter"}} {
		p.Press(keys...)
		p.See("For the first", "For the second")
		if !named("For the first", accounts[0].Name) || !named("For the second", accounts[1].Name) {
			t.Errorf("the accounts %s and %s in\n%s", accounts[0].Name, accounts[1].Name, p.Screen())
		}
	}
	p.Press("esc", "alt+2")
	p.Gone("For the first")
	p.See("For the second")
	if named("For the second", accounts[1].Name) {
		t.Errorf("one account alone is named in\n%s", p.Screen())
	}
}
