// Package cms finds the content of signed data (RFC 5652 §5), as S/MIME sends
// it. It checks nothing: that is not what it is for.
//
// It reads BER, with lengths that are not given and strings in pieces, because
// mail programs write that. Input is hostile: depth and steps are bounded, and
// what is not there is not read.
package cms

// Type is what a ContentInfo holds.
type Type int

// The types that are told apart.
const (
	Unknown Type = iota
	SignedData
	EnvelopedData
	Other
)

const (
	maxDepth = 32
	maxSteps = 100_000

	tagOctets   = 0x04
	tagOID      = 0x06
	tagSequence = 0x30
	tagExplicit = 0xa0 // [0]
	constructed = 0x20
)

// Object identifiers in their encoding, RFC 5652 §4, §5.1, §6.1 and
// §14; RFC 5083 §2.
const (
	oidData      = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
	oidSigned    = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
	oidEnveloped = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"
	oidAuthEnv   = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17"
)

// element is a value with its tag. rest is what follows it.
type element struct {
	tag     byte
	content []byte // up to the end of the input where the length is not given
	open    bool   // the length is not given
	rest    []byte // nothing known where the element is open
}

func next(b []byte) (e element, ok bool) {
	if len(b) < 2 || b[0]&0x1f == 0x1f {
		return e, false // no tag of several bytes stands where we look
	}
	e.tag = b[0]
	n := int(b[1])
	b = b[2:]
	switch {
	case n == 0x80:
		e.open, e.content = true, b
		return e, e.tag&constructed != 0
	case n > 0x80:
		count := n & 0x7f
		if count > 4 || count > len(b) {
			return e, false
		}
		n = 0
		for _, c := range b[:count] {
			n = n<<8 | int(c)
		}
		b = b[count:]
	}
	if n < 0 || n > len(b) {
		return e, false
	}
	e.content, e.rest = b[:n], b[n:]
	return e, true
}

// reader bounds how often the input is looked at.
type reader struct{ steps int }

// after gives what follows an element.
func (r *reader) after(e element, depth int) ([]byte, bool) {
	if !e.open {
		return e.rest, true
	}
	b := e.content
	for {
		if r.steps++; r.steps > maxSteps || depth > maxDepth {
			return nil, false
		}
		if len(b) >= 2 && b[0] == 0 && b[1] == 0 {
			return b[2:], true
		}
		inner, ok := next(b)
		if !ok {
			return nil, false
		}
		if b, ok = r.after(inner, depth+1); !ok {
			return nil, false
		}
	}
}

// contentInfo reads the outermost sequence: what it holds, and that.
func contentInfo(b []byte) (oid string, content []byte, ok bool) {
	seq, ok := next(b)
	if !ok || seq.tag != tagSequence {
		return "", nil, false
	}
	id, ok := next(seq.content)
	if !ok || id.tag != tagOID {
		return "", nil, false
	}
	explicit, ok := next(id.rest)
	if !ok || explicit.tag != tagExplicit {
		return string(id.content), nil, true
	}
	return string(id.content), explicit.content, true
}

// TypeOf tells what a part of type application/pkcs7-mime holds.
func TypeOf(b []byte) Type {
	oid, _, ok := contentInfo(b)
	switch {
	case !ok:
		return Unknown
	case oid == oidSigned:
		return SignedData
	case oid == oidEnveloped || oid == oidAuthEnv:
		return EnvelopedData
	}
	return Other
}

// SignedContent gives the content of signed data; false where b is none, or
// where its content is kept elsewhere.
func SignedContent(b []byte) ([]byte, bool) {
	oid, content, ok := contentInfo(b)
	if !ok || oid != oidSigned {
		return nil, false
	}
	signed, ok := next(content)
	if !ok || signed.tag != tagSequence {
		return nil, false
	}
	r := &reader{}
	b = signed.content
	for range 2 { // the version, the digest algorithms
		e, ok := next(b)
		if !ok {
			return nil, false
		}
		if b, ok = r.after(e, 0); !ok {
			return nil, false
		}
	}
	oid, content, ok = contentInfo(b)
	if !ok || oid != oidData || content == nil {
		return nil, false
	}
	octets, ok := next(content)
	if !ok {
		return nil, false
	}
	out, ok := r.octets(nil, octets, 0)
	return out, ok && len(out) > 0
}

// octets joins an octet string, also one in pieces.
func (r *reader) octets(out []byte, e element, depth int) ([]byte, bool) {
	if r.steps++; r.steps > maxSteps || depth > maxDepth || e.tag&^constructed != tagOctets {
		return nil, false
	}
	if e.tag&constructed == 0 {
		return append(out, e.content...), true
	}
	b := e.content
	for len(b) > 0 {
		if e.open && len(b) >= 2 && b[0] == 0 && b[1] == 0 {
			break
		}
		piece, ok := next(b)
		if !ok {
			return nil, false
		}
		if out, ok = r.octets(out, piece, depth+1); !ok {
			return nil, false
		}
		if b, ok = r.after(piece, depth+1); !ok {
			return nil, false
		}
	}
	return out, true
}
