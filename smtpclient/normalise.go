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
	if bytes.IndexByte(p, 0) >= 0 {
		return ErrNUL
	}
	for len(p) > 0 {
		done, err := n.next(p)
		if err != nil {
			return err
		}
		p = p[done:]
	}
	return nil
}

// next takes what stands in front of p, and returns how much that was.
func (n *normaliser) next(p []byte) (int, error) {
	if n.cr {
		n.endLine()
		if p[0] == '\n' {
			return 1, nil
		}
	}
	if n.line == 0 {
		if done := n.wholeLines(p); done > 0 {
			n.block = append(n.block, p[:done]...)
			return done, nil
		}
		if done := n.unixLines(p); done > 0 {
			return done, nil
		}
	}
	switch p[0] {
	case '\r':
		n.cr = true
		return 1, nil
	case '\n':
		n.endLine()
		return 1, nil
	}
	run := p[:plainRun(p)]
	return len(run), n.text(run)
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
		end := bytes.IndexByte(rest, '\r')
		if end < 0 || end > maxLine || end+1 >= len(rest) || rest[end+1] != '\n' || bytes.IndexByte(rest[:end], '\n') >= 0 {
			return done
		}
		if n.stuff && end > 0 && rest[0] == '.' {
			return done
		}
		done += end + 2
	}
}

// unixLines takes the lines in front of p that end in LF alone, which is all of
// them in a message from a file, and returns their length.
func (n *normaliser) unixLines(p []byte) int {
	if cr := bytes.IndexByte(p, '\r'); cr >= 0 {
		p = p[:cr]
	}
	done := 0
	for {
		end := bytes.IndexByte(p[done:], '\n')
		if end < 0 || end > maxLine {
			return done
		}
		line := p[done : done+end]
		if n.stuff && end > 0 && line[0] == '.' {
			n.block = append(n.block, '.') // RFC 5321 §4.5.2
		}
		n.block = append(append(n.block, line...), '\r', '\n')
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

// plainRun returns the length of the prefix without CR and LF. It looks no
// further than that, or lines that end in CR alone would take for ever.
func plainRun(p []byte) int {
	for i, b := range p {
		if b == '\r' || b == '\n' {
			return i
		}
	}
	return len(p)
}
