package reading

import (
	"bytes"
	"strings"

	"postea/internal/reading/rtf"
)

// Bounds of a message's structure. No natural mail in any collection we know
// is deeper than 8 or has more than 329 parts.
const (
	maxDepth    = 12
	maxParts    = 1000
	maxBoundary = 998 // RFC 2046 §5.1.1 allows 70; a line has room for this
)

// node is an entity of RFC 2045 §2.4: a leaf, a multipart with children, or a
// message/rfc822 leaf with the message inside as its only child.
type node struct {
	fields      []Field
	kind        string // media type, lower case, never empty
	params      map[string]string
	disposition string
	dispParams  map[string]string
	encoding    string
	body        []byte // of a leaf, still encoded
	decoded     []byte // body as it is decoded, if that was work and is done
	children    []*node

	away     bool  // the body was left at the server
	awaySize int64 // as it is encoded there; 0: not known
}

func (n *node) multipart() bool { return strings.HasPrefix(n.kind, "multipart/") }

// walker cuts a message into nodes in one pass over its lines. Every line is
// compared with the open boundaries, of which there are at most maxDepth.
type walker struct {
	src   []byte
	pos   int
	open  [][]byte
	parts int
	depth int
	note  func(string)
}

// delimiter is the line that ended an entity: the boundary at level of
// walker.open, or level -1 at the end of the message. end is where the content
// before it ends; the line break in front belongs to the boundary.
type delimiter struct {
	level int
	close bool
	end   int
}

func walk(raw []byte, depth int, note func(string)) *node {
	w := &walker{src: raw, depth: depth, note: note}
	n, _ := w.entity("text/plain")
	return n
}

func (w *walker) entity(defaultKind string) (*node, delimiter) {
	w.parts++
	fields, bodyAt, defects := splitHeader(w.src[w.pos:w.headerLimit()])
	for _, d := range defects {
		w.note(d)
	}
	n := &node{fields: fields}
	n.readContentFields(defaultKind, w.note)
	w.pos += bodyAt
	switch {
	case n.multipart() && w.depth+len(w.open) < maxDepth:
		return n, w.multipart(n)
	case n.multipart():
		w.note("parts are nested too deeply; what is deeper is one attachment")
		n.kind = "application/octet-stream" // or it would be neither shown nor an attachment
	case n.isMessage():
		return n, w.message(n)
	}
	start := w.pos
	d := w.skip()
	n.body = w.src[start:max(start, d.end)]
	if n.encoding == "base64" && strings.HasPrefix(n.kind, "text/") && n.disposition != "attachment" && n.name() == "" && isNoBase64(n.body) {
		w.note("a text says that it is in base64, and is not")
		n.encoding = ""
	}
	return n, d
}

// headerLimit keeps a header from running over the boundary that ends its part.
func (w *walker) headerLimit() int {
	if len(w.open) == 0 {
		return len(w.src)
	}
	for pos := w.pos; pos < len(w.src); {
		line, next := cutLine(w.src, pos)
		if len(line) == 0 {
			return next
		}
		if level, _ := w.match(line); level >= 0 {
			return pos
		}
		pos = next
	}
	return len(w.src)
}

// skip reads up to the next line that is an open boundary.
func (w *walker) skip() delimiter {
	for w.pos < len(w.src) {
		start := w.pos
		line, next := cutLine(w.src, start)
		w.pos = next
		if level, closing := w.match(line); level >= 0 {
			return delimiter{level, closing, lineBreakBefore(w.src, start)}
		}
	}
	return delimiter{level: -1, end: len(w.src)}
}

func lineBreakBefore(b []byte, pos int) int {
	if pos > 0 && b[pos-1] == '\n' {
		pos--
		if pos > 0 && b[pos-1] == '\r' {
			pos--
		}
	}
	return pos
}

// match compares a line with the open boundaries, the innermost first. What
// follows a boundary must be blank (RFC 2046 §5.1.1), so that one boundary may
// begin with another.
func (w *walker) match(line []byte) (level int, closing bool) {
	if len(line) < 2 || line[0] != '-' || line[1] != '-' {
		return -1, false
	}
	line = bytes.TrimRight(line[2:], " \t\r")
	for i := len(w.open) - 1; i >= 0; i-- {
		rest, ok := bytes.CutPrefix(line, w.open[i])
		if ok && (len(rest) == 0 || string(rest) == "--") {
			return i, len(rest) > 0
		}
	}
	return -1, false
}

func (w *walker) multipart(n *node) delimiter {
	start := w.pos
	level := len(w.open)
	boundary := declaredBoundary(n)
	var d delimiter
	if boundary != nil {
		w.open = append(w.open, boundary)
		if d = w.skip(); d.level != level { // the preamble, or all there is
			w.pos, w.open, boundary = start, w.open[:level], nil
		}
	}
	if boundary == nil {
		if boundary = w.guessBoundary(); boundary == nil {
			w.note("a multipart without a boundary is shown as text")
			return w.demote(n, start)
		}
		w.note("the boundary is missing and was guessed")
		w.open = append(w.open, boundary)
		d = w.skip()
	}
	childKind := "text/plain"
	if n.kind == "multipart/digest" {
		childKind = "message/rfc822" // RFC 2046 §5.1.5
	}
	for d.level == level && !d.close {
		if w.parts >= maxParts {
			w.note("more than 1,000 parts; the rest is left out")
			w.pos = len(w.src)
			d = delimiter{level: -1, end: len(w.src)}
			break
		}
		var child *node
		child, d = w.entity(childKind)
		n.children = append(n.children, child)
	}
	w.open = w.open[:level]
	if d.level == level {
		d = w.skip() // the epilogue
	} else if len(n.children) > 0 && w.parts < maxParts {
		w.note("a multipart is not closed")
	}
	if len(n.children) == 0 {
		w.note("a multipart without parts is shown as text")
		n.asText()
		n.body = w.src[start:max(start, d.end)]
	}
	return d
}

func (w *walker) demote(n *node, start int) delimiter {
	n.asText()
	d := w.skip()
	n.body = w.src[start:max(start, d.end)]
	return d
}

func (n *node) asText() {
	n.kind, n.params, n.encoding = "text/plain", nil, ""
}

func declaredBoundary(n *node) []byte {
	b := strings.TrimRight(n.params["boundary"], " \t")
	if b == "" || len(b) > maxBoundary {
		return nil
	}
	return []byte(b)
}

// guessBoundary gives the first line of a body that looks like a boundary,
// where the one that was declared is lost or another.
func (w *walker) guessBoundary() []byte {
	for pos, lines := w.pos, 0; pos < len(w.src) && lines < 20; lines++ {
		line, next := cutLine(w.src, pos)
		line = bytes.TrimRight(line, " \t\r")
		if level, _ := w.match(line); level >= 0 {
			return nil
		}
		if len(line) > 4 && len(line) < maxBoundary && bytes.HasPrefix(line, []byte("--")) && !bytes.ContainsAny(line, " \t") && fieldFollows(w.src, next) {
			return bytes.Clone(line[2:])
		}
		pos = next
	}
	return nil
}

// message reads the message inside a message/rfc822 part. Its encoding must be
// none (RFC 2046 §5.2.1); where it is not, the message is decoded first and
// walked by itself.
func (w *walker) message(n *node) delimiter {
	start := w.pos
	deep := w.depth+len(w.open)+1 >= maxDepth
	if deep || n.encoding == "base64" || n.encoding == "quoted-printable" {
		d := w.skip()
		n.body = w.src[start:max(start, d.end)]
		if deep {
			w.note("parts are nested too deeply; what is deeper is one attachment")
			return d
		}
		inner := &walker{src: skipLeading(decodeTransfer(n.body, n.encoding)), depth: w.depth + len(w.open) + 1, parts: w.parts, note: w.note}
		child, _ := inner.entity("text/plain")
		w.parts = inner.parts
		n.children = []*node{child}
		return d
	}
	w.pos = w.leadingBlank(start)
	w.depth++
	child, d := w.entity("text/plain")
	w.depth--
	n.children = []*node{child}
	n.body = w.src[start:max(start, d.end)]
	return d
}

// leadingBlank passes over blank lines in front of an inner header, if a
// field comes after them.
func (w *walker) leadingBlank(start int) int {
	pos := start
	for pos < len(w.src) {
		line, next := cutLine(w.src, pos)
		if len(line) > 0 {
			break
		}
		pos = next
	}
	if fieldFollows(w.src, pos) {
		return pos
	}
	return start
}

func (n *node) readContentFields(defaultKind string, note func(string)) {
	value := first(n.fields, "Content-Type")
	if countOf(n.fields, "Content-Type") > 1 {
		note("Content-Type stands more than once; the first counts")
	}
	n.kind, n.params = parseMediaType(value)
	n.disposition, n.dispParams = parseMediaType(first(n.fields, "Content-Disposition"))
	var known bool
	n.encoding, known = cleanEncoding(first(n.fields, "Content-Transfer-Encoding"))
	if !known {
		note("the transfer encoding is not known")
	}
	switch main, sub, ok := strings.Cut(n.kind, "/"); {
	case value == "" || n.kind == "":
		n.kind = defaultKind
		if value != "" && n.name() != "" {
			n.kind = "application/octet-stream"
		}
	case !ok && n.name() == "", main == "text" && sub == "":
		note("the content type cannot be read")
		n.kind = "text/plain" // RFC 2045 §5.2
	case !ok || main == "" || sub == "":
		note("the content type cannot be read")
		n.kind = "application/octet-stream"
	}
}

// name is the file name that the sender gave, decoded and not safe.
func (n *node) name() string {
	for _, s := range []string{n.dispParams["filename"], n.params["name"], n.params["file"]} {
		if s != "" {
			return s
		}
	}
	return ""
}

func (n *node) contentID() string {
	id := strings.TrimSpace(first(n.fields, "Content-Id"))
	return strings.TrimSuffix(strings.TrimPrefix(id, "<"), ">")
}

// content gives the bytes as we decode them.
func (n *node) content() []byte {
	if n.decoded != nil {
		return n.decoded
	}
	return decodeTransfer(n.body, n.encoding)
}

func (n *node) text() string { return n.textOf(n.content()) }

// textOf gives the text that the content holds, with LF line ends.
func (n *node) textOf(content []byte) string {
	s := decodeCharset(content, n.params["charset"])
	return normalizeNewlines(s)
}

// wordsOf is textOf for reading: without the commands of formats that have no looks
// here.
func (n *node) wordsOf(content []byte) string {
	switch {
	case n.isRTF() && rtf.Is(content):
		return rtf.Text(content)
	case n.kind == "text/enriched":
		return textOfEnriched(n.textOf(content), false)
	case n.kind == "text/richtext":
		return textOfEnriched(n.textOf(content), true)
	}
	return n.textOf(content)
}

// isRTF tells of a document in Rich Text Format; text/richtext is another one by its
// registration, and taken for this by some programs.
func (n *node) isRTF() bool {
	switch n.kind {
	case "text/rtf", "application/rtf", "application/x-rtf", "text/richtext":
		return true
	}
	return false
}

// isRich tells of a text that is shown by its words alone.
func (n *node) isRich() bool { return n.isRTF() || n.kind == "text/enriched" }

func normalizeNewlines(s string) string {
	if !strings.Contains(s, "\r") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}
