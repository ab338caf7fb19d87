package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestRules(t *testing.T) {
	c, err := Parse("f", []byte(`
[[rule]]
name  = "builds"
match = " list:ci -subject:failed "
move  = "Lists/Builds"
label = "ci"
read  = true

[[rule]]
name  = "Grüße"
match = "from:oma"
star  = true
stop  = true
label = ["family", "to read"]
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Rule{
		{Name: "builds", Match: "list:ci -subject:failed", Move: "Lists/Builds", Label: []string{"ci"}, Read: true},
		{Name: "Grüße", Match: "from:oma", Star: true, Stop: true, Label: []string{"family", "to read"}},
	}
	if !reflect.DeepEqual(c.Rules, want) {
		t.Errorf("got %+v", c.Rules)
	}
}

// A rule that is made and taken away again leaves the file as it was.
func TestRulesAreKeptAndForgotten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	const account = "# mine\n[[account]]\nname = \"a\"\naddress = \"a@b.c\"\n[account.smtp]\nhost = \"h\"\n"
	if err := os.WriteFile(path, []byte(account), 0o600); err != nil {
		t.Fatal(err)
	}
	rules := func() []Rule {
		t.Helper()
		c, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		return c.Rules
	}
	all := []Rule{
		{Name: "from \"ada\"", Match: `from:ada subject:"dry \ run"`, Move: "Lists/Ä", Label: []string{"a", "b"}, Read: true, Star: true, Stop: true},
		{Name: "other", Match: "list:x", Move: "archive"},
	}
	for _, r := range all {
		if err := AddRule(path, r); err != nil {
			t.Fatal(err)
		}
	}
	if got := rules(); !reflect.DeepEqual(got, all) {
		t.Errorf("%+v", got)
	}
	var problems Problems
	if err := AddRule(path, all[1]); !errors.As(err, &problems) {
		t.Errorf("a second one of that name: %v", err)
	}
	if _, err := RemoveRule(path, "none"); !errors.Is(err, ErrNoRule) {
		t.Errorf("%v", err)
	}
	for _, r := range []Rule{all[0], all[1]} {
		if _, err := RemoveRule(path, r.Name); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || strings.TrimSpace(string(got)) != strings.TrimSpace(account) {
		t.Errorf("left is\n%s", got)
	}
}

// A rule that is forgotten takes the comments along that stand at it, and no others.
func TestCommentsAroundRules(t *testing.T) {
	const account = "[[account]]\nname = \"a\"\naddress = \"a@b.c\"\n[account.smtp]\nhost = \"h\"\n\n"
	const rule = "[[rule]]\nname = \"x\"\nmatch = \"x\"\nlabel = [\n  \"y\", # why\n]\n"
	for _, c := range []struct{ with, without string }{
		{account + "# of x\n" + rule + "# at x\n", account},
		{account + rule + "\n# of nothing\n# [ui]\n\n", account + "# of nothing\n# [ui]\n\n"},
		{rule + "# at x\n\n# of nothing\n\n# nor this\n\n# of a\n" + account, "# of nothing\n\n# nor this\n\n# of a\n" + account},
		{rule + "# of a\n" + account, "# of a\n" + account},
		{rule + "\n\n" + account, account},
	} {
		path := filepath.Join(t.TempDir(), "config.toml")
		if err := os.WriteFile(path, []byte(c.with), 0o600); err != nil {
			t.Fatal(err)
		}
		cut, err := RemoveRule(path, "x")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != c.without {
			t.Errorf("%s\nwithout the rule is\n%s\n%v", c.with, got, err)
		}
		if err := RestoreRule(path, cut, ""); err != nil {
			t.Errorf("%s\nis not kept again: %v", cut, err)
		}
		if got, err := os.ReadFile(path); err != nil || strings.Count(string(got), "# at x") != strings.Count(c.with, "# at x") || !strings.Contains(string(got), rule) {
			t.Errorf("%s\nkept again is\n%s\n%v", c.with, got, err)
		}
	}
}

// A rule is kept again in front of the one that it stood before, wherever that stands by then.
func TestRestoreRule(t *testing.T) {
	const text = "[[rule]]\nname = \"a\"\nmatch = \"a\"\nread = true\n\n# why b\n[[rule]]\nname = \"b\"\nmatch = \"b\"\nread = true\n\n# why c\n[[rule]]\nname = \"c\"\nmatch = \"c\"\nread = true\n\n" +
		"[[account]]\nname = \"a\"\naddress = \"a@b.c\"\n[account.smtp]\nhost = \"h\"\npassword = { env = \"X\" }\n"
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, r := range [][2]string{{"b", "c"}, {"a", "b"}} {
		cut, err := RemoveRule(path, r[0])
		if err == nil {
			err = RestoreRule(path, cut, r[1])
		}
		if got, rerr := os.ReadFile(path); err != nil || rerr != nil || string(got) != text {
			t.Errorf("%v: %v, %v\n%s", r, err, rerr, got)
		}
	}
}
