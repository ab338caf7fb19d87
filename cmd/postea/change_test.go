package main

import (
	"strings"
	"testing"

	"postea/internal/demo"
)

// A flag that no server takes is refused, and not forgotten in silence.
func TestFlagThatIsNone(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{})
	sh.ok("sync")
	id := sh.objects("list", "--limit", "1")[0]["id"].(string)
	before := sh.ok("show", id, "--json")
	for _, flag := range []string{"", "two words", `\Recent`, `\Made`, "a(b", "ümlaut", "a\nb", `\*`} {
		if r := sh.run("", "flag", id, "--flag", flag); r.code != exUsage || strings.Count(r.err, "\n") != 1 {
			t.Errorf("%q: %d %s", flag, r.code, r.err)
		}
	}
	if after := sh.ok("show", id, "--json"); after != before {
		t.Errorf("changed:\n%s%s", before, after)
	}
	for _, flag := range []string{`\answered`, "$Work", "to_read", "a&APw-b"} {
		sh.ok("flag", id, "--flag", flag)
	}
}

// A move that cannot be done for one message is done for none.
func TestMoveAllOrNothing(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{})
	sh.ok("sync")
	home := sh.objects("list", "--account", "home", "--limit", "1")[0]["id"].(string)
	work := sh.objects("list", "--account", "work", "--limit", "1")[0]["id"].(string)
	if r := sh.run("", "move", home, work, "--to", "Travel"); r.code != exUsage { // which work has not
		t.Errorf("%d %s", r.code, r.err)
	}
	if f := sh.objects("show", home)[0]["folder"]; f != "INBOX" {
		t.Errorf("the first was moved to %v", f)
	}
}
