package reading

import (
	"fmt"
	"slices"
	"strings"
)

// LayoutOptions says how Lines lays out a message. The zero value is fine.
type LayoutOptions struct {
	FoldQuotes bool // long quotes become one FoldMark line
	PreferHTML bool // the HTML version of a text that has a plain one too
	Graphemes  bool // the terminal measures by grapheme cluster (mode 2027), not by code point

	// Pictures says which of the pictures that Message.Pictures tells of are
	// shown, in maxCols columns at most, and how many lines they fill; ok is false
	// for one that its words stand for. Nil shows none.
	Pictures func(source string, maxCols int) (rows int, ok bool)
}

// TextLine is one line on the screen, without its line end. The bar of a quote
// is not in it: a line of depth d takes 2·d cells less than the width.
type TextLine struct {
	Spans  []Span
	Kind   LineKind
	Depth  int
	Hidden int  // of a FoldMark: how many lines it stands for
	Goes   Goes // on in the next line

	Source string // of a Picture, as LayoutOptions.Pictures knows it
	Row    int    // of a Picture: which of its lines this is
	Rows   int    // of a Picture
}

// Goes tells whether a line ends only because the screen does.
type Goes int

// What becomes of a line's end where the lines are joined again.
const (
	Ends   Goes = iota // it is the text's own
	OnWith             // nothing
	Behind             // a blank
)

// Span is a piece of a line in one style. Its text is safe for the screen.
type Span struct {
	Text string
	Kind SpanKind
	Link int // Number of the Link, 0 for none
	Tone Tone
}

const (
	maxShownBytes = 1 << 20 // of text that is laid out
	tooLong       = "The text is longer than 1 MiB; the rest is not shown."
	minFold       = 5 // quotes shorter than this are answered point by point
)

// Lines lays the message out for a terminal of that many cells; a width below
// 1 counts as 1. Very long texts are cut, which the last line says.
func (m *Message) Lines(width int, o LayoutOptions) []TextLine {
	l := layouter{width: max(width, 1), graphemes: o.Graphemes, pictures: o.Pictures}
	shown := 0
	doc := m.document(o)
	l.lines = make([]TextLine, 0, 2*len(doc.blocks))
	for i := range doc.blocks {
		b := &doc.blocks[i]
		size := b.size() + 1
		if shown += size; shown > maxShownBytes {
			l.truncated(b, maxShownBytes-(shown-size))
			break
		}
		l.block(b)
	}
	lines := trimBlank(l.lines)
	if o.FoldQuotes {
		lines = foldQuotes(lines)
	}
	return lines
}

func (m *Message) document(o LayoutOptions) *document {
	if m.auto == nil {
		return &document{}
	}
	if o.PreferHTML {
		return m.html()
	}
	return m.auto()
}

// Text gives what the reader shows as one text: LF, not wrapped, and true,
// which means not safe for a screen.
func (m *Message) Text() string {
	if d := m.document(LayoutOptions{}); d.text != nil {
		return d.text()
	}
	return ""
}

// OwnText is Text without that of attached messages and of files that are read in place.
func (m *Message) OwnText() string {
	own := *m
	own.segments = slices.DeleteFunc(slices.Clone(m.segments), func(s segment) bool { return s.enclosed })
	return own.build(false, readContents(m.root), (*grid).aligned).text()
}

// Links gives what the numbers in Lines stand for, with the same options.
func (m *Message) Links(o LayoutOptions) []Link { return m.document(o).links }

// layouter makes blocks into lines.
type layouter struct {
	width     int
	graphemes bool
	pictures  func(source string, maxCols int) (rows int, ok bool)
	lines     []TextLine
	cells     []cell // reused
}

func (l *layouter) block(b *block) {
	if l.pictures != nil {
		var behind []string
		if b, behind = l.seen(b); behind != nil {
			defer l.show(b.depth, behind)
		}
	}
	if b.only {
		return
	}
	depth := min(b.depth, 8, l.width/4)
	width := l.width - 2*depth
	kind := b.kind
	if depth > 0 && (kind == Body || kind == Signature) {
		kind = Quote
	}
	emit := func(spans []Span, goes Goes) {
		if n := len(l.lines); n > 0 && l.lines[n-1].Kind == Picture && len(spans) > 0 {
			l.lines = append(l.lines, TextLine{Depth: depth})
		}
		l.lines = append(l.lines, TextLine{Spans: spans, Kind: kind, Depth: depth, Goes: goes})
	}
	switch {
	case b.kind == Rule:
		emit(nil, Ends)
	case b.grid != nil:
		for _, spans := range l.layGrid(b.grid, width) {
			emit(spans, Ends)
		}
	default:
		lines, goes := l.paragraph(b, width)
		for i, spans := range lines {
			emit(spans, goes[i])
		}
	}
}

// truncated lays out the part of a block that still fits.
func (l *layouter) truncated(b *block, left int) {
	part := *b
	part.runs = nil
	for _, r := range b.runs {
		if left <= 0 {
			break
		}
		r.text = r.text[:min(len(r.text), left)]
		left -= len(r.text)
		part.runs = append(part.runs, r)
	}
	if len(part.runs) > 0 {
		l.block(&part)
	}
	l.block(&block{kind: Note, runs: []run{{text: tooLong, kind: Dim}}})
}

// paragraph wraps a block, and tells how its lines go on. Bullets hang in front
// of the first line.
func (l *layouter) paragraph(b *block, width int) ([][]Span, []Goes) {
	first, indent := Block(b.first).String(), b.indent
	if indent*2 > width {
		indent = 0
	}
	lead := l.measure(first)
	if lead*2 > width {
		first, lead = "", 0
	}
	l.fill(b.runs, b.keep)
	var out [][]Span
	parts, goes := wrap(l.cells, width-lead, width-indent, b.keep)
	for n, part := range parts {
		var spans []Span
		switch {
		case n == 0 && first != "":
			spans = append(spans, Span{Text: first, Kind: Bullet})
		case n > 0 && indent > 0:
			spans = append(spans, Span{Text: strings.Repeat(" ", indent)})
		}
		out = append(out, appendSpans(spans, part, b.runs))
	}
	if len(out) == 0 {
		var spans []Span
		if first != "" {
			spans = []Span{{Text: first, Kind: Bullet}}
		}
		out, goes = append(out, spans), []Goes{Ends}
	}
	return out, goes
}

// appendSpans groups cells by the run they come from.
func appendSpans(spans []Span, cells []cell, runs []run) []Span {
	for i := 0; i < len(cells); {
		from := cells[i].run
		var s strings.Builder
		for i < len(cells) && cells[i].run == from {
			s.WriteString(cells[i].text)
			i++
		}
		spans = append(spans, Span{Text: s.String(), Kind: runs[from].kind, Link: runs[from].link, Tone: runs[from].tone})
	}
	return spans
}

// String gives the line where there are no bars: a quote has its marks.
func (t TextLine) String() string {
	var b strings.Builder
	b.WriteString(strings.Repeat("> ", t.Depth))
	for _, s := range t.Spans {
		b.WriteString(s.Text)
	}
	return strings.TrimRight(b.String(), " ")
}

func (t TextLine) blank() bool {
	if t.Kind == Rule || t.Kind == Picture || t.Hidden > 0 {
		return false
	}
	for _, s := range t.Spans {
		if strings.TrimSpace(s.Text) != "" {
			return false
		}
	}
	return true
}

// trimBlank drops blank lines at both ends and leaves at most two in a row.
func trimBlank(lines []TextLine) []TextLine {
	out := lines[:0]
	blanks := 0
	for _, t := range lines {
		if !t.blank() {
			blanks = 0
		} else if blanks++; blanks > 2 || len(out) == 0 {
			continue
		}
		out = append(out, t)
	}
	for len(out) > 0 && out[len(out)-1].blank() {
		out = out[:len(out)-1]
	}
	return out
}

// foldQuotes puts a mark in the place of every long quote, unless there is
// nothing else to read.
func foldQuotes(lines []TextLine) []TextLine {
	own := false
	for _, t := range lines {
		own = own || t.Depth == 0 && t.Kind == Body && !t.blank()
	}
	if !own {
		return lines
	}
	var out []TextLine
	for i := 0; i < len(lines); {
		end := quoteEnd(lines, i)
		switch {
		case end == i:
			out = append(out, lines[i])
			i++
			continue
		case end-i < minFold:
			out = append(out, lines[i:end]...)
		default:
			out = append(out, TextLine{
				Kind: FoldMark, Depth: 1, Hidden: end - i,
				Spans: []Span{{Text: fmt.Sprintf("… %d quoted lines", end-i), Kind: Dim}},
			})
		}
		i = end
	}
	return out
}

// quoteEnd gives the line after the quote that starts at i, or i if none does.
// Blank lines inside belong to it.
func quoteEnd(lines []TextLine, i int) int {
	end := i
	for j := i; j < len(lines); j++ {
		switch {
		case lines[j].Depth > 0:
			end = j + 1
		case !lines[j].blank() || end == i:
			return end
		}
	}
	return end
}
