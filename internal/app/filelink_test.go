package app

import (
	"net/url"
	"strings"
	"testing"
)

func TestFileURL(t *testing.T) {
	for _, tt := range []struct{ host, path, want string }{
		{"desk", "/home/ada/a.txt", "file://desk/home/ada/a.txt"},
		{"desk.example.org", "/home/ada/größe 1.txt", "file://desk.example.org/home/ada/gr%C3%B6%C3%9Fe%201.txt"},
		{"bad host", "/a", "file:///a"},
		{"desk", "/a\x1b]8;;https://evil.example\x07b", "file://desk/a%1B%5D8;;https://evil.example%07b"},
		{"desk", "/50% of #1?.txt", "file://desk/50%25%20of%20%231%3F.txt"},
		{"desk", "/not\xffutf8", "file://desk/not%FFutf8"},
		{"desk", "C:/Users/Ada/a.txt", "file://desk/C:/Users/Ada/a.txt"},
		{"desk", "//server/share", "file://desk//server/share"},
	} {
		got := fileURL(tt.host, tt.path)
		if got != tt.want || strings.ContainsFunc(got, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			t.Errorf("%q: %q, want %q", tt.path, got, tt.want)
		}
		u, err := url.Parse(got)
		if err != nil || u.Scheme != "file" || strings.TrimPrefix(u.Path, "/") != strings.TrimPrefix(tt.path, "/") {
			t.Errorf("%q is read as %+v, %v", got, u, err)
		}
	}
	if got := FileLink("a.txt"); got != "" {
		t.Errorf("a relative path: %q", got)
	}
}
