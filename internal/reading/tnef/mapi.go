package tnef

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
)

// property is a MAPI property with its first value.
type property struct {
	id, kind uint16
	value    []byte
}

// Property types, [MS-OXCDATA] §2.11.1.
const (
	typeInt16    = 0x0002
	typeInt32    = 0x0003
	typeFloat    = 0x0004
	typeDouble   = 0x0005
	typeCurrency = 0x0006
	typeAppTime  = 0x0007
	typeError    = 0x000A
	typeBool     = 0x000B
	typeObject   = 0x000D
	typeInt64    = 0x0014
	typeString8  = 0x001E
	typeUnicode  = 0x001F
	typeTime     = 0x0040
	typeGUID     = 0x0048
	typeBinary   = 0x0102
	typeMulti    = 0x1000
)

// reader takes values from the front of b and remembers that one was missing.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n uint64) []byte {
	if r.bad || n > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	v := r.b[:n:n]
	r.b = r.b[n:]
	return v
}

func (r *reader) uint16() uint16 {
	if v := r.take(2); v != nil {
		return binary.LittleEndian.Uint16(v)
	}
	return 0
}

func (r *reader) uint32() uint32 {
	if v := r.take(4); v != nil {
		return binary.LittleEndian.Uint32(v)
	}
	return 0
}

// padded takes n bytes and what fills them up to a multiple of four.
func (r *reader) padded(n uint32) []byte {
	v := r.take(uint64(n))
	if fill := (4 - uint64(n)%4) % 4; fill > uint64(len(r.b)) {
		r.b = nil // the last one may lack it
	} else {
		r.take(fill)
	}
	return v
}

// properties reads a list of [MS-OXTNEF] §2.1.3.4 as far as it is sound.
func (p *parser) properties(b []byte, use func(property)) {
	r := reader{b: b}
	for n := r.uint32(); n > 0 && !r.bad && len(r.b) > 0; n-- {
		prop := property{kind: r.uint16(), id: r.uint16()}
		if prop.id >= 0x8000 { // named
			r.take(16)
			if r.uint32() == 0 {
				r.take(4)
			} else {
				r.padded(r.uint32())
			}
		}
		prop.value = r.value(prop.kind)
		if r.bad {
			break
		}
		use(prop)
	}
	p.Damaged = p.Damaged || r.bad
}

// value gives the first value and passes over the others.
func (r *reader) value(kind uint16) []byte {
	count := uint32(1)
	multi := kind&typeMulti != 0
	kind &^= typeMulti
	variable := kind == typeString8 || kind == typeUnicode || kind == typeBinary || kind == typeObject
	if multi || variable {
		count = r.uint32()
	}
	var first []byte
	for i := uint32(0); i < count && !r.bad; i++ {
		var v []byte
		if variable {
			v = r.padded(r.uint32())
		} else {
			size := fixedSize(kind)
			if size == 0 {
				r.bad = true
			}
			v = r.take(uint64(size))
		}
		if i == 0 {
			first = v
		}
	}
	return first
}

func fixedSize(kind uint16) int {
	switch kind {
	case typeInt16, typeInt32, typeFloat, typeError, typeBool:
		return 4
	case typeDouble, typeCurrency, typeAppTime, typeInt64, typeTime:
		return 8
	case typeGUID:
		return 16
	}
	return 0
}

func (p *parser) messageProperty(v property) {
	switch v.id {
	case 0x0037: // PidTagSubject
		p.Subject = p.text(v)
	case 0x1000: // PidTagBody
		if s := p.text(v); s != "" {
			p.Text = s
		}
	case 0x1009: // PidTagRtfCompressed
		if rtf, ok := decompressRTF(v.value); ok {
			p.RTF = rtf
		}
	case 0x1013: // PidTagHtml
		switch {
		case len(v.value) == 0:
		case v.kind == typeBinary:
			p.HTML = bytes.TrimRight(v.value, "\x00")
		default:
			p.HTML = []byte(p.text(v))
		}
	}
}

func (p *parser) fileProperty(v property) {
	switch v.id {
	case 0x3707: // PidTagAttachLongFilename
		if s := p.text(v); s != "" {
			p.file.Name = s
		}
	case 0x3704, 0x3001: // PidTagAttachFilename, PidTagDisplayName
		if s := p.text(v); s != "" && p.file.Name == "" {
			p.file.Name = s
		}
	case 0x370E: // PidTagAttachMimeTag
		p.file.Type = strings.ToLower(p.text(v))
	case 0x3712: // PidTagAttachContentId
		p.file.ContentID = strings.Trim(p.text(v), "<>")
	case 0x3705: // PidTagAttachMethod
		if len(v.value) >= 4 {
			p.method = binary.LittleEndian.Uint32(v.value)
		}
	case 0x3701: // PidTagAttachDataBinary or -Object, an object behind the id of its interface
		switch {
		case v.kind == typeObject && len(v.value) >= 16:
			p.file.Data = v.value[16:]
		case v.kind == typeBinary:
			p.file.Data = v.value
		}
	}
}

func (p *parser) text(v property) string {
	switch v.kind {
	case typeUnicode:
		units := make([]uint16, 0, len(v.value)/2)
		for i := 0; i+1 < len(v.value); i += 2 {
			units = append(units, binary.LittleEndian.Uint16(v.value[i:]))
		}
		return cutNUL(string(utf16.Decode(units)))
	case typeString8:
		return p.string8(v.value)
	}
	return ""
}

// string8 reads bytes in the code page of the message.
func (p *parser) string8(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	if utf8.Valid(b) {
		return string(b)
	}
	if e, err := htmlindex.Get(p.codepage); err == nil {
		if out, err := e.NewDecoder().Bytes(b); err == nil {
			return string(out)
		}
	}
	return strings.ToValidUTF8(string(b), "\ufffd")
}

func cutNUL(s string) string {
	s, _, _ = strings.Cut(s, "\x00")
	return s
}
