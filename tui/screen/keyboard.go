package screen

import (
	"bytes"
	"io"
)

// maxParams bounds the parameters of a control sequence that is read. No terminal
// sends as many; a paste, or a file shown by mistake, may, and what reads them has
// room for 32 and breaks down over more.
const maxParams = 24

// Keyboard is what is typed at a terminal, and what that answers.
type Keyboard struct {
	File

	state  reading
	params int    // that have begun
	follow int    // bytes that are missing of a character
	held   []byte // of a report that goes on
	ready  []byte // to be read
}

type reading int

const (
	inText reading = iota
	inEscape
	inBegun // a control sequence, of which nothing has come yet
	inParams
	inConsole
)

// The Linux console says ESC [ [ A to E for F1 to F5, of which the letter would be read
// as a key. Without the second bracket, and with these letters, F1 to F4 are known.
const consoleKeys = "PQRST"

// Name implements the files of package os.
func (k *Keyboard) Name() string {
	if f, ok := k.File.(interface{ Name() string }); ok {
		return f.Name()
	}
	return ""
}

// Terminal is what is read, for what has the terminal to itself for a while.
func (k *Keyboard) Terminal() io.ReadWriteCloser { return k.File }

// Read reads what was typed, without parameters in excess, and with function keys as
// they are known. What a terminal reports comes in one piece, however late its rest is.
func (k *Keyboard) Read(p []byte) (int, error) {
	for len(k.ready) == 0 {
		n, err := k.File.Read(p)
		for _, c := range p[:n] {
			if c, ok := k.keep(c); ok {
				k.held = append(k.held, c)
			}
		}
		cut := len(k.held)
		if n > 0 && err == nil {
			cut = whole(k.held)
		}
		k.ready, k.held = k.held[:cut], bytes.Clone(k.held[cut:])
		if n == 0 || err != nil {
			return k.give(p), err
		}
	}
	return k.give(p), nil
}

func (k *Keyboard) give(p []byte) int {
	n := copy(p, k.ready)
	k.ready = k.ready[n:]
	return n
}

// keep gives what is to be read of a byte, if anything.
func (k *Keyboard) keep(c byte) (byte, bool) {
	if k.follow > 0 && c&0xc0 == 0x80 {
		k.follow--
		return c, true
	}
	k.follow = 0
	switch {
	case c == 0x1b:
		k.state = inEscape
	case k.state == inEscape && c == '[': // CSI
		k.state, k.params = inBegun, 1
	case k.state == inEscape && c == 'P', c == 0x9b, c == 0x90: // DCS, and both as one byte
		k.state, k.params = inParams, 1
	case k.state == inBegun && c == '[':
		k.state = inConsole
		return 0, false
	case k.state == inConsole && c >= 'A' && c <= 'E':
		k.state = inText
		return consoleKeys[c-'A'], true
	case (k.state == inBegun || k.state == inParams) && c >= '0' && c <= '?':
		if k.state = inParams; c == ';' || c == ':' {
			k.params++
		}
		return c, k.params <= maxParams
	default:
		k.state = inText
		if c >= 0xc2 && c < 0xf5 {
			k.follow = 1
			if c >= 0xe0 {
				k.follow++
			}
			if c >= 0xf0 {
				k.follow++
			}
		}
	}
	return c, true
}
