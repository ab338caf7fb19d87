package reading

import (
	"strings"

	"postea/internal/reading/cms"
)

// Protection tells that a message, or a part of it, is signed or encrypted.
// Nothing is checked: a signature is a claim, and no reason for a good mark.
type Protection struct {
	Kind      string // "OpenPGP" or "S/MIME", "" for a message without
	Signed    bool
	Encrypted bool
	Partly    bool // only a part of what is shown
}

// Words says it for a reader; empty for a message without protection.
func (p Protection) Words() Text {
	if p.Kind == "" {
		return Text{}
	}
	var s string
	switch {
	case p.Encrypted && p.Signed:
		s = "encrypted, and signed with " + p.Kind + ", not checked"
	case p.Encrypted:
		s = "encrypted with " + p.Kind
	default:
		s = "signed with " + p.Kind + ", not checked"
	}
	if p.Partly {
		s = "a part of it is " + s
	}
	return Line(s)
}

// Protection looks for PGP/MIME (RFC 3156), S/MIME (RFC 8551) and OpenPGP in
// the text. What stands in a message inside the message is not looked at.
func (m *Message) Protection() Protection {
	var p Protection
	if m.root != nil {
		p.look(m.root, true)
	}
	return p
}

// look visits the entities. whole tells that what n holds is all that is shown.
func (p *Protection) look(n *node, whole bool) {
	protocol := strings.ToLower(n.params["protocol"])
	switch {
	case n.kind == "multipart/signed" && strings.Contains(protocol, "pgp"):
		p.found("OpenPGP", true, false, whole)
	case n.kind == "multipart/signed":
		p.found("S/MIME", true, false, whole)
	case n.kind == "multipart/encrypted":
		p.found("OpenPGP", false, true, whole)
		return
	case isCMS(n):
		signed := isSignedData(n)
		p.found("S/MIME", signed, !signed, whole)
	case n.kind == "application/pgp-encrypted": // alone, where a server has damaged the multipart
		p.found("OpenPGP", false, true, whole)
	case n.kind == "text/plain":
		p.inline(n.text(), whole)
	case n.kind == "text/html":
		if html := n.htmlOf(n.content()); strings.Contains(html, "-----BEGIN PGP ") {
			var unused linker
			p.inline(strings.ReplaceAll(blockText(renderHTML(html, &unused, true), (*grid).inRows), "\u00a0", " "), whole)
		}
	}
	if !n.multipart() {
		return
	}
	texts := 0
	for _, c := range n.children {
		if c.multipart() || strings.HasPrefix(c.kind, "text/") && c.disposition != "attachment" {
			texts++
		}
	}
	for _, c := range n.children {
		p.look(c, whole && (texts <= 1 || n.kind == "multipart/signed" || n.kind == "multipart/alternative"))
	}
}

func (p *Protection) found(kind string, signed, encrypted, whole bool) {
	if p.Kind == "" {
		p.Kind, p.Partly = kind, !whole
	}
	p.Signed, p.Encrypted = p.Signed || signed, p.Encrypted || encrypted
}

const (
	pgpSigned  = "-----BEGIN PGP SIGNED MESSAGE-----"
	pgpMessage = "-----BEGIN PGP MESSAGE-----"
	pgpEnd     = "-----END PGP "
)

// inline looks for the armour of RFC 9580 §6 in a text.
func (p *Protection) inline(text string, whole bool) {
	text = strings.TrimSpace(text)
	for _, mark := range []string{pgpSigned, pgpMessage} {
		at := strings.Index(text, mark)
		if at < 0 || at > 0 && text[at-1] != '\n' {
			continue
		}
		end := strings.LastIndex(text, pgpEnd)
		all := at == 0 && end > 0 && !strings.Contains(text[end:], "\n")
		p.found("OpenPGP", mark == pgpSigned, mark == pgpMessage, whole && all)
	}
}

func isCMS(n *node) bool {
	return strings.HasSuffix(n.kind, "/pkcs7-mime") || strings.HasSuffix(n.kind, "/x-pkcs7-mime")
}

// isSignedData goes by what the part holds; its parameter may lie, or lack.
func isSignedData(n *node) bool {
	if kind := cms.TypeOf(n.content()); kind != cms.Unknown {
		return kind == cms.SignedData
	}
	return n.params["smime-type"] == "signed-data"
}

// opaque shows the message inside of signed data (RFC 8551 §3.5.2), which is
// readable to anyone.
func (c *collector) opaque(n *node) bool {
	if !isCMS(n) || c.opened >= maxDepth {
		return false
	}
	content, ok := cms.SignedContent(n.content())
	if !ok {
		return false
	}
	c.opened++
	inner := walk(skipLeading(content), maxDepth/2, c.m.note)
	c.m.addWithin(n, inner)
	c.collect(inner)
	return true
}
