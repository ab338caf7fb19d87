package tui

import (
	"strings"
	"testing"

	"postea/internal/app"
	"postea/internal/reading"
)

func TestNoticeWay(t *testing.T) {
	env := func(kv ...string) func(string) string {
		return func(k string) string {
			for i := 0; i < len(kv); i += 2 {
				if kv[i] == k {
					return kv[i+1]
				}
			}
			return ""
		}
	}
	tests := []struct {
		configured string
		env        func(string) string
		want       string
	}{
		{"off", env("TERM", "xterm-kitty"), noticeOff},
		{"system", env("TERM", "xterm-kitty"), noticeSystem},
		{"auto", env("TERM", "xterm-kitty"), noticeOSC99},
		{"", env("TERM", "foot-extra"), noticeOSC99},
		{"auto", env("TERM", "rxvt-unicode-256color"), noticeOSC777},
		{"auto", env("TERM", "xterm-256color", "TERM_PROGRAM", "iTerm.app"), noticeOSC9},
		{"auto", env("TERM", "xterm-ghostty"), noticeOSC9},
		{"auto", env("TERM", "xterm-256color"), noticeSystem},
		{"auto", env("TERM", "xterm-kitty", "TMUX", "/tmp/x"), noticeSystem},
		{"terminal", env("TERM", "xterm-256color"), noticeOSC9},
	}
	for _, tt := range tests {
		if got := noticeWay(tt.configured, tt.env); got != tt.want {
			t.Errorf("%q, %s: %s, want %s", tt.configured, tt.env("TERM"), got, tt.want)
		}
	}
}

// Whatever a message says, a notice is one sequence of the terminal and no more.
func TestNoticeIsSafe(t *testing.T) {
	for _, evil := range []string{"a\x1b\\\x1b]0;title\a", "b\u009c\u009d52;c;x", "4;rm -rf\r\n", "x;y;z", "\u202egpj", strings.Repeat("long ", 500), ""} {
		n := app.Announcement{Title: reading.Line(evil), Body: reading.Line(evil)}
		for _, way := range []string{noticeOSC9, noticeOSC99, noticeOSC777} {
			s := sequence(way, n)
			want := map[string]int{noticeOSC9: 2, noticeOSC99: 4, noticeOSC777: 2}[way]
			if got := strings.Count(s, "\x1b"); got != want {
				t.Errorf("%s of %q has %d escapes: %q", way, evil, got, s)
			}
			if strings.ContainsAny(s, "\a\r\n\u009c\u009d\u202e") || !strings.HasPrefix(s, "\x1b]") || !strings.HasSuffix(s, "\x1b\\") {
				t.Errorf("%s of %q is %q", way, evil, s)
			}
		}
	}
	n := app.Announcement{Title: reading.Line("4"), Body: reading.Line("1")}
	if s := sequence(noticeOSC9, n); strings.HasPrefix(s, "\x1b]9;4") {
		t.Errorf("a notice that is a command: %q", s)
	}
}
