package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postea/config"
	"postea/internal/event"
)

// What is said on the terminal when the files are opened lies below the interface, which
// tells of it too.
func TestDamagedFilesAreToldOfInTheInterface(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mail.db"), []byte(strings.Repeat("not a database ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := Open(t.Context(), Options{Config: &config.Config{}, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	sub := a.Events()
	defer sub.Close()
	a.Start(t.Context())
	for {
		news, err := sub.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range news {
			if n, ok := e.(event.Notice); ok && n.Error && strings.Contains(n.Text, "mail.db was damaged") {
				return
			}
		}
	}
}
