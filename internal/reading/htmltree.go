package reading

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// Bounds of an HTML part. The tree is built from tokens, without the repairs
// of a browser, because some of those take quadratic time.
const (
	maxHTMLBytes = 2 << 20
	maxHTMLDepth = 200
	maxElements  = 200_000
	maxStyles    = 64 << 10
	maxRepairs   = 8
)

// element is an element, or text where tag is "".
type element struct {
	tag   string
	text  string
	attrs []html.Attribute
	kids  []*element

	// Filled in by measure, bottom up.
	hasTable bool
	hasBlock bool // something that does not fit in a cell of a grid
	letters  int  // characters of text
}

func (e *element) attr(name string) string {
	for _, a := range e.attrs {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func (e *element) has(name string) bool {
	for _, a := range e.attrs {
		if a.Key == name {
			return true
		}
	}
	return false
}

func (e *element) hasClass(names ...string) bool {
	for have := range strings.FieldsSeq(e.attr("class")) {
		if slices.Contains(names, have) {
			return true
		}
	}
	return false
}

type treeBuilder struct {
	stack   []*element
	skipped map[string]int // start tags beyond maxHTMLDepth, waiting for their end
	count   int
	styles  strings.Builder
	slab    []element // allocated ahead
}

func (b *treeBuilder) element() *element {
	if len(b.slab) == 0 {
		b.slab = make([]element, 256)
	}
	e := &b.slab[0]
	b.slab = b.slab[1:]
	return e
}

// withoutData leaves out what data: URLs hold (RFC 2397) where a source is longer than
// what is read of one. Nothing here shows it, and the text behind a large picture would
// be lost.
func withoutData(src string) string {
	const mark, large = ";base64,", 1 << 10
	if len(src) <= maxHTMLBytes {
		return src
	}
	var out strings.Builder
	for out.Len() <= maxHTMLBytes {
		before, after, found := strings.Cut(src, mark)
		out.WriteString(before)
		if !found {
			break
		}
		out.WriteString(mark)
		n := 0
		for n < len(after) && (isBase64(after[n]) || strings.IndexByte("=%\r\n", after[n]) >= 0) {
			n++
		}
		if n < large {
			n = 0
		}
		src = after[n:]
	}
	return out.String()
}

// buildTree reads HTML and returns its tree and its style sheets. whole is false where
// the source is longer than what is read of one.
func buildTree(src string) (root *element, styles string, whole bool) {
	src = withoutData(src)
	if whole = len(src) <= maxHTMLBytes; !whole {
		src = src[:maxHTMLBytes]
	}
	b := treeBuilder{stack: []*element{{tag: "body"}}, skipped: make(map[string]int)}
	for tries := 0; src != "" && tries < maxRepairs; tries++ {
		src = b.read(src)
	}
	root = b.stack[0]
	root.measure()
	return root, b.styles.String(), whole
}

// read reads up to the end, or up to a tag that has none because a quote in it
// is not closed. What follows such a tag is returned; browsers lose it.
func (b *treeBuilder) read(src string) (rest string) {
	z := html.NewTokenizer(strings.NewReader(src))
	raw := ""        // inside an element whose text is not shown
	foreign := false // a style sheet for paper, or for small screens
	at := 0
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			_, rest, _ = strings.Cut(src[min(at, len(src)):], ">")
			return rest
		}
		at += len(z.Raw())
		switch kind {
		case html.TextToken:
			if !foreign {
				b.addText(string(z.Text()), raw)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if kind == html.SelfClosingTagToken {
				// In XHTML <title/> ends there, and what browsers make of it is the
				// title of all that follows.
				z.NextIsNotRawText()
			}
			if isRaw(t.Data) {
				if kind == html.StartTagToken {
					raw = t.Data
					foreign = raw == "style" && !forScreens(t)
				}
				continue
			}
			b.start(t)
		case html.EndTagToken:
			name, _ := z.TagName()
			if raw != "" && string(name) == raw {
				raw, foreign = "", false
				continue
			}
			b.end(string(name))
		}
	}
}

// forScreens tells whether the media attribute of a style sheet lets it count here.
func forScreens(style html.Token) bool {
	e := element{attrs: style.Attr}
	for medium := range strings.SplitSeq(strings.ToLower(e.attr("media")), ",") {
		switch strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(medium), "only ")) {
		case "", "all", "screen":
			return true
		}
	}
	return false
}

// isRaw tells of elements whose content the tokenizer gives as one text.
func isRaw(tag string) bool {
	switch tag {
	case "script", "style", "title", "iframe", "noembed", "noframes":
		return true
	}
	return false
}

func isVoid(tag string) bool {
	switch tag {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr":
		return true
	}
	return false
}

func (b *treeBuilder) top() *element { return b.stack[len(b.stack)-1] }

func (b *treeBuilder) addText(s, raw string) {
	switch {
	case raw == "style" && b.styles.Len() < maxStyles:
		b.styles.WriteString(s)
	case raw != "" || s == "":
	default:
		top := b.top()
		e := b.element()
		e.text = s
		top.kids = append(top.kids, e)
	}
}

func (b *treeBuilder) start(t html.Token) {
	b.imply(t.Data)
	if b.count++; b.count > maxElements {
		return
	}
	e := b.element()
	e.tag, e.attrs = t.Data, t.Attr[:min(len(t.Attr), 50)]
	if isVoid(t.Data) {
		top := b.top()
		top.kids = append(top.kids, e)
		return
	}
	if len(b.stack) >= maxHTMLDepth {
		b.skipped[t.Data]++
		return
	}
	top := b.top()
	top.kids = append(top.kids, e)
	b.stack = append(b.stack, e)
}

// imply closes the elements whose end tag may be left out.
func (b *treeBuilder) imply(tag string) {
	switch tag {
	case "li":
		b.closeUpTo([]string{"li"}, "ul", "ol", "table", "td", "th")
	case "dt", "dd":
		b.closeUpTo([]string{"dt", "dd"}, "dl", "table", "td", "th")
	case "td", "th":
		b.closeUpTo([]string{"td", "th"}, "tr", "table")
	case "tr":
		b.closeUpTo([]string{"tr"}, "table")
	case "tbody", "thead", "tfoot":
		b.closeUpTo([]string{"tbody", "thead", "tfoot"}, "table")
	case "option":
		b.closeUpTo([]string{"option"}, "select", "table")
	}
	if isBlockTag(tag) && b.top().tag == "p" {
		b.stack = b.stack[:len(b.stack)-1]
	}
}

// closeUpTo closes the innermost of tags, if it is open within the nearest fence.
func (b *treeBuilder) closeUpTo(tags []string, fences ...string) {
	for i := len(b.stack) - 1; i > 0; i-- {
		tag := b.stack[i].tag
		if slices.Contains(tags, tag) {
			b.stack = b.stack[:i]
			return
		}
		if slices.Contains(fences, tag) {
			return
		}
	}
}

func (b *treeBuilder) end(tag string) {
	if b.skipped[tag] > 0 {
		b.skipped[tag]--
		return
	}
	if tag == "br" { // browsers take </br> for <br>
		b.top().kids = append(b.top().kids, &element{tag: "br"})
		return
	}
	for i := len(b.stack) - 1; i > 0; i-- {
		open := b.stack[i].tag
		if open == tag {
			b.stack = b.stack[:i]
			return
		}
		if (open == "td" || open == "th" || open == "table") && !isTableTag(tag) {
			return
		}
		if open == "table" && tag != "table" {
			return
		}
	}
}

func isTableTag(tag string) bool {
	switch tag {
	case "table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption":
		return true
	}
	return false
}

func isBlockTag(tag string) bool {
	switch tag {
	case "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre", "hr",
		"section", "article", "header", "footer", "main", "nav", "aside", "address", "center", "form", "fieldset", "figure", "figcaption", "details", "summary":
		return true
	}
	return false
}

// measure fills in what the choice between grid and layout table needs. The
// depth of the recursion is that of the tree, maxHTMLDepth.
func (e *element) measure() {
	e.letters = utf8.RuneCountInString(strings.TrimSpace(e.text))
	for _, k := range e.kids {
		k.measure()
		e.letters += k.letters
		e.hasTable = e.hasTable || k.hasTable || k.tag == "table"
		e.hasBlock = e.hasBlock || k.hasBlock
	}
	switch e.tag {
	case "ul", "ol", "dl", "blockquote", "pre", "hr", "h1", "h2", "h3":
		e.hasBlock = true
	}
}
