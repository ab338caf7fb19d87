package smtpclient

// maxLine is the longest line without its CRLF, RFC 5321 §4.5.3.1.6.
const maxLine = 998

// blockSize is how much of a message is written at once.
const blockSize = 32 << 10

var crlf = []byte("\r\n")

// normaliser turns a message into what may stand between DATA and the final
// dot. Bare CR and bare LF become CRLF first, and dots are stuffed after that,
// so no reading of line ends finds an end of the message inside it.
type normaliser struct {
	block []byte
	flush func([]byte) error
	stuff bool // double the dot at a line's start; off for framings by length
	line  int  // octets in the current line, without stuffing
	cr    bool // a CR is held back until it is known whether LF follows
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
	if len(n.block) >= blockSize {
		return n.emit()
	}
	return nil
}

// finish ends the last line if it is open and passes the rest on.
func (n *normaliser) finish() error {
	if n.cr || n.line > 0 {
		n.endLine()
	}
	return n.emit()
}

func (n *normaliser) emit() error {
	if len(n.block) == 0 {
		return nil
	}
	err := n.flush(n.block)
	n.block = n.block[:0]
	return err
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
