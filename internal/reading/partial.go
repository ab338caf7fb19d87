package reading

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"postea/internal/mail"
)

// ErrAway says that a part was left at the server.
var ErrAway = errors.New("it is still at the server")

// away reads nothing, and says why.
type away struct{}

func (away) Read([]byte) (int, error) { return 0, ErrAway }

// ParsePartial reads a message of which parts were left at the server. Those are
// listed as Away, with a size by estimate, and opening them is ErrAway. The
// message has no Source.
func ParsePartial(p mail.Partial) *Message { return parse(p.Raw, &p) }

// Whole tells whether nothing of the message was left at the server, and Source
// gives its bytes.
func (m *Message) Whole() bool { return !m.partial }

// fill puts what has come since into its place, and marks what has not.
func (m *Message) fill(p *mail.Partial) {
	m.partial, m.raw = true, nil
	byPath := make(map[string]*node, len(m.paths))
	for n, i := range m.paths {
		byPath[m.Parts[i].Path] = n
	}
	for _, a := range p.Away {
		n := byPath[a.Path]
		if n == nil {
			continue
		}
		body, here := p.Parts[a.Path]
		if !here {
			n.away, n.awaySize = true, a.Size
			if len(n.children) == 1 && len(n.children[0].fields) == 0 && len(n.children[0].body) == 0 {
				n.children = nil
			}
			continue
		}
		n.body, n.decoded = body, nil
		if n.isMessage() {
			w := &walker{src: skipLeading(decodeTransfer(body, n.encoding)), depth: strings.Count(a.Path, ".") + 1, note: m.note}
			child, _ := w.entity("text/plain")
			n.children = []*node{child}
		}
	}
	m.Parts = nil
	clear(m.paths)
	m.number(m.root, "", m.root.multipart())
}

func (n *node) isMessage() bool { return n.kind == "message/rfc822" || n.kind == "message/global" }

// reader gives the decoded content.
func (n *node) reader() io.Reader {
	if n.away {
		return away{}
	}
	return newTransferReader(n.body, n.encoding)
}

// DecodedSize estimates how large a part is that is so large as it is encoded.
func DecodedSize(encoding string, size int64) int64 {
	switch token, _ := cleanEncoding(encoding); token {
	case "base64": // 57 bytes to a line of 76 characters, RFC 2045 §6.8
		return size/78*57 + size%78*3/4
	case "x-uuencode", "uuencode", "x-uue", "uue": // 45 to a line of 61, and lines around
		return max(size-40, 0) / 63 * 45
	}
	return size
}

// Piece is an entity of a message as a server gives it.
type Piece struct {
	Path     string // RFC 9051 §6.4.5; "" for a multipart that is the message itself
	Kind     string // media type, as the server says it
	Header   []byte // its MIME header; of the message itself, and of one within, all of the header
	Body     []byte // of a leaf, encoded
	Children []*Piece
	// Away tells that the body was left at the server, and Size how large it is. A
	// message within the message may be away and have its content as its child.
	Away bool
	Size int64
}

// ErrDisagree says that the pieces do not make the message which the server says
// they are of.
var ErrDisagree = errors.New("the parts do not fit together")

// Assemble puts a message together of its pieces; those that are away stay empty.
// It reads the result, and the error is ErrDisagree where it is not built as the
// pieces say: then only the whole message can be trusted.
func Assemble(root *Piece) (mail.Partial, error) {
	var p mail.Partial
	var out bytes.Buffer
	if err := root.write(&out, &p, 0); err != nil {
		return p, err
	}
	p.Raw = out.Bytes()
	m := &Message{paths: make(map[*node]int)}
	m.root = walk(skipLeading(useNewlines(p.Raw)), 0, func(string) {})
	m.number(m.root, "", m.root.multipart())
	if !m.agrees(m.root, root) {
		return p, fmt.Errorf("%w: they are built another way", ErrDisagree)
	}
	return p, nil
}

func (p *Piece) write(out *bytes.Buffer, to *mail.Partial, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%w: they are nested too deep", ErrDisagree)
	}
	if p.Away {
		to.Away = append(to.Away, mail.AwayPart{Path: p.Path, Size: p.Size})
	}
	header := append(bytes.TrimRight(p.Header, "\r\n"), "\r\n\r\n"...)
	if len(header) == 4 {
		header = header[2:]
	}
	out.Write(header)
	multipart := strings.HasPrefix(strings.ToLower(p.Kind), "multipart/")
	switch {
	case !multipart && len(p.Children) == 0:
		if !p.Away {
			out.Write(p.Body)
		}
		return nil
	case !multipart:
		return p.Children[0].write(out, to, depth+1)
	}
	fields, _, _ := splitHeader(header)
	n := &node{fields: fields}
	n.readContentFields("text/plain", func(string) {})
	boundary := declaredBoundary(n)
	if boundary == nil || len(p.Children) == 0 {
		return fmt.Errorf("%w: a multipart has no boundary", ErrDisagree)
	}
	for _, child := range p.Children {
		fmt.Fprintf(out, "--%s\r\n", boundary)
		if err := child.write(out, to, depth+1); err != nil {
			return err
		}
		out.WriteString("\r\n")
	}
	fmt.Fprintf(out, "--%s--\r\n", boundary)
	return nil
}

// agrees compares what was read with what the server says.
func (m *Message) agrees(n *node, p *Piece) bool {
	if !strings.EqualFold(n.kind, p.Kind) {
		return false
	}
	if !n.multipart() && p.Path != "" && m.Parts[m.paths[n]].Path != p.Path {
		return false
	}
	if n.isMessage() && len(p.Children) == 0 {
		return true // one that came whole, or not at all
	}
	if len(n.children) != len(p.Children) {
		return false
	}
	for i, child := range n.children {
		if !m.agrees(child, p.Children[i]) {
			return false
		}
	}
	return true
}
