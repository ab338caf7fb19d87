package tnef

import "encoding/binary"

const maxRTF = 16 << 20

// rtfPrefix is what the dictionary holds at the start, [MS-OXRTFCP] §2.1.2.1.
const rtfPrefix = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"

// decompressRTF undoes [MS-OXRTFCP].
func decompressRTF(b []byte) ([]byte, bool) {
	if len(b) < 16 {
		return nil, false
	}
	size := binary.LittleEndian.Uint32(b[4:])
	kind := binary.LittleEndian.Uint32(b[8:])
	b = b[16:]
	if size > maxRTF {
		return nil, false
	}
	switch kind {
	case 0x414C454D: // MELA: not compressed
		return b[:min(len(b), int(size))], true
	case 0x75465A4C: // LZFu
		return inflate(b, int(size)), true
	}
	return nil, false
}

func inflate(b []byte, size int) []byte {
	var dict [4096]byte
	at := copy(dict[:], rtfPrefix)
	out := make([]byte, 0, min(size, 8*len(b)))
	put := func(c byte) {
		out = append(out, c)
		dict[at] = c
		at = (at + 1) % len(dict)
	}
	for len(b) > 0 && len(out) < size {
		control := b[0]
		b = b[1:]
		for bit := 0; bit < 8 && len(b) > 0 && len(out) < size; bit++ {
			if control>>bit&1 == 0 {
				put(b[0])
				b = b[1:]
				continue
			}
			if len(b) < 2 {
				return out
			}
			ref := binary.BigEndian.Uint16(b)
			b = b[2:]
			from, n := int(ref>>4), int(ref&15)+2
			if from == at {
				return out // the mark of the end
			}
			for ; n > 0 && len(out) < size; n-- {
				put(dict[from])
				from = (from + 1) % len(dict)
			}
		}
	}
	return out
}
