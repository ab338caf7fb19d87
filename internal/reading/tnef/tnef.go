// Package tnef opens winmail.dat, the envelope in which Outlook hides the text
// and the files of a message ([MS-OXTNEF]).
//
// Input is hostile: every length is checked against what is left, nothing is
// copied but strings, and the time is linear. Names and texts are true, not
// safe for a screen.
package tnef

import (
	"encoding/binary"
	"errors"

	"postea/internal/reading/rtf"
)

// ErrNoTNEF tells that the bytes do not begin with the signature of the format.
var ErrNoTNEF = errors.New("this is no TNEF data")

const (
	signature = 0x223E9F78

	maxFiles = 1000
	maxDepth = 4 // messages inside the message
)

// Content is what an envelope holds.
type Content struct {
	Subject string
	Text    string // plain, "" for none
	HTML    []byte // in the charset that it names itself, nil for none
	RTF     []byte // nil for none
	Files   []File
	Damaged bool // something could not be read and is missing
}

// File is a file of the envelope.
type File struct {
	Name      string // "" if it has none
	Type      string // media type, "" if the sender gave none
	ContentID string
	Data      []byte // a part of the input
}

// Attributes, [MS-OXTNEF] §2.1.3.2: type in the upper half, number in the lower.
const (
	attSubject     = 0x00018004
	attBody        = 0x0002800C
	attCodepage    = 0x00069007
	attRenderData  = 0x00069002
	attTitle       = 0x00018010
	attData        = 0x0006800F
	attProps       = 0x00069003
	attAttachProps = 0x00069005
)

// Parse opens an envelope. What can be read is there also where the error is
// nil and Damaged set; the only error is ErrNoTNEF.
func Parse(b []byte) (*Content, error) { return parse(b, 0) }

func parse(b []byte, depth int) (*Content, error) {
	if len(b) < 6 || binary.LittleEndian.Uint32(b) != signature {
		return nil, ErrNoTNEF
	}
	p := parser{depth: depth, codepage: "windows-1252"}
	b = b[6:] // the signature and a key
	for len(b) > 0 {
		if len(b) < 9 {
			p.Damaged = true
			break
		}
		id := binary.LittleEndian.Uint32(b[1:])
		size := binary.LittleEndian.Uint32(b[5:])
		b = b[9:]
		if uint64(size) > uint64(len(b)) {
			p.Damaged = true
			size = uint32(len(b)) // the last one is cut
		}
		p.attribute(id, b[:size])
		b = b[size:]
		b = b[min(2, len(b)):] // a checksum, which senders get wrong
	}
	p.finish()
	return &p.Content, nil
}

type parser struct {
	Content
	depth    int
	codepage string
	file     *File // the one being read
	method   uint32
}

func (p *parser) attribute(id uint32, data []byte) {
	switch id {
	case attCodepage:
		if len(data) >= 4 {
			p.codepage = rtf.CodePage(binary.LittleEndian.Uint32(data))
		}
	case attSubject:
		p.Subject = p.string8(data)
	case attBody:
		p.Text = p.string8(data)
	case attProps:
		p.properties(data, p.messageProperty)
	case attRenderData:
		p.finish()
		if len(p.Files) < maxFiles {
			p.file, p.method = &File{}, 0
		}
	case attTitle:
		if p.file != nil {
			p.file.Name = p.string8(data)
		}
	case attData:
		if p.file != nil {
			p.file.Data = data
		}
	case attAttachProps:
		if p.file != nil {
			p.properties(data, p.fileProperty)
		}
	}
}

// methodEmbedded is the PidTagAttachMethod of a message inside (afEmbeddedMessage),
// [MS-OXCMSG] §2.2.2.9.
const methodEmbedded = 5

// finish puts the file that was read on the list. A message inside is opened:
// its files come in its place, its text as a file.
func (p *parser) finish() {
	f := p.file
	p.file = nil
	if f == nil {
		return
	}
	if p.method == methodEmbedded && p.depth < maxDepth {
		if inner, err := parse(f.Data, p.depth+1); err == nil {
			p.embed(f, inner)
			return
		}
	}
	if f.Data == nil {
		p.Damaged = true
		return
	}
	p.Files = append(p.Files, *f)
}

func (p *parser) embed(f *File, inner *Content) {
	p.Damaged = p.Damaged || inner.Damaged
	name := f.Name
	if name == "" {
		name = inner.Subject
	}
	switch {
	case inner.HTML != nil:
		p.Files = append(p.Files, File{Name: name + ".html", Type: "text/html", Data: inner.HTML})
	case inner.Text != "":
		p.Files = append(p.Files, File{Name: name + ".txt", Type: "text/plain", Data: []byte(inner.Text)})
	case inner.RTF != nil:
		p.Files = append(p.Files, File{Name: name + ".rtf", Type: "application/rtf", Data: inner.RTF})
	}
	p.Files = append(p.Files, inner.Files[:min(len(inner.Files), max(0, maxFiles-len(p.Files)))]...)
}
