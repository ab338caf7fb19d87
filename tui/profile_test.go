package tui

import (
	"testing"

	"github.com/charmbracelet/colorprofile"
)

func TestProfile(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want colorprofile.Profile
	}{
		{map[string]string{"NO_COLOR": "1", "COLORTERM": "truecolor"}, colorprofile.ASCII},
		{map[string]string{"TMUX": "/tmp/tmux", "COLORTERM": "truecolor", "TERM": "screen"}, colorprofile.TrueColor},
		{map[string]string{"STY": "1.pts", "TERM": "screen"}, colorprofile.ANSI},
	} {
		for _, name := range []string{"NO_COLOR", "COLORTERM", "TMUX", "STY", "TERM"} {
			t.Setenv(name, c.env[name])
		}
		if got := profile(); got != c.want {
			t.Errorf("%v: %v", c.env, got)
		}
	}
}
