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
	if err := RemoveRule(path, "none"); !errors.Is(err, ErrNoRule) {
		t.Errorf("%v", err)
	}
	for _, r := range []Rule{all[0], all[1]} {
		if err := RemoveRule(path, r.Name); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || strings.TrimSpace(string(got)) != strings.TrimSpace(account) {
		t.Errorf("left is\n%s", got)
	}
}
