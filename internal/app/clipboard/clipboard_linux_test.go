package clipboard

import (
	"os"
	"path/filepath"
	"testing"
)

// What is copied reaches the clipboard in a tmux that takes nothing from programs, and
// beside a terminal that has no sequence for it; it is never in a command line.
func TestCopy(t *testing.T) {
	bin := t.TempDir()
	seen := filepath.Join(bin, "seen")
	for _, name := range []string{"tmux", "wl-copy", "xclip", "xsel"} {
		script := "#!/bin/sh\necho " + name + " \"$@\" >> " + seen + "; cat >> " + seen
		if name == "xsel" {
			script = "#!/bin/sh\nexit 1"
		}
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	for _, tt := range []struct {
		tmux, wayland, display string
		want                   string
		fails                  bool
	}{
		{tmux: ":0", wayland: ":0", display: ":0", want: "tmux load-buffer -w -\n-x $(y)\nwl-copy\n-x $(y)\n"},
		{display: ":0", want: "xclip -selection clipboard -in\n-x $(y)\n", fails: true},
		{},
	} {
		for name, value := range map[string]string{"TMUX": tt.tmux, "WAYLAND_DISPLAY": tt.wayland, "DISPLAY": tt.display} {
			t.Setenv(name, value)
		}
		if err := os.WriteFile(seen, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := Copy(t.Context(), "-x $(y)\n"); (err != nil) != tt.fails {
			t.Errorf("%+v: %v", tt, err)
		}
		if raw, err := os.ReadFile(seen); err != nil || string(raw) != tt.want {
			t.Errorf("%+v: %s%v", tt, raw, err)
		}
	}
}
