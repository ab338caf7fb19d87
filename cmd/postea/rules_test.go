package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/demo"
	"postea/internal/mail"
)

const someRules = `[[rule]]
name = "builds"
match = "list:builds.example.org"
move = "Lists/Builds"
label = "ci"

[[rule]]
name = "bills"
match = "invoice from:shop"
star = true
read = true

`

// addConfig puts lines in front of the configuration.
func (sh *shell) addConfig(lines string) {
	sh.t.Helper()
	path := filepath.Join(sh.home, "config.toml")
	have, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, append([]byte(lines), have...), 0o600)
	}
	if err != nil {
		sh.t.Fatal(err)
	}
}

// One sync brings mail, asks the rules, and carries out what they want; what lay there before
// and what the user has put back is left alone.
func TestRulesWhileSyncing(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	const ada = "ada@postea.example"
	deliver := func(from, subject, body string, more ...string) {
		t.Helper()
		raw := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%s@x>\r\nDate: %s\r\n%s\r\n%s\r\n", from, ada, subject,
			strings.ReplaceAll(subject, " ", ""), time.Now().Add(-time.Hour).Format(time.RFC1123Z), strings.Join(more, ""), body)
		if err := sh.server.Deliver(ada, "INBOX", []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	// server says where a message lies there, and with which flags.
	server := func(subject string) string {
		t.Helper()
		folders, err := sh.server.Folders(ada)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, f := range folders {
			list, err := sh.server.Messages(ada, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range list {
				if strings.Contains(string(m.Raw), "Subject: "+subject+"\r\n") {
					flags := slices.DeleteFunc(mail.ServerFlags(m.Flags), func(f string) bool { return strings.EqualFold(f, `\Recent`) })
					slices.Sort(flags)
					out = append(out, strings.TrimSpace(f+" "+strings.Join(flags, " ")))
				}
			}
		}
		return strings.Join(out, ", ")
	}
	list := "List-Id: Builds <builds.example.org>\r\n"
	deliver("ci@example.org", "Build 1", "x", list)
	sh.ok("sync")
	sh.ok("folder", "make", "Lists/Builds", "--account", "home")
	sh.ok("sync")
	sh.addConfig(someRules)
	sh.ok("sync")
	if got := server("Build 1"); got != "INBOX" {
		t.Errorf("what lay there before the rules is in %s", got)
	}

	deliver("ci@example.org", "Build 2", "x", list)
	deliver("shop@example.org", "Your order", "Find the invoice attached.")
	deliver("bob@example.org", "Hello", "Here is no invoice.")
	sh.ok("sync")
	for subject, want := range map[string]string{"Build 1": "INBOX", "Build 2": "Lists/Builds ci", "Your order": `INBOX \Flagged \Seen`, "Hello": "INBOX"} {
		if got := server(subject); got != want {
			t.Errorf("%s is in %s, not %s", subject, got, want)
		}
	}
	id := strings.Fields(sh.ok("search", `subject:"build 2"`))[0]
	sh.ok("move", id, "--to", "inbox")
	sh.ok("sync")
	sh.ok("sync")
	if got := server("Build 2"); got != "INBOX ci" {
		t.Errorf("what the user has put back is in %s", got)
	}

	if out := sh.ok("rule", "try"); strings.Count(out, "\n       builds: move to Lists/Builds; label ci\n") != 2 || !strings.Contains(out, "       bills: mark as read; star") {
		t.Errorf("trying says\n%s", out)
	}
	if got := server("Build 1"); got != "INBOX" {
		t.Errorf("trying has moved a message to %s", got)
	}
	sh.ok("rule", "run")
	sh.ok("sync")
	if got := server("Build 1") + "; " + server("Build 2"); got != "Lists/Builds ci; Lists/Builds ci" {
		t.Errorf("after running the rules: %s", got)
	}
}

func TestRuleCommands(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	sh.ok("sync")
	if r := sh.run("", "rule", "run"); r.code != exUsage || !strings.Contains(r.err, "There are no rules") {
		t.Errorf("without rules: %d, %s", r.code, r.err)
	}
	sh.addConfig(someRules)
	want := "builds: list:builds.example.org → move to Lists/Builds; label ci\nbills: invoice from:shop → mark as read; star\n"
	if out := sh.ok("rule", "list"); out != want {
		t.Errorf("the rules are listed as\n%s", out)
	}
	for _, args := range [][]string{{"rule"}, {"rule", "try", "--folder", "nowhere"}} {
		if r := sh.run("", args...); r.code != exUsage {
			t.Errorf("%q ends with %d: %s", args, r.code, r.err)
		}
	}
	sh.addConfig("[[rule]]\nname = \"lost\"\nmatch = \"in:nowhere\"\nread = true\n\n")
	if err := sh.server.Deliver("ada@postea.example", "INBOX", []byte("From: a@x.example\r\nSubject: x\r\nMessage-ID: <1@x>\r\n\r\nx\r\n")); err != nil {
		t.Fatal(err)
	}
	if r := sh.run("", "sync"); r.code != 0 || r.err != "postea: The rule \"lost\": there is no folder \"nowhere\"\n" {
		t.Errorf("a rule that names no folder ends sync with %d: %s", r.code, r.err)
	}
	if r := sh.run("", "rule", "run"); r.code != exUsage || !strings.Contains(r.err, `The rule "lost": there is no folder "nowhere"`) {
		t.Errorf("running it: %d, %s", r.code, r.err)
	}
	sh.addConfig("[[rule]]\nname = \"bad\"\nmatch = \"from:(\"\nread = true\n\n")
	if r := sh.run("", "config", "check"); r.code != exConfig || !strings.Contains(r.err, ":3:1: match: the bracket is not closed") {
		t.Errorf("a search that is none: %d, %s", r.code, r.err)
	}
}
