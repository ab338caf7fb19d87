package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postea/internal/demo"
	"postea/tui/theme"
)

// The theme that the page about themes shows is one that config check has nothing to say about.
func TestThemeOfThePage(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	_, page, _ := strings.Cut(theme.Reference(), "## Your own")
	var lines []string
	for line := range strings.SplitSeq(page, "\n") {
		if code, ok := strings.CutPrefix(line, "    "); ok {
			lines = append(lines, code)
		} else if len(lines) > 0 && line != "" {
			break
		}
	}
	dir := filepath.Join(sh.home, "themes")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "sea.toml"), []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := sh.run("", "config", "check"); r.code != exOK || r.err != "" || len(lines) < 5 {
		t.Errorf("%d %s\n%s", r.code, r.err, strings.Join(lines, "\n"))
	}
	if out := sh.ok("config", "themes"); !strings.Contains(out, "sea") {
		t.Error(out)
	}
}
