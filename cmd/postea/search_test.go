package main

import (
	"slices"
	"strings"
	"testing"

	"postea/internal/demo"
)

// TestSearch finds sample mail by everything that a search can name.
func TestSearch(t *testing.T) {
	sh := newShell(t, demo.Options{})
	if r := sh.run("", "search", "anything"); r.code != 0 || r.out != "" {
		t.Errorf("before the first sync: %d, %q, %q", r.code, r.out, r.err)
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
	if r := sh.run("", "search", "x", "--limit", "0"); r.code != exUsage {
		t.Errorf("--limit 0 exits with %d", r.code)
	}
	if r := sh.run("", "search"); r.code != exUsage {
		t.Errorf("no query exits with %d", r.code)
	}
}
