package tui_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"postea/tui"
	"postea/tui/tuitest"
)

// On a terminal that draws all from left to right, names are put in order here; the user
// decides where that is not known.
func TestRightToLeft(t *testing.T) {
	const read, drawn = "سطوح ريمان", "ﻥﺎﻤﻳﺭ ﺡﻮﻄﺳ"
	for _, c := range []struct {
		setting, terminal string
		orders            bool
	}{
		{"auto", "XTerm(379)", true}, {"", "foot(1.16.2)", true}, {"auto", "kitty(0.26.5)", false}, {"auto", "", false},
		{"terminal", "XTerm(379)", false}, {"postea", "", true}, {"postea", "kitty(0.26.5)", true},
		{"auto", "TERM=alacritty", true}, {"auto", "TERM=rxvt-unicode-256color", true}, {"auto", "TERM=tmux-256color", false}, {"terminal", "TERM=foot", false},
	} {
		term, isTerm := strings.CutPrefix(c.terminal, "TERM=")
		o := tui.Options{RightToLeft: c.setting, Getenv: func(name string) string {
			if name == "TERM" && isTerm {
				return term
			}
			return ""
		}}
		tuitest.Run(t, tuitest.Setup{Width: 120, Height: 45, Options: o}, func(d *tuitest.Driver) {
			if c.terminal != "" && !isTerm {
				d.Send(tea.TerminalVersionMsg{Name: c.terminal})
			}
			want := read
			if c.orders {
				want = drawn
			}
			if line := ansi.Strip(d.View().Content); !strings.Contains(line, want) {
				t.Errorf("%+v: no %q on the screen", c, want)
			}
		})
	}
}
