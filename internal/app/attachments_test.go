package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAttachFiles(t *testing.T) {
	a, dir := writer(t), t.TempDir()
	for _, name := range []string{"a.pdf", "b.pdf", "c.txt", ".d.pdf", "[x].pdf", "x"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "e.pdf"), 0o700); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"c.txt":   "c.txt",
		"[ab].*":  "a.pdf b.pdf",
		"*.pdf":   "[x].pdf a.pdf b.pdf",
		".*.pdf":  ".d.pdf",
		"[x].pdf": "[x].pdf", // a file before a pattern
	} {
		refs, err := a.AttachFiles(t.Context(), filepath.Join(dir, path))
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		var names []string
		for _, r := range refs {
			names = append(names, r.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s attaches %q, want %q", path, got, want)
		}
	}
	for _, path := range []string{"*.doc", "[", "e.pdf", "e.*"} {
		if refs, err := a.AttachFiles(t.Context(), filepath.Join(dir, path)); err == nil {
			t.Errorf("%s attaches %v", path, refs)
		}
	}
}
