package screen

import "bytes"

// maxReport bounds a report that is waited for; a longer one comes in pieces.
const maxReport = 1 << 10

// whole tells how much of what came from a terminal can be read: all but a report, or a
// key, that has begun and goes on. What reads it waits a moment only, and would take the
// rest of a report that is late, over a slow line or on a busy machine, for letters. What
// a hand may have typed so far, as alt and a bracket, is not waited for.
func whole(b []byte) int {
	for i := 0; i < len(b); {
		n, begun := sequence(b[i:])
		if begun && len(b)-i <= maxReport {
			return i
		}
		i += n
	}
	return len(b)
}

// sequence gives the length of what b begins with, at least a byte, and whether that is
// a sequence without its end.
func sequence(b []byte) (n int, begun bool) {
	if len(b) < 3 || b[0] != 0x1b {
		return 1, false
	}
	switch {
	case b[1] == '[':
		for i, c := range b[2:] {
			if c < ' ' || c > '?' {
				return 2 + i, false
			}
		}
		return len(b), true
	case b[1] == ']' && '0' <= b[2] && b[2] <= '9', // OSC
		b[1] == 'P' && bytes.IndexByte([]byte("0123456789>!+$="), b[2]) >= 0, // DCS
		b[1] == '_' && b[2] == 'G': // what a terminal says of pictures
		return text(b)
	}
	return 1, false
}

// text is sequence for one that bears a text. A control character that ends none, as
// of a key, breaks it off.
func text(b []byte) (n int, begun bool) {
	for i := 2; i < len(b); i++ {
		switch c := b[i]; {
		case c == 0x1b && i+1 == len(b):
			return len(b), true
		case c < ' ':
			return i, false
		}
	}
	return len(b), true
}
