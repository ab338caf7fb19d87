package tui

import "strings"

// takesLinks tells whether the terminal takes addresses behind a text (OSC 8).
// Those that do not know them leave them out, but for some that print them.
func takesLinks(getenv func(string) string) bool {
	term := getenv("TERM")
	return term != "" && term != "dumb" && term != "linux" && !strings.HasPrefix(term, "vt") && !strings.HasPrefix(term, "cons")
}
