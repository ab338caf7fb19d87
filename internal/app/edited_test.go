package app

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"postea/internal/event"
)

// What an editor had when a process was killed is told of once and kept; what one of a
// process that runs has is left alone.
func TestEditedIsToldOf(t *testing.T) {
	a := writer(t)
	tmp := a.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	killed := filepath.Join(tmp, editedDirs+strconv.Itoa(cmd.Process.Pid)+"-17")
	mine, err := EditorDir(tmp)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(killed, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{mine, killed} {
		if err := os.WriteFile(filepath.Join(dir, "message.txt"), []byte("long words"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sub := a.Events()
	defer sub.Close()
	a.tellEdited()
	a.tellEdited()
	a.bus.Publish(event.IndexReady{})
	batch, err := sub.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range batch {
		if n, ok := e.(event.Notice); ok {
			told = append(told, n.Text)
		}
	}
	if len(told) != 1 {
		t.Fatalf("told of %q", told)
	}
	_, path, _ := strings.Cut(told[0], " is in ")
	if text, err := os.ReadFile(filepath.Join(path, "message.txt")); string(text) != "long words" {
		t.Errorf("%q %v", text, err)
	}
	if _, err := os.Stat(filepath.Join(mine, "message.txt")); err != nil {
		t.Error(err)
	}
}
