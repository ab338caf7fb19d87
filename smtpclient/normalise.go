package smtpclient

import "bytes"

// maxLine is the longest line without its CRLF, RFC 5321 §4.5.3.1.6.
const maxLine = 998

// pieceSize is how much of a message is read or written at once.
const pieceSize = 64 << 10

var crlf = []byte("\r\n")

// normaliser turns a message into what may travel. Bare CR and bare LF become
// CRLF first, and dots are stuffed after that, so no reading of line ends finds
// an end of the message inside it.
type normaliser struct {
	block []byte // what has been normalised; the caller takes it away
	stuff bool   // double the dot at a line's start; off for framings by length
	line  int    // octets in the current line, without stuffing
	cr    bool   // a CR is held back until it is known whether LF follows
}

// write takes the next piece of the message.
func (n *normaliser) write(p []byte) error {
	for len(p) > 0 {
		if n.cr {
			n.endLine()
			if p[0] == '\n' {
				p = p[1:]
				continue
			}
		}
		if n.line == 0 {
			if done := n.wholeLines(p); done > 0 {
				n.block = append(n.block, p[:done]...)
				p = p[done:]
				continue
			}
		}
		run := plainRun(p)
		if run > 0 {
			if err := n.text(p[:run]); err != nil {
				return err
			}
			p = p[run:]
			continue
		}
		switch p[0] {
		case '\r':
			n.cr = true
		case '\n':
			n.endLine()
		case 0:
			return ErrNUL
		}
		p = p[1:]
	}
	return nil
}

// finish ends the last line if it is open.
func (n *normaliser) finish() {
	if n.cr || n.line > 0 {
		n.endLine()
	}
}

// wholeLines returns the length of the lines in front of p that may travel as
// they are, which is all of them in a message that was built well.
func (n *normaliser) wholeLines(p []byte) int {
	done := 0
	for {
		rest := p[done:]
		end := bytes.IndexByte(rest, '\n')
		if end < 1 || end > maxLine+1 || rest[end-1] != '\r' {
			return done
		}
		line := rest[:end-1]
		if n.stuff && len(line) > 0 && line[0] == '.' || bytes.IndexByte(line, '\r') >= 0 || bytes.IndexByte(line, 0) >= 0 {
			return done
		}
		done += end + 1
	}
}

func (n *normaliser) text(p []byte) error {
	if n.line == 0 && p[0] == '.' && n.stuff {
		n.block = append(n.block, '.') // RFC 5321 §4.5.2
	}
	if n.line += len(p); n.line > maxLine {
		return ErrLineTooLong
	}
	n.block = append(n.block, p...)
	return nil
}

func (n *normaliser) endLine() {
	n.block = append(n.block, crlf...)
	n.line, n.cr = 0, false
}

// plainRun returns the length of the prefix without CR, LF and NUL.
func plainRun(p []byte) int {
	for i, b := range p {
		if b == '\r' || b == '\n' || b == 0 {
			return i
		}
	}
	return len(p)
}
