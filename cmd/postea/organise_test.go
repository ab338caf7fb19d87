package main

import (
	"encoding/json"
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

func TestOrganiseCommands(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	const ada = "ada@postea.example"
	for i, name := range []string{"Anvil", "Bellows"} {
		raw := fmt.Sprintf("From: S <s@x.example>\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%d@x>\r\nDate: %s\r\n\r\nx\r\n", ada, name, i, time.Now().Add(-time.Hour).Format(time.RFC1123Z))
		if err := sh.server.Deliver(ada, "INBOX", []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	sh.ok("sync")
	ids := map[string]string{}
	var account string
	for line := range strings.Lines(sh.ok("list", "--json")) {
		var m struct{ ID, Subject, Account string }
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		ids[m.Subject], account = m.ID, m.Account
	}
	there := func(folder, subject string, flags ...string) {
		t.Helper()
		sh.ok("sync")
		list, err := sh.server.Messages(ada, folder)
		if err != nil {
			t.Fatal(err)
		}
		list = slices.DeleteFunc(list, func(m demo.Stored) bool { return !strings.Contains(string(m.Raw), "Subject: "+subject) })
		if len(list) == 0 {
			t.Fatalf("%s is not in %s", subject, folder)
		}
		for _, f := range flags { // of its copies one has it
			if !slices.ContainsFunc(list, func(m demo.Stored) bool { return mail.HasFlag(m.Flags, f) }) {
				t.Errorf("%s in %s has no %s", subject, folder, f)
			}
		}
	}
	sh.ok("label", ids["Anvil"], "--name", "To be read")
	there("INBOX", "Anvil", "To_be_read")
	if out := sh.ok("list", "--json"); !strings.Contains(out, `"labels":["To be read"]`) {
		t.Errorf("no label in %s", out)
	}
	if out := sh.ok("search", "--json", `label:"to be read"`); strings.Count(out, "\n") != 1 {
		t.Errorf("the search for a label gives %q", out)
	}
	sh.ok("unlabel", ids["Anvil"], "--name", "to be read")
	sh.ok("--account", account, "folder", "make", "Forge/Old")
	sh.ok("copy", ids["Anvil"], "--to", "archive")
	there("Archive", "Anvil")
	there("INBOX", "Anvil")
	sh.ok("--account", account, "folder", "rename", "Forge/Old", "Forge/New")
	sh.ok("move", ids["Bellows"], "--to", "Forge/New")
	there("Forge/New", "Bellows")
	if out := sh.ok("folder", "list", "--json"); !strings.Contains(out, `"name":"Forge/New","role":"","total":1`) {
		t.Errorf("folders: %s", out)
	}
	sh.ok("--account", account, "folder", "delete", "Forge/New")
	there("Trash", "Bellows")
	if r := sh.run("", "folder", "empty", "trash", "--account", account); r.code != exUsage {
		t.Errorf("emptying without --yes exits with %d", r.code)
	}
	sh.ok("folder", "empty", "trash", "--yes", "--account", account)
	sh.ok("sync")
	if list, _ := sh.server.Messages(ada, "Trash"); len(list) != 0 {
		t.Errorf("Trash holds %d", len(list))
	}
	sh.ok("mute", ids["Anvil"])
	there("Archive", "Anvil", mail.FlagMuted)
	sh.ok("pin", ids["Anvil"])
	sh.ok("snooze", ids["Anvil"], "--until", "tomorrow 9:00")
	there("Snoozed", "Anvil", mail.FlagSnoozed)
	sh.ok("remind", ids["Anvil"], "--at", "in 2h")
	for _, bad := range [][]string{{"snooze", ids["Anvil"]}, {"snooze", ids["Anvil"], "--until", "yesterday"}, {"label", ids["Anvil"]}, {"copy", ids["Anvil"], "--to", "nowhere"}, {"folder", "make", "a//b"}} {
		if r := sh.run("", bad...); r.code != exUsage || strings.Count(strings.TrimSpace(r.err), "\n") != 0 {
			t.Errorf("%q exits with %d: %s", bad, r.code, r.err)
		}
	}
}

func TestKeyProblemsHaveLines(t *testing.T) {
	sh := newShell(t, demo.Options{Empty: true})
	path := filepath.Join(sh.home, "config.toml")
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append([]byte("[ui]\nkeys = \"mutt\"\n[keys]\narchive = \"w\"\nstar = [\"w\"]\nfly = \"x\"\n\n"), have...), 0o600); err != nil {
		t.Fatal(err)
	}
	r := sh.run("", "config", "check")
	for _, want := range []string{":5:9: keys.star", `"w": the key is also that of archive`, ":6:1: keys.fly", "no such action"} {
		if !strings.Contains(r.err, want) {
			t.Errorf("no %q in %s", want, r.err)
		}
	}
	if r.code != exConfig {
		t.Errorf("exits with %d", r.code)
	}
}

// One look finds all there is to mend, whatever part of the file it lies in.
func TestConfigCheckFindsAll(t *testing.T) {
	sh := newShell(t, demo.Options{Empty: true})
	path := filepath.Join(sh.home, "config.toml")
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	check := func(text string) result {
		t.Helper()
		if err := os.WriteFile(path, append([]byte(text), have...), 0o600); err != nil {
			t.Fatal(err)
		}
		return sh.run("", "config", "check")
	}
	r := check("[ui]\nrows = 7\ntheme = \"see\"\n[keys]\njunk = [\"J\", \"ctrl+\"]\nmute = \"hyper+q\"\ndelete = \"\"\n\n")
	for _, want := range []string{
		":2:1: rows: must be a string", `:3:1: ui.theme: there is no theme "see"`, `:5:14: keys.junk: "ctrl+": names no key after ctrl+`,
		`:6:8: keys.mute: "hyper+q": "hyper" is no modifier`, `:7:10: keys.delete: "": names no key; write [] for none`,
	} {
		if !strings.Contains(r.err, want) {
			t.Errorf("no %q in %s", want, r.err)
		}
	}
	if r.code != exConfig {
		t.Errorf("exits with %d", r.code)
	}
	r = check("[keys]\narchive = [\"e\", \"s\"]\njunk = [\"Ctrl+J\", \"alt+ctrl+x\"]\n\n")
	if want := ":2:1: keys.archive: takes the last key of star in Message list, Reader, which has none now"; r.code != exOK || !strings.Contains(r.err, want) {
		t.Errorf("exits with %d: %s", r.code, r.err)
	}
	if r := sh.run("", "keys"); r.code != exOK || !strings.Contains(r.out, "ctrl+j  ctrl+alt+x") {
		t.Errorf("exits with %d: %s%s", r.code, r.out, r.err)
	}
}

func TestThemesOfOnesOwn(t *testing.T) {
	sh := newShell(t, demo.Options{Empty: true})
	path := filepath.Join(sh.home, "config.toml")
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	put := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(sh.home, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(sh.home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	check := func(code int, wants ...string) {
		t.Helper()
		r := sh.run("", "config", "check")
		if r.code != code {
			t.Errorf("exits with %d: %s", r.code, r.err)
		}
		for _, want := range wants {
			if !strings.Contains(r.err, want) {
				t.Errorf("no %q in %s", want, r.err)
			}
		}
	}
	put("config.toml", "[ui]\nrows = \"auto\"\ntheme = \"see\"\n\n"+string(have))
	check(exConfig, `config.toml:3:1: ui.theme: there is no theme "see"; there are auto, dark`)

	put("themes/see.toml", "base = \"gray\"\n\n[dark]\naccnt = \"#fff\"\ntext = \"white\"\n")
	check(exConfig, "see.toml:1:1: base: ", "see.toml:4:1: dark.accnt: there is no such colour", `see.toml:5:1: dark.text: "white" is no colour`, `the theme "see" cannot be used as it is`)

	put("themes/see.toml", "base = \"mono\"\n[dark]\ntext = \"#444444\"\n")
	check(exOK, "see.toml:3:1: dark.text: text on background has a contrast of ")
	if r := sh.run("", "config", "check", "--json"); r.code != exOK || !strings.Contains(r.out, `"warning":true`) {
		t.Errorf("exits with %d: %s", r.code, r.out)
	}

	put("themes/paper.toml", "")
	check(exConfig, `paper.toml:1:1: "paper" is the name of one of postea's own themes`)
	r := sh.run("", "config", "themes")
	for _, want := range []string{"  auto ", "* see ", filepath.Join("themes", "see.toml")} {
		if !strings.Contains(r.out, want) {
			t.Errorf("no %q in %s", want, r.out)
		}
	}
}

// What is wrong with a folder is told by the code that fits.
func TestFoldersThatCannotBe(t *testing.T) {
	sh := newShell(t, demo.Options{Empty: true})
	sh.ok("sync")
	account := "home"
	sh.ok("--account", account, "folder", "make", "Forge")
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"make", "inbox"}, exUsage, "Every account has its inbox already"},
		{[]string{"make", "Inbox"}, exUsage, "Every account has its inbox already"},
		{[]string{"make", "\xff"}, exUsage, "must be text in UTF-8"},
		{[]string{"make", "a\u0085b"}, exUsage, "control characters"},
		{[]string{"make", "Forge"}, exCantCreate, "there is a folder Forge already"},
		{[]string{"rename", "Forge", "INbox"}, exUsage, "Every account has its inbox already"},
		{[]string{"rename", "nope", "x"}, exNoInput, `there is no folder "nope"`},
		{[]string{"delete", "nope"}, exNoInput, `there is no folder "nope"`},
	} {
		if r := sh.run("", append([]string{"--account", account, "folder"}, tt.args...)...); r.code != tt.code || !strings.Contains(r.err, tt.says) {
			t.Errorf("%q exits with %d and says %s", tt.args, r.code, r.err)
		}
	}
	sh.ok("--account", account, "folder", "make", "iNbOx/Sub")
	if out := sh.ok("--account", account, "folder", "list", "--json"); !strings.Contains(out, `"name":"INBOX/Sub"`) || strings.Contains(out, "iNbOx") {
		t.Errorf("%s", out)
	}
}
