package reading

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/jhillyerd/enmime/v2"
)

// maxHanded bounds what enmime gets to read. A byte counts once for itself and
// once for every multipart around it, because it is read again at each level.
const maxHanded = 8 << 20

// contents holds the decoded bodies of texts, as enmime read them.
type contents map[*node][]byte

// of gives the content of a leaf. What enmime did not read is decoded by us.
func (c contents) of(n *node) []byte {
	if b, ok := c[n]; ok {
		return b
	}
	return n.content()
}

// readContents has enmime read the message.
func readContents(root *node) contents {
	m := mender{token: rand.Text(), left: maxHanded, handed: make(map[*node]bool)}
	m.entity(root, 1)
	if len(m.handed) == 0 {
		return nil // nothing but files, and they are read as streams
	}
	tree, err := readTree(m.out.Bytes())
	if err != nil || !sameShape(root, tree) {
		return nil
	}
	c := make(contents, len(m.handed))
	c.take(root, tree, m.handed)
	return c
}

// readTree asks for the parts and not for an envelope, whose text enmime joins
// in quadratic time. It turns a panic into an error: the message can be read
// without enmime, and the bytes came from a stranger.
func readTree(mended []byte) (tree *enmime.Part, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("reading: enmime panicked")
		}
	}()
	return enmime.NewParser(enmime.SkipMalformedParts(true)).ReadParts(bytes.NewReader(mended))
}

// mender writes the structure that the walker found as a message without
// faults: every multipart is closed and has a boundary that occurs nowhere
// else, and an entity has only the fields that its content needs. It cannot
// make enmime look for a structure that is not there.
type mender struct {
	out    bytes.Buffer
	token  string // that no sender can know
	parts  int
	left   int
	handed map[*node]bool
}

// entity writes a message inside the message as a multipart of one part;
// enmime does not look into one that stands for itself.
func (m *mender) entity(n *node, level int) {
	if len(n.children) == 0 {
		m.leaf(n, level)
		return
	}
	m.parts++
	boundary := fmt.Sprintf("%s-%d", m.token, m.parts)
	fmt.Fprintf(&m.out, "Content-Type: multipart/mixed; boundary=%s\r\n\r\n", boundary)
	for _, child := range n.children {
		fmt.Fprintf(&m.out, "--%s\r\n", boundary)
		m.entity(child, level+1)
		m.out.WriteString("\r\n")
	}
	fmt.Fprintf(&m.out, "--%s--\r\n", boundary)
}

// leaf calls every content octets, because enmime would convert the text of a
// text to UTF-8 from what it is labelled as; see decodeCharset. A file and
// what is too large or damaged is left empty.
func (m *mender) leaf(n *node, level int) {
	m.out.WriteString("Content-Type: application/octet-stream\r\n")
	encoding := n.encoding
	if encoding != "base64" && encoding != "quoted-printable" {
		encoding = "binary"
	}
	fmt.Fprintf(&m.out, "Content-Transfer-Encoding: %s\r\n\r\n", encoding)
	if cost := len(n.body) * level; n.isText() && cost <= m.left && isWellFormed(n.body, n.encoding) {
		m.left -= cost
		m.handed[n] = true
		m.out.Write(n.body)
	}
}

// isText tells of a leaf that is read in place or looked into, and not only
// saved.
func (n *node) isText() bool {
	if n.disposition == "attachment" && n.name() != "" {
		return false
	}
	return strings.HasPrefix(n.kind, "text/") || strings.HasPrefix(n.kind, "message/")
}

// sameShape tells whether enmime found the structure that it was given.
func sameShape(n *node, p *enmime.Part) bool {
	child := p.FirstChild
	for _, c := range n.children {
		if child == nil || !sameShape(c, child) {
			return false
		}
		child = child.NextSibling
	}
	return child == nil
}

func (c contents) take(n *node, p *enmime.Part, handed map[*node]bool) {
	if handed[n] && len(p.Errors) == 0 && p.Content != nil {
		c[n] = p.Content
	}
	child := p.FirstChild
	for _, part := range n.children {
		c.take(part, child, handed)
		child = child.NextSibling
	}
}
