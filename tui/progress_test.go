package tui

import "testing"

func TestShowsProgress(t *testing.T) {
	for _, tt := range []struct {
		configured string
		env        map[string]string
		want       bool
	}{
		{"auto", map[string]string{"TERM": "xterm-256color"}, false},
		{"on", map[string]string{"TERM": "dumb"}, true},
		{"off", map[string]string{"WT_SESSION": "x"}, false},
		{"", map[string]string{"WT_SESSION": "x"}, true},
		{"auto", map[string]string{"WT_SESSION": "x", "TMUX": "/tmp/x"}, false},
		{"auto", map[string]string{"ConEmuANSI": "ON"}, true},
		{"auto", map[string]string{"TERM": "xterm-ghostty"}, true},
		{"auto", map[string]string{"TERM": "xterm-kitty"}, false},
		{"auto", map[string]string{"TERM_PROGRAM": "WezTerm", "TERM_PROGRAM_VERSION": "20240203-110809-5046fc22"}, false},
		{"auto", map[string]string{"TERM_PROGRAM": "WezTerm", "TERM_PROGRAM_VERSION": "20250526-000000-abcdef12"}, true},
		{"auto", map[string]string{"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.5.14"}, false},
		{"auto", map[string]string{"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.6.6"}, true},
		{"auto", map[string]string{"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "4.0"}, true},
		{"auto", map[string]string{"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.6.beta"}, false},
		{"auto", map[string]string{"TERM_PROGRAM": "iTerm.app"}, false},
		{"auto", map[string]string{"VTE_VERSION": "7800"}, false},
		{"auto", map[string]string{"VTE_VERSION": "8001"}, true},
	} {
		if got := showsProgress(tt.configured, func(k string) string { return tt.env[k] }); got != tt.want {
			t.Errorf("%q, %v: %v", tt.configured, tt.env, got)
		}
	}
}
