package reading

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// htmlOf gives the source of an HTML part out of its content. Where the part
// has no charset, that of a meta element counts.
func (n *node) htmlOf(content []byte) string {
	label := n.params["charset"]
	if label == "" {
		label = metaCharset(content)
	}
	s := decodeCharset(content, label)
	return normalizeNewlines(s)
}

func metaCharset(b []byte) string {
	head := strings.ToLower(string(b[:min(len(b), 2048)]))
	_, rest, ok := strings.Cut(head, "charset=")
	if !ok {
		return ""
	}
	rest = strings.TrimLeft(rest, `"' `)
	if end := strings.IndexAny(rest, `"' />;`); end >= 0 {
		return rest[:end]
	}
	return ""
}

// scope is what an element inherits from those around it.
type scope struct {
	kind     LineKind
	span     SpanKind
	depth    int // of quotes
	level    int // of a heading
	indent   int // of lists
	link     int
	pre      bool
	lines    bool // line ends count, blanks do not
	zeroFont bool
	faded    bool // in the colour of what is behind
	veiled   bool // not visible, but there
	tone     Tone
	script   string // "sup" or "sub" around digits
	struck   bool
}

// htmlRenderer walks the tree and makes blocks.
type htmlRenderer struct {
	links     *linker
	sheet     sheet
	forwarded bool
	looks     map[string]look // by style attribute
	blocks    []block

	runs     []run  // of the block that is being filled
	at       scope  // of its first run
	bullet   string // waits for the first text of a list item
	gap      bool   // a blank line is due before the next block
	space    bool   // a blank is due before the next text
	lists    int
	wordless []string // pictures that wait for the next block
	older    []int    // blocks where a message begins that this one answers
}

// renderHTML makes HTML readable: hidden text is left out, layout tables
// become reading order, links get numbers and a list at the foot. The time is
// linear in the size of the source.
//
// forwarded tells that what stands below the head of another message is the
// message itself, and no quote.
func renderHTML(src string, links *linker, forwarded bool) []block {
	before := len(links.list)
	tree, styles, whole := buildTree(src)
	r := htmlRenderer{links: links, sheet: readSheet(styles), forwarded: forwarded}
	r.children(tree, scope{})
	r.flush()
	if len(r.wordless) > 0 {
		r.blocks = append(r.blocks, block{only: true, pictures: r.wordless})
	}
	r.quoteOlder()
	if !whole {
		r.blocks = append(r.blocks, block{kind: Note, runs: []run{{text: tooLong, kind: Dim}}})
	}
	if foot := footer(links.list[before:]); foot != nil {
		r.blocks = append(r.blocks, foot...)
	}
	return r.blocks
}

func (r *htmlRenderer) children(e *element, s scope) {
	for _, k := range e.kids {
		if k.tag == "" {
			r.text(k.text, s)
			continue
		}
		r.element(k, s)
	}
}

func (r *htmlRenderer) element(e *element, s scope) {
	l := r.lookOf(e)
	if l.hidden {
		return
	}
	s.inherit(l)
	switch e.tag {
	case "head", "body", "html":
		r.children(e, s)
	case "br":
		r.lineBreak(s)
	case "hr":
		r.block(true, func() {
			r.blankLine(s.depth)
			r.blocks = append(r.blocks, block{kind: Rule, depth: s.depth})
		})
	case "img":
		r.image(e, s)
	case "a":
		r.anchor(e, s)
	case "area":
		r.area(e, s)
	case "table":
		r.table(e, s)
	case "ul", "ol", "menu", "dir":
		r.list(e, s)
	case "select", "svg", "audio", "video", "canvas", "datalist", "template", "object", "applet":
	case "q":
		r.enclosed(e, s, "“", "”")
	case "s", "strike", "del":
		r.struck(e, s)
	case "input":
		r.input(e, s)
	case "sup", "sub":
		if digits, ok := e.numeral(); ok && digits > 0 {
			s.script = e.tag
		}
		r.styled(e, s, l)
	default:
		r.styled(e, s, l)
	}
}

func (r *htmlRenderer) enclosed(e *element, s scope, before, after string) {
	if e.letters == 0 {
		return
	}
	r.text(before, s)
	r.space = false
	r.children(e, s)
	r.space = false
	r.text(after, s)
}

// inside writes what stands in an element that looks so.
func (r *htmlRenderer) inside(e *element, s scope, l look) {
	if l.struck && e.oneText() {
		r.struck(e, s)
		return
	}
	r.children(e, s)
}

// struck marks what is struck: a price that is no longer asked must not read as one.
func (r *htmlRenderer) struck(e *element, s scope) {
	if s.struck {
		r.children(e, s)
		return
	}
	s.struck = true
	r.enclosed(e, s, "~", "~")
}

// oneText tells of an element in which no line ends.
func (e *element) oneText() bool {
	for _, k := range e.kids {
		switch {
		case k.tag == "":
		case k.tag == "br", isBlockTag(k.tag), isTableTag(k.tag), k.tag == "li", !k.oneText():
			return false
		}
	}
	return true
}

// input shows whether a task is done; nothing else of a form works here.
func (r *htmlRenderer) input(e *element, s scope) {
	if !strings.EqualFold(e.attr("type"), "checkbox") {
		return
	}
	box := "[ ]"
	if e.has("checked") {
		box = "[x]"
	}
	r.text(box, s)
	r.space = true
}

// unseen tells of text that nobody sees, unless an element in it says otherwise.
func (s scope) unseen() bool { return s.zeroFont || s.faded || s.veiled }

func (s *scope) inherit(l look) {
	if l.font != 0 {
		s.zeroFont = l.font < 0
	}
	if l.faded || l.coloured || l.backed {
		s.faded = l.faded
	}
	if l.veiled || l.unveiled {
		s.veiled = l.veiled
	}
	if l.bold && s.span == Plain {
		s.span = Strong
	}
	if l.italic && s.span == Plain {
		s.span = Emph
	}
	s.pre = s.pre || l.pre
	s.lines = s.lines || l.lines
	if l.coloured {
		s.tone = l.tone
	}
}

// styled handles the elements that only change how their content looks or
// where its lines break.
func (r *htmlRenderer) styled(e *element, s scope, l look) {
	switch e.tag {
	case "b", "strong", "th", "dt":
		s.span = max(s.span, Strong)
	case "i", "em", "cite", "var", "dfn":
		if s.span == Plain {
			s.span = Emph
		}
	case "code", "tt", "kbd", "samp":
		s.span = CodeSpan
	}
	if e.hasClass("gmail_signature", "moz-signature") || e.attr("id") == "Signature" {
		s.kind = Signature
	}
	if s.depth == 0 && r.beginsOlder(e) {
		r.flush()
		r.older = append(r.older, len(r.blocks))
	}
	inside := func() { r.inside(e, s, l) }
	switch e.tag {
	case "h1", "h2", "h3", "h4", "h5", "h6":
		s.kind, s.level = Heading, int(e.tag[1]-'0')
		r.block(true, inside)
	case "blockquote":
		s.kind, s.depth, s.indent = Quote, min(s.depth+1, maxQuoteDepth), 0
		r.block(true, inside)
	case "pre", "xmp", "listing", "plaintext":
		s.pre = true
		if s.depth == 0 {
			s.kind = Code
		}
		r.block(true, inside)
	case "p":
		r.block(!l.noMargin, inside)
	case "dd":
		s.indent += 4
		r.block(false, inside)
	case "figure", "fieldset", "dl", "form":
		r.block(true, inside)
	case "dt", "td", "th", "tr", "caption", "legend", "li", "option", "textarea", "tbody", "thead", "tfoot":
		r.block(false, inside)
	default:
		if isBlockTag(e.tag) && !l.inline || l.blockish {
			r.block(false, inside)
			return
		}
		inside()
	}
}

// block puts what f writes on lines of its own, with a blank line around if
// spaced says so.
func (r *htmlRenderer) block(spaced bool, f func()) {
	r.flush()
	r.gap = r.gap || spaced && r.bullet == "" // text goes beside its bullet
	f()
	r.flush()
	r.gap = r.gap || spaced
}

func (r *htmlRenderer) text(text string, s scope) {
	if s.unseen() {
		return
	}
	if s.script != "" {
		text = scripts(s.script).Replace(text)
	}
	if s.pre {
		r.preformatted(text, s)
		return
	}
	if s.lines {
		r.separateLines(text, s)
		return
	}
	if words, ok := plainWords(text); ok {
		r.words(words, text, s)
		return
	}
	var out strings.Builder
	for _, c := range text {
		switch c {
		case ' ', '\t', '\n', '\r', '\f':
			r.space = true
		case '\u00ad', '\u034f', '\u200b', '\ufeff', '\u2060':
		default:
			switch {
			case r.space && out.Len() > 0:
				out.WriteByte(' ')
			case r.space && len(r.runs) > 0:
				r.blank(s)
			}
			r.space = false
			if c == '\u00a0' {
				c = ' '
			}
			out.WriteRune(c)
		}
	}
	r.write(out.String(), s)
}

// plainWords gives a text without the blanks around it, if it is ASCII with
// single blanks between the words, as most are.
func plainWords(text string) (words string, ok bool) {
	words = strings.Trim(text, " \t\n\r\f")
	for i := range len(words) {
		if c := words[i]; c >= 0x7f || c < ' ' || c == ' ' && words[i+1] == ' ' {
			return "", false
		}
	}
	return words, true
}

// words writes what plainWords found in a text.
func (r *htmlRenderer) words(words, text string, s scope) {
	if words == "" {
		r.space = r.space || text != ""
		return
	}
	if (r.space || text[0] != words[0]) && len(r.runs) > 0 {
		r.blank(s)
	}
	r.write(words, s)
	r.space = text[len(text)-1] != words[len(words)-1]
}

// blank writes the blank between two runs, unmarked where they differ.
func (r *htmlRenderer) blank(s scope) {
	if last := r.runs[len(r.runs)-1]; last.kind != s.span || last.link != s.link || last.tone != s.shownTone() {
		s.span, s.link, s.tone = Plain, 0, NoTone
	}
	r.write(" ", s)
}

func (r *htmlRenderer) preformatted(text string, s scope) {
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			r.lineBreak(s)
		}
		r.write(line, s)
	}
}

// separateLines writes the lines of a text; what is blank between two blocks has none.
func (r *htmlRenderer) separateLines(text string, s scope) {
	s.lines = false
	if len(r.runs) == 0 && strings.TrimSpace(text) == "" {
		return
	}
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			r.lineBreak(s)
		}
		r.text(line, s)
	}
}

func (r *htmlRenderer) write(text string, s scope) {
	if text == "" {
		return
	}
	if len(r.runs) == 0 {
		r.at = s
	} else if s.link > 0 && r.behindMark(text) {
		r.runs = append(r.runs, run{text: " "})
	}
	if n := len(r.runs); n > 0 && r.runs[n-1].kind == s.span && r.runs[n-1].link == s.link && r.runs[n-1].tone == s.shownTone() && r.runs[n-1].picture == "" && len(r.runs[n-1].text) < 1024 {
		r.runs[n-1].text += text
		return
	}
	r.runs = append(r.runs, run{text: text, kind: s.span, link: s.link, tone: s.shownTone()})
}

// behindMark tells of a word that touches the number of a link. Where it is one itself,
// two pictures that lead somewhere stand side by side.
func (r *htmlRenderer) behindMark(text string) bool {
	last := &r.runs[len(r.runs)-1]
	if last.kind != Dim || last.link == 0 || !strings.HasSuffix(last.text, "]") {
		return false
	}
	first, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLetter(first) || unicode.IsDigit(first)
}

// shownTone leaves links and headings in their own colours.
func (s scope) shownTone() Tone {
	if s.link > 0 || s.level > 0 || s.kind == Heading {
		return NoTone
	}
	return s.tone
}

// lineBreak ends the line, also an empty one.
func (r *htmlRenderer) lineBreak(s scope) {
	if len(r.runs) > 0 {
		r.flush()
		return
	}
	r.space = false
	if n := len(r.blocks); n > 0 && !(n > 1 && r.blocks[n-1].blank() && r.blocks[n-2].blank()) {
		r.blocks = append(r.blocks, block{kind: s.kind, depth: s.depth, keep: s.pre})
	}
}

// flush ends the block that is being filled.
func (r *htmlRenderer) flush() {
	r.space = false
	if len(r.runs) == 0 {
		return
	}
	b := block{kind: r.at.kind, depth: r.at.depth, keep: r.at.pre, runs: r.runs}
	r.runs = nil
	blank := b.blank()
	if r.gap || blank {
		r.blankLine(b.depth)
	}
	if blank && !b.keep {
		return
	}
	b.pictures, r.wordless = r.wordless, nil
	b.indent = r.at.indent
	b.first = strings.Repeat(" ", b.indent)
	if r.bullet != "" {
		b.first = strings.Repeat(" ", max(0, b.indent-len([]rune(r.bullet)))) + r.bullet
		r.bullet = ""
	}
	r.blocks = append(r.blocks, b)
	r.gap = false
}

func (r *htmlRenderer) blankLine(depth int) {
	n := len(r.blocks)
	if n == 0 || r.blocks[n-1].blank() {
		return
	}
	r.blocks = append(r.blocks, block{depth: min(depth, r.blocks[n-1].depth)})
}

// numeral tells whether there is nothing but a number in an element, and how many
// digits it has. 10⁶ must not read as 106.
func (e *element) numeral() (digits int, ok bool) {
	for _, c := range e.text {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case !strings.ContainsRune("+-\u2212() \n", c):
			return 0, false
		}
	}
	for _, k := range e.kids {
		n, ok := k.numeral()
		if !ok {
			return 0, false
		}
		digits += n
	}
	return digits, true
}

func scripts(tag string) *strings.Replacer {
	to := []rune("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾")
	if tag == "sub" {
		to = []rune("₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")
	}
	var pairs []string
	for i, c := range []rune("0123456789+-\u2212()") {
		pairs = append(pairs, string(c), string(to[i]))
	}
	return strings.NewReplacer(pairs...)
}

// image shows the alternative text, and keeps the source for those who want to
// see pictures. Pictures of one pixel are there to count readers.
func (r *htmlRenderer) image(e *element, s scope) {
	if isDot(e.attr("width")) || isDot(e.attr("height")) {
		r.links.counter(e.attr("src"))
		return
	}
	if s.veiled {
		return
	}
	source := pictureSource(e.attr("src"))
	alt := strings.Join(strings.Fields(e.attr("alt")), " ")
	if alt == "" {
		if source != "" && len(r.wordless) < maxPictures {
			r.wordless = append(r.wordless, source)
		}
		return
	}
	if s.link == 0 {
		s.span, alt = Dim, "["+alt+"]"
	}
	s.zeroFont, s.faded = false, false // which is about text; cells of pictures alone have no size of type
	before := len(r.runs)
	r.text(alt, s)
	if source == "" || s.unseen() || s.pre || len(r.runs) == 0 {
		return
	}
	if len(r.runs) <= before { // it went on in the run of the words before
		last := &r.runs[before-1]
		if !strings.HasSuffix(last.text, alt) {
			return
		}
		last.text = strings.TrimSuffix(last.text, alt)
		r.runs = append(r.runs, run{text: alt, kind: s.span, link: s.link})
	}
	r.runs[len(r.runs)-1].picture = source
}

func isDot(v string) bool {
	v = strings.TrimSuffix(strings.TrimSpace(v), "px")
	return v == "0" || v == "1"
}
