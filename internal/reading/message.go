package reading

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"postea/internal/mail"
	"postea/internal/reading/rtf"
)

// Message is a parsed message. Make one with Parse.
type Message struct {
	Header      Header
	Parts       []Part       // in order, multiparts before what they hold
	Attachments []Attachment // every part that is not the text of the message
	HTML        string       // the HTML parts as sent, "" for none
	Calendar    string       // the first text/calendar part, or else a file that is one; "" for none
	Encrypted   bool         // the content is OpenPGP or S/MIME ciphertext
	Defects     []string     // what was wrong with the message, in words

	raw      []byte // nil where parts were left at the server
	partial  bool
	root     *node
	segments []segment
	files    []*node        // by Attachment.Index-1
	paths    map[*node]int  // index into Parts
	within   map[*node]bool // stands in the part that paths tells, and is none itself
	method   string         // of Calendar
	auto     func() *document
	html     func() *document
}

// Part is an entity of the message. Path numbers it as IMAP does
// (RFC 9051 §6.4.5): "1", "2.1". Name and Type are not safe for a screen.
type Part struct {
	Path    string
	Type    string // media type in lower case
	Charset string
	Name    string
	Size    int64 // decoded, in bytes; 0 for a multipart
	Away    bool  // it was left at the server; Size is an estimate
}

// Parse reads a message. It never fails: what cannot be understood is shown
// as text, and Defects says what was wrong. raw must not be changed while the
// Message is in use.
func Parse(raw []byte) *Message { return parse(raw, nil) }

// parse reads a message, or what is here of one.
func parse(raw []byte, here *mail.Partial) *Message {
	m := &Message{raw: raw, paths: make(map[*node]int)}
	m.root = walk(skipLeading(useNewlines(raw)), 0, noter(&m.Defects))
	m.Header = newHeader(m.root.fields, nil)
	note := m.note
	for _, d := range m.Header.defects {
		note(d)
	}
	if len(m.root.fields) == 0 && len(raw) > 0 {
		note("there is no header")
	}
	m.number(m.root, "", m.root.multipart())
	if here != nil {
		m.fill(here)
	}
	c := collector{m: m}
	c.collect(m.root)
	c.useSpare()
	m.segments = c.segments
	for i := range m.segments {
		m.segments[i].forwarded = isForward(m.Header.Subject)
	}
	m.HTML = m.joinHTML()
	read := sync.OnceValue(func() contents { return readContents(m.root) })
	m.auto = sync.OnceValue(func() *document { return m.build(false, read(), (*grid).aligned) })
	m.html = sync.OnceValue(func() *document { return m.build(true, read(), (*grid).aligned) })
	return m
}

// note records a defect once.
func (m *Message) note(s string) { noter(&m.Defects)(s) }

// number gives the paths. A multipart that is a whole message has the path of
// that message, so its children count on from there.
func (m *Message) number(n *node, path string, whole bool) {
	if path == "" && !n.multipart() {
		path = "1"
	}
	if path != "" && !whole {
		m.Parts = append(m.Parts, newPart(n, path))
		m.paths[n] = len(m.Parts) - 1
	}
	for i, child := range n.children {
		switch {
		case n.multipart():
			m.number(child, joinPath(path, i+1), false)
		case child.multipart():
			m.number(child, path, true)
		default:
			m.number(child, joinPath(path, 1), false)
		}
	}
}

func joinPath(path string, n int) string {
	if path == "" {
		return strconv.Itoa(n)
	}
	return path + "." + strconv.Itoa(n)
}

func newPart(n *node, path string) Part {
	p := Part{Path: path, Type: n.kind, Charset: n.params["charset"], Name: n.name(), Away: n.away}
	if !n.multipart() {
		p.Size = n.size()
	}
	return p
}

func (n *node) size() int64 {
	if n.away {
		return DecodedSize(n.encoding, n.awaySize)
	}
	if n.encoding == "base64" {
		return base64Size(n.body)
	}
	content := n.content()
	if n.encoding == "quoted-printable" && len(content) <= maxKept {
		n.decoded = content
	}
	return int64(len(content))
}

// maxKept bounds what is kept of a part that had to be decoded for its size.
const maxKept = 1 << 20

// segment is a piece of the displayed body: one text, possibly in two
// versions, or the heading of a message inside the message.
type segment struct {
	plain, html []*node
	heading     *Header
	enclosed    bool // it stands in a file, and goes along with that
	forwarded   bool
}

// isForward knows the mark of a forwarded message in the languages that differ.
func isForward(subject string) bool {
	mark, _, ok := strings.Cut(strings.ToLower(strings.TrimSpace(subject)), ":")
	switch strings.TrimSpace(mark) {
	case "fw", "fwd", "wg", "tr", "i", "rv", "enc", "vs", "vb", "vl", "pd", "转发", "轉寄", "転送":
		return ok
	}
	return false
}

// collector sorts the leaves into text that is shown and files.
type collector struct {
	m        *Message
	segments []segment
	spare    []segment // texts of envelopes
	inReport bool
	opened   int // signed data that was looked into

	calendarFile bool // the calendar is that of a file
}

func (c *collector) collect(n *node) {
	switch {
	case n.kind == "multipart/alternative":
		c.alternative(n)
	case n.kind == "multipart/related":
		c.related(n, c.collect)
	case n.kind == "multipart/encrypted":
		c.m.Encrypted = true
		c.collectAll(n.children)
	case n.kind == "multipart/report":
		was := c.inReport
		c.inReport = true
		c.collectAll(n.children)
		c.inReport = was
	case n.multipart():
		c.collectAll(n.children)
	default:
		c.leaf(n)
	}
}

func (c *collector) collectAll(list []*node) {
	for _, n := range list {
		c.collect(n)
	}
}

func (c *collector) leaf(n *node) {
	if n.away {
		c.m.Encrypted = c.m.Encrypted || isCMS(n) && !isSignedData(n)
		c.file(n, n.disposition == "inline")
		return
	}
	if isCMS(n) {
		c.m.Encrypted = c.m.Encrypted || !isSignedData(n)
	}
	c.calendar(n)
	if c.opaque(n) || isEnvelope(n) && c.envelope(n) {
		return
	}
	if !c.shown(n) && !shownInline(n) {
		c.file(n, false)
		return
	}
	n = c.openTextFiles(n)
	if n.name() != "" {
		c.file(n, true)
	}
	seg := segment{plain: []*node{n}}
	if n.kind == "text/html" {
		seg = segment{html: []*node{n}}
	}
	seg.enclosed = n.name() != "" && c.m.root.multipart()
	c.segments = append(c.segments, seg)
}

// shown tells whether a leaf is text to be read in place: RFC 2183 §2.1 and
// §2.2, where a text that is named but not marked inline is a file.
func (c *collector) shown(n *node) bool {
	if n.disposition == "attachment" {
		return n == c.m.root && strings.HasPrefix(n.kind, "text/") && n.name() == ""
	}
	switch n.kind {
	case "text/plain", "text/html":
		return n.name() == "" || n.disposition == "inline" || n == c.m.root
	case "text/calendar", "text/rfc822-headers", "text/vcard", "text/x-vcard", "text/directory", "text/csv", "text/x-amp-html", "text/x-watch-html":
		return false
	}
	return (strings.HasPrefix(n.kind, "text/") || n.isRTF() && rtf.Is(n.content())) && n.name() == ""
}

// shownInline tells of a file that its sender wants to be read in place (RFC 2183
// §2.1), as patches on lists are.
func shownInline(n *node) bool {
	if n.disposition != "inline" || n.name() == "" {
		return false
	}
	switch n.kind {
	case "text/x-patch", "text/x-diff", "text/markdown", "text/x-log":
		return true
	}
	return false
}

func (c *collector) calendar(n *node) {
	switch {
	case n.kind == "text/calendar" && (c.m.Calendar == "" || c.calendarFile):
		c.m.Calendar, c.m.method, c.calendarFile = n.text(), n.params["method"], false
	case c.m.Calendar == "" && isCalendarFile(n):
		c.m.Calendar, c.m.method, c.calendarFile = n.text(), n.params["method"], true
	}
}

// isCalendarFile tells of a calendar by another type, as many programs attach it.
func isCalendarFile(n *node) bool {
	const most = 2 << 20
	switch n.kind {
	case "application/ics":
	case "application/octet-stream", "text/plain":
		if !strings.HasSuffix(strings.ToLower(n.name()), ".ics") {
			return false
		}
	default:
		return false
	}
	return len(n.body) <= most
}

func (c *collector) file(n *node, inline bool) {
	c.m.addAttachment(n, inline)
	if len(n.children) == 0 || c.inReport {
		return
	}
	inner := n.children[0]
	h := newHeader(inner.fields, nil)
	texts, files := len(c.segments), len(c.m.Attachments)
	c.segments = append(c.segments, segment{heading: &h})
	c.collect(inner)
	for i := range c.segments[texts:] {
		c.segments[texts+i].enclosed = true
	}
	for i := range c.m.Attachments[files:] {
		c.m.Attachments[files+i].Enclosed = true
	}
}

// alternative gathers the versions of one text (RFC 2046 §5.1.4). What is
// neither plain nor HTML is a file, so that nothing gets lost.
func (c *collector) alternative(n *node) {
	var seg segment
	for _, child := range n.children {
		c.version(child, &seg)
	}
	if len(seg.plain)+len(seg.html) > 0 {
		c.segments = append(c.segments, seg)
	}
}

func (c *collector) version(n *node, seg *segment) {
	switch {
	case n.kind == "multipart/related":
		c.related(n, func(root *node) { c.version(root, seg) })
	case n.multipart():
		for _, child := range n.children {
			c.version(child, seg)
		}
	case n.away, n.disposition == "attachment" && n.name() != "":
		c.leaf(n)
	case n.kind == "text/plain":
		c.dropRich(seg)
		seg.plain = append(seg.plain, c.openTextFiles(n))
	case n.kind == "text/html":
		c.dropRich(seg)
		seg.html = append(seg.html, n)
	case n.kind == "text/calendar":
		c.calendar(n)
		c.file(n, false)
	case n.kind == "text/x-amp-html", n.kind == "text/x-watch-html":
	case c.shown(n):
		if len(seg.plain)+len(seg.html) == 0 {
			seg.plain = append(seg.plain, n)
		} else {
			c.passedOver(n)
		}
	default:
		c.file(n, n.disposition == "inline")
	}
}

// dropRich takes away versions that only stood in for a better known one.
func (c *collector) dropRich(s *segment) {
	for _, n := range s.plain {
		if n.isRich() {
			c.passedOver(n)
		}
	}
	s.plain = slices.DeleteFunc(s.plain, (*node).isRich)
}

// passedOver keeps a version that is not shown as a file where it is no text, which
// would say the same once more.
func (c *collector) passedOver(n *node) {
	if !strings.HasPrefix(n.kind, "text/") {
		c.file(n, false)
	}
}

// related shows the root of RFC 2387 §3.1 and lists the rest as inline files.
func (c *collector) related(n *node, show func(*node)) {
	root := n.relatedRoot()
	for i, child := range n.children {
		switch {
		case i == root:
			show(child)
		case child.multipart() || child.disposition == "attachment":
			c.collect(child)
		default:
			c.calendar(child)
			c.file(child, true)
		}
	}
}

// relatedRoot gives the part that start names, else the first. A picture that stands
// there is none: some programs put what belongs to the text in front of it.
func (n *node) relatedRoot() int {
	root := 0
	if start := strings.Trim(n.params["start"], "<> "); start != "" {
		for i, child := range n.children {
			if child.contentID() == start {
				root = i
			}
		}
	}
	text := func(child *node) bool {
		return child.multipart() || (child.kind == "text/html" || child.kind == "text/plain") && child.disposition != "attachment"
	}
	if root < len(n.children) && !text(n.children[root]) {
		if i := slices.IndexFunc(n.children, text); i >= 0 {
			return i
		}
	}
	return root
}

func (m *Message) joinHTML() string {
	var parts []string
	for _, s := range m.segments {
		for _, n := range s.html {
			parts = append(parts, n.htmlOf(n.content()))
		}
	}
	return strings.Join(parts, "\n")
}

// Source gives the bytes the message was parsed from; nil where it is not Whole.
func (m *Message) Source() []byte { return m.raw }
