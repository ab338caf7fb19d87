package main

import "testing"

// The Linux console and vt terminals have few signs; who names some gets those.
func TestGlyphsOfATerminal(t *testing.T) {
	for _, tt := range [][3]string{
		{"auto", "linux", "ascii"}, {"auto", "vt220", "ascii"}, {"auto", "xterm-256color", "unicode"}, {"auto", "dumb", "unicode"}, {"auto", "", "unicode"},
		{"unicode", "linux", "unicode"}, {"nerd", "vt100", "nerd"}, {"ascii", "xterm", "ascii"},
	} {
		if got := glyphs(tt[0], tt[1]); got != tt[2] {
			t.Errorf("%s on %s: %s, want %s", tt[0], tt[1], got, tt[2])
		}
	}
}
