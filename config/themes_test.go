package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestThemes(t *testing.T) {
	dir := t.TempDir()
	c, err := Parse(filepath.Join(dir, "config.toml"), []byte("[ui]\ntheme = \"sea\"\n"))
	if err != nil || c.UI.ThemeLine != 2 {
		t.Fatal(c.UI.ThemeLine, err)
	}
	if list, problems := c.Themes(); len(list)+len(problems) > 0 {
		t.Fatal("no directory is", list, problems)
	}
	write(t, filepath.Join(dir, "themes", "sea.toml"), "base = \"mono\"\naccent = \"#2aa198\"\n\n[dark]\n  background = \"#00212b\"\n")
	write(t, filepath.Join(dir, "themes", "typo.toml"), "accent = \"#fff\"\naccent = \"#000\"\n")
	write(t, filepath.Join(dir, "themes", "number.toml"), "[dark]\naccent = 3\n")
	write(t, filepath.Join(dir, "themes", "Ä b.toml"), "")
	write(t, filepath.Join(dir, "themes", "huge.toml"), strings.Repeat("# \n", 30_000))
	write(t, filepath.Join(dir, "themes", "notes.txt"), "no theme")
	list, problems := c.Themes()
	if len(list) != 1 {
		t.Fatalf("got %+v", list)
	}
	sea := list[0]
	if sea.Name != "sea" || sea.Base.Value != "mono" || len(sea.Values) != 2 || sea.Values[0] != (ThemeValue{"", "accent", "#2aa198", 2, 1}) || sea.Values[1] != (ThemeValue{"dark", "background", "#00212b", 5, 3}) {
		t.Errorf("got %+v", sea)
	}
	want := []string{"huge.toml:1:1: is longer than 64 KiB", "number.toml:2:1: accent: must be a string", "typo.toml:2:", `"Ä b" must be 1 to 32`}
	if len(problems) != len(want) {
		t.Fatalf("got %v", problems)
	}
	for i, p := range problems {
		if !strings.Contains(p.String(), want[i]) {
			t.Errorf("got %q, want %q", p, want[i])
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSetUI(t *testing.T) {
	const account = "# mine\n[[account]]\nname = \"a\"\naddress = \"a@x.example\"\n[account.smtp]\nhost = \"smtp.x.example\"\npassword = { command = \"true\" }\n"
	for name, tt := range map[string][2]string{
		"no file":        {"", "[ui]\ntheme = \"night\"\n\n"},
		"no table":       {"# top\n" + "\n" + account, "# top\n\n[ui]\ntheme = \"night\"\n\n" + account},
		"another key":    {"[ui] # looks\n  rows = \"compact\"\n" + account, "[ui] # looks\n  theme = \"night\"\n  rows = \"compact\"\n" + account},
		"set already":    {account + "[ui]\ntheme = 'dark' # for now\n", account + "[ui]\ntheme = \"night\" # for now\n"},
		"dotted":         {"ui.rows = \"auto\"\n" + account, "ui.theme = \"night\"\nui.rows = \"auto\"\n" + account},
		"dotted and set": {"ui.theme = \"auto\"\n" + account, "ui.theme = \"night\"\n" + account},
		"on one line":    {"ui = { theme = \"auto\", rows = \"auto\" }\n" + account, "ui = { theme = \"night\", rows = \"auto\" }\n" + account},
		"no line end":    {account + "[ui]", account + "[ui]\ntheme = \"night\"\n"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "config.toml")
			if tt[0] != "" {
				write(t, path, tt[0])
			}
			if err := SetUI(path, "theme", "night"); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(path)
			if err != nil || string(got) != tt[1] {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt[1])
			}
			c, err := Parse(path, got)
			if err != nil || c.UI.Theme != "night" {
				t.Errorf("read again: %q %v", c.UI.Theme, err)
			}
		})
	}
	path := filepath.Join(t.TempDir(), "config.toml")
	write(t, path, "ui = { rows = \"auto\" }\n")
	if err := SetUI(path, "theme", "night"); err == nil || !strings.Contains(err.Error(), "yourself") {
		t.Errorf("got %v", err)
	}
	if got, _ := os.ReadFile(path); string(got) != "ui = { rows = \"auto\" }\n" {
		t.Errorf("changed all the same: %s", got)
	}
}
