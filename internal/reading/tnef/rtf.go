package tnef

import (
	"encoding/binary"
	"strconv"
	"strings"
)

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

// TextOfRTF gives the text of a document, without its looks. HTML that Outlook
// has wrapped in RTF comes out as the text of that HTML.
func TextOfRTF(b []byte) string {
	r := rtfReader{src: b, skipUnicode: 1, codepage: "windows-1252"}
	r.read()
	return strings.TrimSpace(r.out.String())
}

type rtfState struct {
	hidden      bool
	skipUnicode int
}

type rtfReader struct {
	src         []byte
	out         strings.Builder
	raw         []byte // bytes of the code page that wait for their neighbours
	stack       []rtfState
	hidden      bool
	skipUnicode int
	skip        int // characters that stand in for a \u
	codepage    string
}

func (r *rtfReader) read() {
	for i := 0; i < len(r.src); {
		switch c := r.src[i]; c {
		case '{':
			i++
			if len(r.stack) < 1000 {
				r.stack = append(r.stack, rtfState{r.hidden, r.skipUnicode})
			}
		case '}':
			i++
			r.flush()
			if n := len(r.stack); n > 0 {
				r.hidden, r.skipUnicode = r.stack[n-1].hidden, r.stack[n-1].skipUnicode
				r.stack = r.stack[:n-1]
			}
		case '\\':
			i = r.control(i + 1)
		case '\r', '\n', 0:
			i++
		default:
			i++
			r.byte(c)
		}
	}
	r.flush()
}

func (r *rtfReader) byte(c byte) {
	switch {
	case r.skip > 0:
		r.skip--
	case !r.hidden:
		r.raw = append(r.raw, c)
	}
}

func (r *rtfReader) flush() {
	if len(r.raw) > 0 {
		p := parser{codepage: r.codepage}
		r.out.WriteString(p.string8(r.raw))
		r.raw = r.raw[:0]
	}
}

func (r *rtfReader) write(s string) {
	r.flush()
	if !r.hidden {
		r.out.WriteString(s)
	}
}

// control reads what follows a backslash and gives the position behind it.
func (r *rtfReader) control(i int) int {
	if i >= len(r.src) {
		return i
	}
	c := r.src[i]
	if c < 'A' || c > 'Z' && c < 'a' || c > 'z' {
		switch c {
		case '\'':
			if i+2 < len(r.src) {
				if v, err := strconv.ParseUint(string(r.src[i+1:i+3]), 16, 8); err == nil {
					r.byte(byte(v))
				}
				return i + 3
			}
			return len(r.src)
		case '*':
			r.hidden = true
		case '~':
			r.write(" ")
		case '\n', '\r':
			r.write("\n")
		case '{', '}', '\\':
			r.byte(c)
		}
		return i + 1
	}
	start := i
	for i < len(r.src) && (r.src[i] >= 'a' && r.src[i] <= 'z' || r.src[i] >= 'A' && r.src[i] <= 'Z') && i-start < 32 {
		i++
	}
	word := string(r.src[start:i])
	number := i
	if i < len(r.src) && r.src[i] == '-' {
		i++
	}
	for i < len(r.src) && r.src[i] >= '0' && r.src[i] <= '9' && i-number < 11 {
		i++
	}
	n, err := strconv.Atoi(string(r.src[number:i]))
	if i < len(r.src) && r.src[i] == ' ' {
		i++
	}
	r.word(word, n, err == nil)
	return i
}

func (r *rtfReader) word(word string, n int, given bool) {
	switch word {
	case "par", "line", "row", "sect", "page":
		r.write("\n")
	case "tab", "cell":
		r.write("\t")
	case "u":
		if n < 0 {
			n += 1 << 16
		}
		r.write(string(rune(n)))
		r.skip = r.skipUnicode
	case "uc":
		r.skipUnicode = max(0, min(n, 8))
	case "ansicpg":
		r.codepage = codepageName(uint32(max(n, 0)))
	case "htmlrtf": // RTF for readers that do not see the HTML in it
		r.flush()
		r.hidden = !given || n != 0
	case "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "listtable", "revtbl", "themedata":
		r.flush()
		r.hidden = true
	case "emdash":
		r.write("—")
	case "endash":
		r.write("–")
	case "lquote":
		r.write("‘")
	case "rquote":
		r.write("’")
	case "ldblquote":
		r.write("“")
	case "rdblquote":
		r.write("”")
	case "bullet":
		r.write("•")
	}
}
