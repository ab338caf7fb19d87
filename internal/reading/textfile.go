package reading

import (
	"bytes"
	"strings"
)

// textFile is a file that stands encoded in the middle of a text, as in the
// days before MIME, and still from some systems.
type textFile struct {
	name string
	data []byte
}

const maxTextFiles = 100

// cutTextFiles takes the files in uuencode and yEnc out of a text. The time is
// linear in its length.
func cutTextFiles(text []byte) (rest []byte, files []textFile) {
	if !bytes.Contains(text, []byte("begin ")) {
		return text, nil
	}
	start := 0
	for pos := 0; pos < len(text); {
		line, next := cutLine(text, pos)
		f, end, ok := textFile{}, 0, false
		switch {
		case len(files) == maxTextFiles:
		case bytes.HasPrefix(line, []byte("begin ")):
			f, end, ok = readUU(text, pos)
		case bytes.HasPrefix(line, []byte("=ybegin ")):
			f, end, ok = readYEnc(text, pos)
		}
		if !ok {
			pos = next
			continue
		}
		rest = append(rest, text[start:pos]...)
		files = append(files, f)
		pos, start = end, end
	}
	if files == nil {
		return text, nil
	}
	return append(rest, text[start:]...), files
}

// readUU reads the file that begins at pos, if its first line is one of data
// and an end follows. A sentence that begins with "begin" has neither.
func readUU(text []byte, pos int) (f textFile, end int, ok bool) {
	line, next := cutLine(text, pos)
	_, rest, _ := bytes.Cut(line, []byte(" "))
	mode, name, found := bytes.Cut(bytes.TrimSpace(rest), []byte(" "))
	if !found || len(mode) < 3 || len(mode) > 6 || strings.Trim(string(mode), "01234567") != "" {
		return f, 0, false
	}
	f.name = decodeRaw(string(bytes.TrimSpace(name)))
	for first := true; next < len(text); first = false {
		line, after := cutLine(text, next)
		switch {
		case bytes.Equal(bytes.TrimRight(line, " "), []byte("end")):
			return f, after, true
		case len(line) > 0 && !isUULine(line), first && len(line) == 0:
			return f, 0, false
		}
		f.data = appendUULine(f.data, line)
		next = after
	}
	return f, 0, false
}

// isUULine checks the count at the beginning of a line against its length.
// Blanks at the end may have got lost, and a checksum may follow.
func isUULine(line []byte) bool {
	n := int(line[0]-' ') & 63
	want := (n + 2) / 3 * 4
	return line[0] >= ' ' && line[0] <= '`' && len(line)-1 <= want+2 && (len(line)-1 >= want-4 || n == 0)
}

// readYEnc reads the file that begins at pos, or one part of it.
func readYEnc(text []byte, pos int) (f textFile, end int, ok bool) {
	line, next := cutLine(text, pos)
	_, name, found := bytes.Cut(line, []byte(" name="))
	if !found {
		return f, 0, false
	}
	f.name = decodeRaw(string(bytes.Trim(bytes.TrimSpace(name), `"`)))
	for next < len(text) {
		line, after := cutLine(text, next)
		switch {
		case bytes.HasPrefix(line, []byte("=yend")):
			return f, after, true
		case bytes.HasPrefix(line, []byte("=ybegin ")): // the first has no end
			return f, 0, false
		case !bytes.HasPrefix(line, []byte("=ypart")):
			f.data = appendYEnc(f.data, line)
		}
		next = after
	}
	return f, 0, false
}

func appendYEnc(out, line []byte) []byte {
	for i := 0; i < len(line); i++ {
		c := line[i]
		if c == '=' && i+1 < len(line) {
			i++
			c = line[i] - 64
		}
		out = append(out, c-42)
	}
	return out
}

// openTextFiles gives the node that is shown in the place of a text: the same
// without the files in it, which go on the list of attachments.
func (c *collector) openTextFiles(n *node) *node {
	if n.kind != "text/plain" || n.encoding == "base64" || n.encoding == "quoted-printable" {
		return n
	}
	rest, files := cutTextFiles(n.body)
	if files == nil {
		return n
	}
	for _, f := range files {
		c.m.addInner(n, &node{kind: kindOfName(f.name), params: map[string]string{"name": f.name}, body: f.data}, false)
	}
	shown := *n
	shown.body, shown.decoded = rest, nil
	return &shown
}
