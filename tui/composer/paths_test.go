package composer

import (
	"fmt"
	"testing"
)

func TestPastedPaths(t *testing.T) {
	tests := []struct{ paste, want string }{
		{"/home/ada/a.pdf", "[[/home/ada/a.pdf]]"},
		{" ~/a.pdf \n", "[[~/a.pdf]]"},
		{`/home/ada/My\ File.pdf`, `[[/home/ada/My\ File.pdf] [/home/ada/My File.pdf]]`},
		{`'/home/ada/My File.pdf' "/b \"c\".png"`, `[[/home/ada/My File.pdf /b "c".png]]`},
		{"/home/ada/My File.pdf", "[[/home/ada/My File.pdf]]"},
		{"/a /b", "[[/a /b] [/a /b]]"}, // one path with a blank, or two
		{"file:///home/ada/Gr%C3%B6%C3%9Fe%20x.pdf\r\nfile://localhost/b\r\n", "[[/home/ada/Größe x.pdf /b]]"},
		{"# copied\nfile:///a", "[[/a]]"},
		{"/home/ada/My File.pdf\r/b c.png\r", "[[/home/ada/My File.pdf /b c.png]]"},
		{"/home/ada/My File.pdf\r\n/b c.png", "[[/home/ada/My File.pdf /b c.png]]"},
		{"file://elsewhere/a", "[]"},
		{"https://example.org/a", "[]"},
		{"see /etc/passwd", "[]"},
		{"/etc/passwd is it", "[[/etc/passwd is it]]"},
		{"word", "[]"},
		{"../a", "[]"},
		{"", "[]"},
		{"/", "[]"},
		{"'/open quote", "[]"},
		{"/a\x1b[2J", "[]"},
	}
	for _, tt := range tests {
		if got := fmt.Sprint(pastedPaths(tt.paste)); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.paste, got, tt.want)
		}
	}
}

func FuzzPastedPaths(f *testing.F) {
	for _, s := range []string{`/a\ b '/c d'`, "file:///%41\nfile:///b", `"/`, "~/x\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, way := range pastedPaths(s) {
			if len(way) == 0 || len(way) > maxPaths {
				t.Errorf("%d paths in %q", len(way), s)
			}
			for _, p := range way {
				if p == "" || p[0] != '/' && p[0] != '~' {
					t.Errorf("%q is no path, in %q", p, s)
				}
			}
		}
	})
}

func TestBestPaths(t *testing.T) {
	all := []string{"~/Documents/", "~/Downloads/", "~/moth.jpg", "~/Programme 2026.pdf", "~/program.c"}
	tests := []struct{ typed, want string }{
		{"~/", "[~/Documents/ ~/Downloads/ ~/moth.jpg ~/Programme 2026.pdf ~/program.c]"},
		{"~/do", "[~/Documents/ ~/Downloads/]"},
		{"~/prog26", "[~/Programme 2026.pdf]"},
		{"~/mo", "[~/moth.jpg]"},
		{"~/jpg", "[~/moth.jpg]"},
		{"~/xyz", "[]"},
	}
	for _, tt := range tests {
		if got := fmt.Sprint(bestPaths(tt.typed, all)); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.typed, got, tt.want)
		}
	}
}
