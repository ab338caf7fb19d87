package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
)

// maxProfile bounds a colour profile, in bytes.
const maxProfile = 4 << 20

// metadata is what a file says about its pixels beside them.
type metadata struct {
	turn    int    // how the camera was held, 2 to 8 (Exif 2.32 §4.6.4, Orientation); 0 and 1 are upright
	profile []byte // ICC profile of RGB colours; nil is sRGB
	moving  bool   // there is more than one picture in it
}

// readMetadata looks for it in a JPEG, PNG or WebP file. What is damaged is taken
// as not being there.
func readMetadata(file []byte) metadata {
	var m metadata
	switch {
	case bytes.HasPrefix(file, []byte{0xff, 0xd8}):
		m.jpeg(file[2:])
	case bytes.HasPrefix(file, []byte(pngMagic)):
		m.png(file[len(pngMagic):])
	case len(file) > 12 && string(file[:4]) == "RIFF" && string(file[8:12]) == "WEBP":
		m.webp(file[12:])
	}
	if p := m.profile; len(p) < 128 || string(p[16:20]) != "RGB " || string(p[36:40]) != "acsp" { // ICC.1:2022 §7.2
		m.profile = nil
	}
	return m
}

const (
	pngMagic  = "\x89PNG\r\n\x1a\n"
	exifMark  = "Exif\x00\x00"
	iccMark   = "ICC_PROFILE\x00"
	maxICCLen = 0xffff - 2 - len(iccMark) - 2 // of a piece within a segment of JPEG
)

// jpeg reads the segments before the pixels (ITU T.81 §B.1).
func (m *metadata) jpeg(b []byte) {
	var pieces [256][]byte // of the profile, by their numbers (ICC.1:2022 §B.4)
	for len(b) >= 4 && b[0] == 0xff {
		kind := b[1]
		if kind == 0xff { // filling
			b = b[1:]
			continue
		}
		n := int(binary.BigEndian.Uint16(b[2:])) + 2
		if kind == 0xda || kind < 0xc0 || n < 4 || n > len(b) {
			break
		}
		body := b[4:n]
		switch {
		case kind == 0xe1 && bytes.HasPrefix(body, []byte(exifMark)):
			m.exif(body[len(exifMark):])
		case kind == 0xe2 && bytes.HasPrefix(body, []byte(iccMark)) && len(body) > len(iccMark)+2:
			pieces[body[len(iccMark)]] = body[len(iccMark)+2:]
		}
		b = b[n:]
	}
	for _, p := range pieces {
		m.profile = append(m.profile, p...)
	}
}

// png reads the chunks (PNG 3rd edition §5.3, §11.3).
func (m *metadata) png(b []byte) {
	for len(b) >= 12 {
		n := int64(binary.BigEndian.Uint32(b))
		if n > int64(len(b)-12) {
			return
		}
		body := b[8 : 8+n]
		switch string(b[4:8]) {
		case "eXIf":
			m.exif(body)
		case "acTL":
			m.moving = true
		case "iCCP":
			if i := bytes.IndexByte(body, 0); i >= 0 && i+2 <= len(body) {
				m.profile = inflated(body[i+2:])
			}
		}
		b = b[12+n:]
	}
}

func inflated(b []byte) []byte {
	r, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	out, err := io.ReadAll(io.LimitReader(r, maxProfile+1))
	if err != nil || len(out) > maxProfile {
		return nil
	}
	return out
}

// webp reads the chunks (RFC 9649 §2.3, §2.7).
func (m *metadata) webp(b []byte) {
	for len(b) >= 8 {
		n := int64(binary.LittleEndian.Uint32(b[4:]))
		if n > int64(len(b)-8) {
			return
		}
		body := b[8 : 8+n]
		switch string(b[:4]) {
		case "ICCP":
			m.profile = body
		case "EXIF":
			m.exif(bytes.TrimPrefix(body, []byte(exifMark)))
		case "ANIM":
			m.moving = true
		}
		b = b[8+min(n+n%2, int64(len(b)-8)):]
	}
}

// exif looks for the orientation in the first directory of a TIFF.
func (m *metadata) exif(b []byte) {
	var order binary.ByteOrder = binary.BigEndian
	switch {
	case bytes.HasPrefix(b, []byte("II*\x00")):
		order = binary.LittleEndian
	case !bytes.HasPrefix(b, []byte("MM\x00*")):
		return
	}
	if len(b) < 8 {
		return
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return
	}
	b = b[at:]
	const orientation, short = 0x0112, 3
	n := int(order.Uint16(b))
	for b = b[2:]; n > 0 && len(b) >= 12; n-- {
		if v := int(order.Uint16(b[8:])); order.Uint16(b) == orientation && order.Uint16(b[2:]) == short && v <= 8 {
			m.turn = v
		}
		b = b[12:]
	}
}
