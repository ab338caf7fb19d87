// Package rtf reads the text of documents in Rich Text Format, [MSFT-RTF] 1.9.1,
// without looks and pictures.
//
// Input is hostile: it is read once, in one pass, up to a bound; groups may be nested
// as deep as they like and what is nested too deep is not told apart. Text is true,
// not safe for a screen.
package rtf

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	maxBytes = 16 << 20 // read of a document
	maxDepth = 1000     // groups whose state is kept
	maxFonts = 1000
	maxLink  = 2000 // of the address of a link
)

// Is tells whether a file begins as a document does.
func Is(b []byte) bool {
	return strings.HasPrefix(strings.TrimLeft(string(b[:min(len(b), 64)]), " \r\n\ufeff"), `{\rtf`)
}

// Text gives the text of a document. A link has its address behind it where its words
// are others. HTML that Outlook has wrapped in RTF comes out as the text of that HTML.
func Text(b []byte) string {
	r := reader{src: b[:min(len(b), maxBytes)], state: state{skipUnicode: 1}, codepage: "windows-1252"}
	r.read()
	return strings.TrimSpace(r.out.String())
}

// state is what a group gives back at its end.
type state struct {
	hidden      bool // the text of a destination that is not the document
	vanished    bool // marked as not to be shown
	skipUnicode int
	fontPage    string // code page of the font, "" for that of the document
	to          part
	linkAt      int // where in the output the words of a link began
}

// part is what a group holds that is not shown as it is.
type part int

const (
	partText part = iota
	partFonts
	partInstruction // of a field
	partResult      // of a field: the words of a link
)

type reader struct {
	state
	src      []byte
	out      strings.Builder
	raw      []byte // bytes of a code page that wait for their neighbours
	stack    []state
	deeper   int // groups beyond maxDepth
	skip     int // characters that stand in for a \u
	high     rune
	codepage string
	font     int            // being described
	fonts    map[int]string // code pages
	link     []byte         // instruction of the field that was read last
}

func (r *reader) read() {
	for i := 0; i < len(r.src); {
		switch c := r.src[i]; c {
		case '{':
			i++
			r.flush()
			r.begin()
		case '}':
			i++
			r.flush()
			r.end()
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

func (r *reader) begin() {
	r.skip = 0
	if len(r.stack) == maxDepth {
		r.deeper++
		return
	}
	r.stack = append(r.stack, r.state)
}

func (r *reader) end() {
	r.skip = 0
	switch n := len(r.stack); {
	case r.deeper > 0:
		r.deeper--
	case n > 0:
		before := r.stack[n-1]
		if r.to == partResult && before.to != partResult {
			r.tellLink()
		}
		r.state, r.stack = before, r.stack[:n-1]
	}
}

// tellLink puts the address of a link behind its words.
func (r *reader) tellLink() {
	address := linkOf(string(r.link))
	r.link = nil
	if address == "" || r.hidden {
		return
	}
	words := r.out.String()[min(r.linkAt, r.out.Len()):]
	if bare := strings.TrimPrefix(address, "mailto:"); len(words) < 4*maxLink && !strings.Contains(words, strings.TrimSuffix(bare, "/")) {
		r.out.WriteString(" <" + address + ">")
	}
}

// linkOf reads the address in `HYPERLINK "https://…"`; a place within the document has none.
func linkOf(instruction string) string {
	rest, ok := strings.CutPrefix(strings.TrimSpace(instruction), "HYPERLINK")
	if rest = strings.TrimSpace(rest); !ok || strings.HasPrefix(rest, `\`) {
		return ""
	}
	if quoted, ok := strings.CutPrefix(rest, `"`); ok {
		rest, _, _ = strings.Cut(quoted, `"`)
	} else {
		rest, _, _ = strings.Cut(rest, " ")
	}
	if strings.ContainsAny(rest, "<> \t\n") || !strings.Contains(rest, ":") {
		return ""
	}
	return rest
}

func (r *reader) shown() bool { return !r.hidden && !r.vanished }

func (r *reader) byte(c byte) {
	switch {
	case r.skip > 0:
		r.skip--
	case r.to == partInstruction:
		if len(r.link) < maxLink {
			r.link = append(r.link, c)
		}
	case r.shown():
		r.raw = append(r.raw, c)
	}
}

func (r *reader) flush() {
	if r.high != 0 {
		r.out.WriteRune(utf8.RuneError)
		r.high = 0
	}
	if len(r.raw) > 0 {
		page := r.codepage
		if r.fontPage != "" {
			page = r.fontPage
		}
		r.out.WriteString(decode(r.raw, page))
		r.raw = r.raw[:0]
	}
}

func (r *reader) write(s string) {
	r.flush()
	if r.shown() && r.to != partInstruction {
		r.out.WriteString(s)
	}
}

// unit takes one of UTF-16; pairs come as two.
func (r *reader) unit(c rune) {
	if !r.shown() || r.to == partInstruction {
		return
	}
	high := r.high
	r.high = 0
	switch pair := utf16.DecodeRune(high, c); {
	case high != 0 && pair != utf8.RuneError:
		r.out.WriteRune(pair)
		return
	case high != 0:
		r.out.WriteRune(utf8.RuneError)
	}
	r.flush()
	if c >= 0xd800 && c < 0xdc00 {
		r.high = c
		return
	}
	r.out.WriteRune(c)
}

// control reads what follows a backslash and gives the position behind it.
func (r *reader) control(i int) int {
	if i >= len(r.src) {
		return i
	}
	c := r.src[i]
	if !isLetter(c) {
		return r.symbol(c, i)
	}
	start := i
	for i < len(r.src) && isLetter(r.src[i]) && i-start < 32 {
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
	if word == "bin" { // bytes that mean nothing here
		return i + min(max(n, 0), len(r.src)-i)
	}
	r.word(word, n, err == nil)
	return i
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func (r *reader) symbol(c byte, i int) int {
	switch c {
	case '\'':
		if i+2 >= len(r.src) {
			return len(r.src)
		}
		if v, err := strconv.ParseUint(string(r.src[i+1:i+3]), 16, 8); err == nil {
			r.byte(byte(v))
		}
		return i + 3
	case '*':
		r.flush()
		r.hidden = true
	case '~':
		r.write(" ")
	case '_':
		r.write("-")
	case '\n', '\r':
		r.write("\n")
	case '{', '}', '\\':
		r.byte(c)
	}
	return i + 1
}

func (r *reader) word(word string, n int, given bool) {
	if s, ok := characters[word]; ok {
		r.write(s)
		return
	}
	if destinations[word] {
		r.flush()
		r.hidden = true
		return
	}
	switch word {
	case "u":
		if n < 0 {
			n += 1 << 16
		}
		if n < 0 || n > utf8.MaxRune {
			n = utf8.RuneError
		}
		if len(r.raw) > 0 {
			r.flush()
		}
		r.unit(rune(n))
		r.skip = r.skipUnicode
	case "uc":
		r.skipUnicode = max(0, min(n, 8))
	case "ansicpg":
		r.codepage = CodePage(uint32(max(n, 0)))
	case "mac":
		r.codepage = "macintosh"
	case "pc":
		r.codepage = "ibm437"
	case "pca":
		r.codepage = "ibm850"
	case "htmlrtf": // RTF for readers that do not see the HTML in it
		r.flush()
		r.hidden = !given || n != 0
	case "v":
		r.flush()
		r.vanished = !given || n != 0
	case "plain":
		r.flush()
		r.vanished, r.fontPage = false, ""
	case "fonttbl":
		r.flush()
		r.hidden, r.to = true, partFonts
	case "f":
		r.flush()
		if r.to == partFonts {
			r.font = n
		} else {
			r.fontPage = r.fonts[n]
		}
	case "fcharset":
		r.describeFont(n)
	case "fldinst":
		r.flush()
		r.link, r.to = nil, partInstruction
	case "fldrslt":
		r.flush()
		r.to, r.linkAt = partResult, r.out.Len()
	}
}

func (r *reader) describeFont(charset int) {
	page, ok := charsets[charset]
	if r.to != partFonts || !ok || len(r.fonts) >= maxFonts {
		return
	}
	if r.fonts == nil {
		r.fonts = map[int]string{}
	}
	r.fonts[r.font] = page
}
