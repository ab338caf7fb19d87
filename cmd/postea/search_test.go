package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postea/internal/demo"
)

// TestSearch finds sample mail by everything that a search can name.
func TestSearch(t *testing.T) {
	sh := newShell(t, demo.Options{})
	if r := sh.run("", "search", "anything"); r.code != 0 || r.out != "" || !strings.Contains(r.err, "nothing of account work is here yet") {
		t.Errorf("before the first sync: %d, %q, %q", r.code, r.out, r.err)
	}
	if r := sh.run("", "export", "--search", "anything", filepath.Join(t.TempDir(), "x.mbox")); r.code != exTempFail || !strings.Contains(r.err, "run postea sync") {
		t.Errorf("an export before the first sync: %d, %q, %q", r.code, r.out, r.err)
	}
	sh.ok("sync")
	for _, k := range []struct {
		query string
		want  []string // subjects, newest first
	}{
		{"umbrella", []string{"My umbrella"}},
		{"UMBRELL", []string{"My umbrella"}},
		{`"umbrell"`, nil},
		{`subject:"paper cranes"`, []string{"The paper cranes"}},
		{`"cranes paper"`, nil},
		{"hatchling 30-0417", []string{"Your receipt from Hatchling & Quill (order 30-0417)"}},
		{"account:home 🦆", []string{"🦆🦆🦆 ducks!!!"}},
		{"id:999999", nil},
		{"nothingofthekind", nil},
	} {
		var got []string
		for _, m := range sh.objects("search", k.query, "--account", "home") {
			got = append(got, m["subject"].(string))
		}
		if !slices.Equal(got, k.want) {
			t.Errorf("%s finds %q, not %q", k.query, got, k.want)
		}
	}
	all := sh.objects("search", "has:attachment OR -has:attachment", "--limit", "1000")
	own := map[string]bool{}
	for _, u := range sh.server.Users {
		own[u.Address] = true
	}
	mine, byMe := 0, sh.objects("search", "from:me", "--limit", "0")
	for _, m := range all {
		for _, from := range m["from"].([]any) {
			if own[from.(map[string]any)["address"].(string)] {
				mine++
			}
		}
	}
	if mine == 0 || len(byMe) != mine || len(sh.objects("search", "NOT from:me", "--limit", "0")) != len(all)-mine {
		t.Errorf("from:me finds %d messages of %d", len(byMe), mine)
	}
	dates := make([]string, len(all))
	fields := sh.objects("list")[0]
	for i, m := range all {
		dates[i] = m["date"].(string)
		if len(m) != len(fields) {
			t.Errorf("a hit has %d fields, a listed message %d", len(m), len(fields))
		}
	}
	if len(all) < 30 {
		t.Errorf("only %d messages", len(all))
	}
	if two := sh.objects("search", "NOT xyzzy", "--limit", "2"); len(two) != 2 || two[0]["id"] != all[0]["id"] || two[1]["id"] != all[1]["id"] {
		t.Errorf("the newest two are %v", two)
	}
	// The same columns as list, of the same messages.
	for line := range strings.Lines(sh.ok("list", "--account", "home", "--limit", "100")) {
		if !strings.Contains(sh.ok("search", "in:inbox", "--account", "home", "--limit", "100"), line) {
			t.Errorf("list and search differ about %q", line)
		}
	}
	// What is told of a hostile subject stays harmless.
	if out := sh.ok("search", "subject:terminal"); strings.ContainsAny(out, "\x1b\x00\x07") || out == "" {
		t.Errorf("printed %q", out)
	}
}

func TestBadSearch(t *testing.T) {
	sh := newShell(t, demo.Options{Empty: true})
	sh.ok("sync")
	for _, k := range []struct{ query, says string }{
		{"", "asks for nothing"},
		{"from:", "character 1 "},
		{"ünd is:purple", "character 8 "},
		{"form:ada", `no field "form"`},
		{"(a b", "character 1 "},
		{`say "hello`, "character 5 "},
		{"before:soon", "a date is such as"},
		{"in:nowhere", `no folder "nowhere"`},
		{"x account:third", "home, work"},
	} {
		r := sh.run("", "search", "--", k.query)
		if r.code != exUsage || !strings.Contains(r.err, k.says) || r.out != "" {
			t.Errorf("%q: exits with %d: %q", k.query, r.code, r.err)
		}
	}
	if r := sh.run("", "search", "x", "-is:read"); r.code != exUsage || !strings.Contains(r.err, "in quotes") {
		t.Errorf("a minus outside quotes: %d, %q", r.code, r.err)
	}
	if r := sh.run("", "search", "x", "--limit", "-1"); r.code != exUsage {
		t.Errorf("--limit -1 exits with %d", r.code)
	}
	if r := sh.run("", "search"); r.code != exUsage {
		t.Errorf("no query exits with %d", r.code)
	}
}

// Who pipes a list into another command means all of it, and is told where it is not.
func TestListSaysThatThereAreMore(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	dir := t.TempDir()
	for i := range 51 {
		text := fmt.Sprintf("From: a@example.org\nSubject: number %d\nDate: Sun, 29 Nov 2026 10:%02d:00 +0000\nMessage-ID: <n%d@example.org>\n\nx\n", i, i, i)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.eml", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sh.ok("import", dir, "--folder", "inbox", "--account", "home")
	sh.ok("sync")
	for _, verb := range [][]string{{"list"}, {"search", "subject:number"}} {
		for _, tt := range []struct {
			limit string
			lines int
			told  bool
		}{{"", 50, true}, {"0", 51, false}, {"7", 7, false}, {"51", 51, false}} {
			args := verb
			if tt.limit != "" {
				args = append(args[:len(args):len(args)], "--limit", tt.limit)
			}
			r := sh.run("", args...)
			if n := strings.Count(r.out, "\n"); r.code != 0 || n != tt.lines || strings.Contains(r.err, "there are more") != tt.told {
				t.Errorf("%v: %d lines, code %d, %s", args, n, r.code, r.err)
			}
		}
		if r := sh.run("", append(verb[:len(verb):len(verb)], "--limit", "-1")...); r.code != exUsage {
			t.Errorf("-1: %+v", r)
		}
		if r := sh.run("", append(verb[:len(verb):len(verb)], "--quiet")...); r.err != "" {
			t.Errorf("--quiet: %s", r.err)
		}
	}
}
