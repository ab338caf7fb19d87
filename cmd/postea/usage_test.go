package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/demo"
)

// Who calls a command wrongly is told how it is called.
func TestArgumentErrors(t *testing.T) {
	for line, want := range map[string]string{
		"outbox show":       "postea: say  postea outbox show ID; see  postea outbox show --help\n",
		"outbox show o1 o2": "postea: say  postea outbox show ID; see  postea outbox show --help\n",
		"archive":           "postea: say  postea archive ID…; see  postea archive --help\n",
		"list inbox":        "postea: \"inbox\" is not expected: say  postea list; see  postea list --help\n",
		"outbox lst":        "postea: there is no command \"postea outbox lst\"; see  postea outbox --help\n",
	} {
		var out, errs bytes.Buffer
		e := &env{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, now: time.Now}
		code := run(t.Context(), e, append([]string{"postea", "--config", "none", "--data", t.TempDir()}, strings.Fields(line)...))
		if got := strings.ReplaceAll(errs.String(), "  ", " "); code != exUsage || got != strings.ReplaceAll(want, "  ", " ") {
			t.Errorf("%s: %d %q", line, code, errs.String())
		}
	}
}

// In the shell of an editor no interface is drawn, which would be a heap of sequences there.
func TestDumbTerminal(t *testing.T) {
	t.Setenv("TERM", "dumb")
	for _, args := range [][]string{{}, {"mailto:a@b.example"}, {"compose"}, {"outbox", "edit", "o1"}} {
		var out, errs bytes.Buffer
		e := &env{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, now: time.Now, inTerminal: true, outTerminal: true}
		if code := run(t.Context(), e, append([]string{"postea", "--data", t.TempDir()}, args...)); code != exUsage || out.Len() > 0 || !strings.Contains(errs.String(), "place its cursor") {
			t.Errorf("%q: %d %s%s", args, code, out.String(), errs.String())
		}
	}
}

// An empty path is refused: it is a variable that was not set, and the user's own
// configuration and mail are not what was meant.
func TestEmptyPaths(t *testing.T) {
	for _, args := range [][]string{{"--config", "", "config", "path"}, {"config", "path", "--config="}, {"list", "--data", ""}, {"sendmail", "--config", "", "a@b.example"}, {"sendmail", "--data=", "a@b.example"},
		{"list", "--account", ""}, {"send", "--account=", "--to", "a@b.example"}, {"sendmail", "--account", "", "a@b.example"}, {"send", "--from", "", "--to", "a@b.example"},
		{"list", "--folder", ""}, {"export", "--folder=", "x.mbox"}, {"contacts", "add", "--group", "", "a@b.example"}} {
		var out, errs bytes.Buffer
		e := &env{stdin: strings.NewReader("Subject: x\n\nx\n"), stdout: &out, stderr: &errs, now: time.Now}
		if code := run(t.Context(), e, append([]string{"postea"}, args...)); code != exUsage || out.Len() > 0 || !strings.Contains(errs.String(), "wants a name") {
			t.Errorf("%q: %d %s%s", args, code, out.String(), errs.String())
		}
	}
}

// Who has no configuration is told how to get one, also by what looks at it.
func TestNoConfiguration(t *testing.T) {
	for _, line := range []string{"list", "config check"} {
		var out, errs bytes.Buffer
		e := &env{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, now: time.Now}
		code := run(t.Context(), e, append([]string{"postea", "--config", "none", "--data", t.TempDir()}, strings.Fields(line)...))
		if code != exConfig || out.Len() > 0 || !strings.Contains(errs.String(), "there is no configuration at none: add an account") {
			t.Errorf("%s: %d %s%s", line, code, out.String(), errs.String())
		}
	}
}

// A role that no folder has yet lists nothing; a name that there is not is a mistake.
func TestListOfRole(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{})
	sh.ok("sync")
	if r := sh.run("", "list", "--folder", "snoozed", "--json"); r.code != exOK || r.out != "" || !strings.Contains(r.err, "snoozed") {
		t.Errorf("%d %s%s", r.code, r.out, r.err)
	}
	sh.ok("account", "add", "sender", "--address", "ada@b.example", "--smtp-host", "smtp.b.example", "--password-env", "X", "--no-test")
	if r := sh.run("", "list", "--account", "sender"); r.code != exUsage || !strings.Contains(r.err, "account sender only sends") {
		t.Errorf("%d %s%s", r.code, r.out, r.err)
	}
	if r := sh.run("", "list", "--folder", "snozed"); r.code != exUsage {
		t.Errorf("%d %s%s", r.code, r.out, r.err)
	}
}

// A list is of one folder and a search of all of them; told the same, they give the same.
func TestListAndSearchAgree(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{})
	sh.ok("sync")
	ids := func(args ...string) string {
		var out []string
		for _, m := range sh.objects(append(args, "--limit", "1000")...) {
			out = append(out, m["id"].(string))
		}
		return strings.Join(out, " ")
	}
	all := ids("search", "account:home")
	for _, folder := range []string{"inbox", "sent", "trash", "junk"} {
		listed := ids("list", "--account", "home", "--folder", folder)
		if found := ids("search", "account:home in:"+folder); listed == "" || found != listed {
			t.Errorf("%s: listed %s, found %s", folder, listed, found)
		}
		for id := range strings.FieldsSeq(listed) {
			if !slices.Contains(strings.Fields(all), id) {
				t.Errorf("%s of %s is not found", id, folder)
			}
		}
	}
	if ids("list", "--account", "home") != ids("list", "--account", "home", "--folder", "inbox") {
		t.Error("the list is not that of the inbox")
	}
}
