package reading

import (
	"strings"
	"sync"

	"postea/internal/mail"
)

// LineKind tells what a laid out line is.
type LineKind int

// The kinds of lines.
const (
	Body LineKind = iota
	Quote
	Signature
	Heading  // of HTML, and the header fields of a message inside the message
	Rule     // a horizontal line; the spans are empty
	Code     // preformatted text and tables
	FoldMark // stands for Hidden quoted lines
	LinkList // the URLs at the foot of HTML
	Note     // said by us, not by the message
	Picture  // a row of a picture; the spans are empty
)

// SpanKind tells how a piece of a line is marked.
type SpanKind int

// The kinds of spans.
const (
	Plain SpanKind = iota
	Strong
	Emph
	CodeSpan
	LinkSpan
	Bullet
	Dim
)

// document is the body of a message without a width: what Text joins and
// Lines lays out. Its text is still the sender's.
type document struct {
	blocks []block
	links  []Link
	text   func() string // nil for none

	counters []string // hosts of pictures that count readers
}

// block is a paragraph, or one line of preformatted text.
type block struct {
	kind   LineKind
	depth  int    // of quoting
	first  string // before the first line: a bullet, a number
	indent int    // cells before the others
	keep   bool   // leading and repeated blanks count
	runs   []run
	grid   *grid // a table; runs is empty

	pictures []string // sources of those that stand before it and have no words
	only     bool     // there is nothing but pictures
}

type run struct {
	text    string
	kind    SpanKind
	link    int
	tone    Tone
	picture string // source of the picture that the text stands for
}

func (b *block) blank() bool {
	if b.grid != nil || b.kind == Rule {
		return false
	}
	for _, r := range b.runs {
		if strings.TrimSpace(r.text) != "" {
			return false
		}
	}
	return strings.TrimSpace(b.first) == ""
}

func (b *block) size() int {
	n := 0
	for _, r := range b.runs {
		n += len(r.text)
	}
	return n
}

func (b *block) text() string {
	if len(b.runs) == 1 {
		return b.runs[0].text
	}
	var s strings.Builder
	for _, r := range b.runs {
		s.WriteString(r.text)
	}
	return s.String()
}

// build makes the document from the contents of the texts. preferHTML takes
// the HTML version of a text that has both; table gives the text of a table.
func (m *Message) build(preferHTML bool, c contents, table func(*grid) string) *document {
	d := &document{}
	var links linker
	var texts []func() string
	shown := 0
	for _, seg := range m.segments {
		if seg.heading != nil {
			blocks := headingBlocks(seg.heading)
			d.append(blocks, true)
			texts = append(texts, func() string { return blockText(blocks, table) })
			continue
		}
		if shown > maxShownBytes { // Lines ends before it: blocks of it would only cost memory
			texts = append(texts, func() string {
				var unused linker
				_, text := seg.render(&unused, preferHTML, c, table)
				return text()
			})
			continue
		}
		blocks, text := seg.render(&links, preferHTML, c, table)
		d.append(blocks, len(d.blocks) > 0)
		texts = append(texts, text)
		for i := range blocks {
			shown += blocks[i].size() + 1
		}
	}
	if m.Encrypted && d.blank() {
		d.append([]block{{kind: Note, runs: []run{{text: "This message is encrypted.", kind: Dim}}}}, false)
	}
	d.links, d.counters = links.list, links.counters
	d.text = sync.OnceValue(func() string { return joinTexts(texts) })
	return d
}

// Versions tells whether any text of the message is there both as plain text
// and as HTML.
func (m *Message) Versions() bool {
	for _, s := range m.segments {
		if len(s.plain) > 0 && len(s.html) > 0 {
			return true
		}
	}
	return false
}

func joinTexts(list []func() string) string {
	var texts []string
	for _, text := range list {
		if s := text(); len(texts) > 0 || strings.TrimSpace(s) != "" {
			texts = append(texts, s)
		}
	}
	for i := range texts {
		if i < len(texts)-1 {
			texts[i] = strings.TrimRight(texts[i], "\n") + "\n"
		}
	}
	return strings.Join(texts, "\n")
}

func (d *document) blank() bool {
	for i := range d.blocks {
		if !d.blocks[i].blank() {
			return false
		}
	}
	return true
}

// append takes the blocks.
func (d *document) append(blocks []block, gap bool) {
	if len(d.blocks) == 0 {
		d.blocks = blocks
		return
	}
	if gap && len(blocks) > 0 {
		d.blocks = append(d.blocks, block{})
	}
	d.blocks = append(d.blocks, blocks...)
}

// render chooses between the versions of a text.
func (s *segment) render(links *linker, preferHTML bool, c contents, table func(*grid) string) ([]block, func() string) {
	if len(s.html) == 0 || len(s.plain) > 0 && !preferHTML {
		plain := make([]string, len(s.plain))
		for i, n := range s.plain {
			plain[i] = n.wordsOf(c.of(n))
		}
		if len(s.html) == 0 || !s.isPoor(plain, c) {
			return s.renderPlain(plain, links, table)
		}
	}
	var blocks []block
	for _, n := range s.html {
		blocks = append(blocks, renderHTML(n.htmlOf(c.of(n)), links, s.forwarded)...)
	}
	return blocks, func() string { return blockText(blocks, table) }
}

// renderPlain shows the texts of the plain version.
func (s *segment) renderPlain(plain []string, links *linker, table func(*grid) string) ([]block, func() string) {
	var blocks []block
	var texts []string
	for i, n := range s.plain {
		text := plain[i]
		flowed := strings.EqualFold(n.params["format"], "flowed") // what makes such text makes no HTML by mistake
		if !flowed && looksLikeHTML(text) {
			b := renderHTML(text, links, s.forwarded)
			blocks, texts = append(blocks, b...), append(texts, blockText(b, table))
			continue
		}
		head, rest := cutShown(text)
		lines := plainLines(head, flowed, strings.EqualFold(n.params["delsp"], "yes"))
		blocks = append(blocks, plainBlocks(lines, links)...)
		if strings.TrimSpace(rest) != "" {
			blocks = append(blocks, block{kind: Note, runs: []run{{text: tooLong, kind: Dim}}})
		}
		if flowed {
			text = joinPlain(lines) + rest
		}
		texts = append(texts, text)
	}
	return blocks, func() string { return strings.Join(texts, "\n") }
}

// cutShown parts a text that is longer than what is laid out of one at the end of a
// line: a line of nothing costs a hundred times its size as a block.
func cutShown(text string) (head, rest string) {
	if len(text) <= maxShownBytes {
		return text, ""
	}
	if i := strings.IndexByte(text[maxShownBytes:], '\n'); i >= 0 {
		at := maxShownBytes + i + 1
		return text[:at], text[at:]
	}
	return text, ""
}

// looksLikeHTML tells of HTML that was sent as plain text.
func looksLikeHTML(s string) bool {
	head := strings.ToLower(strings.TrimSpace(s[:min(len(s), 200)]))
	return strings.HasPrefix(head, "<!doctype html") || strings.HasPrefix(head, "<html")
}

// isPoor tells that the texts of the plain version only stand in for the HTML one.
func (s *segment) isPoor(texts []string, c contents) bool {
	const enough = 60 // words
	plain := 0
	says := false
	for _, text := range texts {
		if s.isSource(text, c) {
			return true
		}
		for range strings.FieldsSeq(text) {
			if plain++; plain > enough {
				return false
			}
		}
		lower := strings.ToLower(text[:min(len(text), 2000)])
		says = says || strings.Contains(lower, "html")
	}
	if plain > 4 && !says {
		return false
	}
	html := 0
	for _, n := range s.html {
		var unused linker
		html += len(strings.Fields(blockText(renderHTML(n.htmlOf(c.of(n)), &unused, true), (*grid).inRows)))
	}
	if plain == 0 {
		return html > 0
	}
	return html > 5*plain || says && html > plain
}

// isSource tells of a plain version that is the source of the HTML one, as programs
// write it that give both the same.
func (s *segment) isSource(text string, c contents) bool {
	const enough, most = 400, 64 << 10
	head := strings.Join(strings.Fields(text[:min(len(text), enough)]), " ")
	if !strings.Contains(head, "</") && !strings.Contains(strings.ToLower(head), "<br") {
		return false
	}
	for _, n := range s.html {
		source := n.htmlOf(c.of(n))
		if strings.Contains(strings.Join(strings.Fields(source[:min(len(source), most)]), " "), head) {
			return true
		}
	}
	return false
}

// headingBlocks shows the fields that a forwarded message is known by.
func headingBlocks(h *Header) []block {
	var blocks []block
	add := func(name, value string) {
		if value = strings.TrimSpace(value); value == "" {
			return
		}
		blocks = append(blocks, block{kind: Heading, indent: 2, runs: []run{{text: name + ": ", kind: Dim}, {text: value}}})
	}
	add("From", mail.FormatAddresses(h.From))
	if !h.Date.IsZero() {
		add("Date", h.Date.Format("Mon, 2 Jan 2006 15:04 -0700"))
	}
	add("To", mail.FormatAddresses(h.To))
	add("Cc", mail.FormatAddresses(h.Cc))
	add("Subject", h.Subject)
	if blocks != nil {
		blocks = append([]block{{kind: Rule}}, append(blocks, block{})...)
	}
	return blocks
}

// blockText is the text of blocks, one line each, quotes marked with ">"; table gives
// that of a table.
func blockText(blocks []block, table func(*grid) string) string {
	var out strings.Builder
	for i := range blocks {
		b := &blocks[i]
		prefix := ""
		if b.depth > 0 {
			prefix = strings.Repeat(">", b.depth) + " "
		}
		text := b.first + b.text()
		switch {
		case b.grid != nil:
			text = table(b.grid)
		case b.kind == Rule:
			text = strings.Repeat("-", 20)
		case b.kind == LinkList:
			text = strings.Replace(text, "\u00a0", " ", 1)
		}
		for line := range strings.SplitSeq(text, "\n") {
			out.WriteString(strings.TrimRight(prefix+line, " "))
			out.WriteByte('\n')
		}
	}
	return strings.Trim(out.String(), "\n") + "\n"
}
