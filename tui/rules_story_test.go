package tui_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/internal/lab"
)

// Rules file new mail by what is in its text while the interface shows the inbox, and nobody is
// told of what they took away; what lay there before they are asked about when the user says so.
func TestStoryRules(t *testing.T) {
	lab.Require(t, "shell", runtime.GOOS != "windows", "the hook of this test is a script of a Unix shell")
	g := demoGround(t)
	g.letters()
	out := filepath.Join(t.TempDir(), "events")
	cfg, err := config.Parse("test", []byte(`
[[rule]]
name = "forge"
match = "body:crucible OR subject:anvil"
move = "archive"
label = "forge"
`))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Accounts = []config.Account{g.account}
	cfg.Notify.Hook = []string{"/bin/sh", "-c", `cat >> "$1"`, "hook", out}
	d := &deskOf{person: &person{}, ground: g, cfg: cfg, dir: emptyStore.Dir(t)}
	d.start(t)
	d.See("synced", "Anvil", "Chisel")
	for i, body := range []string{"The crucible is hot.", "Nothing is hot."} {
		raw := fmt.Sprintf("From: e@x.example\r\nTo: %s\r\nSubject: Zange %d\r\nMessage-ID: <z%d@x>\r\nDate: %s\r\n\r\n%s\r\n", adaAt, i, i, time.Now().Format(time.RFC1123Z), body)
		if err := g.server.Deliver(adaAt, "INBOX", []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	d.there("Archive", "Zange0 forge -\\Seen")
	d.there("INBOX", "Anvil", "Bellows", "Chisel", "Zange1")
	d.See("Zange 1")
	d.Gone("Zange 0")
	d.Until("the hook", func(string) bool {
		got, _ := os.ReadFile(out)
		if strings.Contains(string(got), "Zange 0") {
			t.Fatalf("told of what a rule took away: %s", got)
		}
		return strings.Contains(string(got), "Zange 1")
	})

	d.Press("*", "ctrl+k")
	d.Type("rules")
	d.See("Run the rules")
	d.Press("enter")
	d.See("Ran the rules on 1 message")
	d.Gone("Anvil")
	d.there("Archive", "Anvil forge", "Zange0 forge")
	d.Press("u")
	d.See("Taken back: ", "Anvil")
	d.there("INBOX", "Anvil -forge", "Bellows", "Chisel", "Zange1")
}
