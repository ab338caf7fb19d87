package reader

import (
	"slices"

	"postea/internal/mail"
	"postea/internal/reading"
)

// lineKind tells what a line of the page shows.
type lineKind uint8

const (
	gapLine lineKind = iota
	subjectLine
	foldedLine
	fromLine
	toLine
	noteLine
	rowLine
	failureLine
	textLine
	filesLine
	fileLine
	rawLine
	fieldLine // of a header, in place of the conversation
	viewLine
	pictureLine
)

// line is one line of the page.
type line struct {
	kind lineKind
	item int
	n    int    // line of the text, number of the row or attachment
	text string // of a raw line
}

// arrange makes the page out of what is known of the conversation. What
// stands on the screen stays there while the texts of messages above it come.
func (m *Model) arrange() {
	if m.raw.on {
		m.arrangeRaw()
		return
	}
	fixed, y := m.fixed()
	p := append(make([]line, 0, len(m.lines)+3*(len(m.items)+1)), line{kind: gapLine}, line{kind: subjectLine}, line{kind: gapLine})
	start := 0
	for i, it := range m.items {
		if i > 0 && (it.open || m.items[i-1].open) {
			p = append(p, line{kind: gapLine, item: i})
		}
		if i == m.toItem {
			start = len(p)
		}
		if !it.open {
			p = append(p, line{kind: foldedLine, item: i})
			continue
		}
		it.rows = above(it, m.measure(), m.measureWidth())
		p = it.lines(p, i)
	}
	m.lines = append(p, line{kind: gapLine})
	if m.toItem >= 0 && m.toItem < len(m.items) {
		m.showItem(start)
	} else if i := m.lineOf(fixed); i >= 0 {
		m.top = max(i-y, 0)
	}
	at := m.standing()
	m.scrollTo(m.top)
	if m.options.Plain { // the cursor's line stays in sight
		m.at = max(at-m.top, 0)
		m.line(0)
	}
}

// fixed is the line that stays where it is on the screen, and where that is: the
// first one of the current message, or else the first that can be known again.
func (m *Model) fixed() (l line, y int) {
	shown := m.visible()
	y = slices.IndexFunc(shown, func(l line) bool { return l.item == m.current && (l.kind == fromLine || l.kind == foldedLine) })
	if y < 0 {
		y = slices.IndexFunc(shown, func(l line) bool { return l.kind != gapLine })
	}
	if y < 0 {
		return line{}, 0
	}
	return shown[y], y
}

// lineOf finds a line again, or else the first one of its message; -1 for none.
func (m *Model) lineOf(l line) int {
	if l.kind == gapLine {
		return -1
	}
	if i := slices.Index(m.lines, l); i >= 0 {
		return i
	}
	return slices.IndexFunc(m.lines, func(other line) bool {
		return other.item == l.item && (other.kind == fromLine || other.kind == foldedLine)
	})
}

// headedHeight is the height from which on the first message of a conversation
// is shown below its subject, however long it is.
const headedHeight = 12

// showItem scrolls to the message that was asked for, and stays with it until
// its text is there.
func (m *Model) showItem(start int) {
	it := m.items[m.toItem]
	m.top = 0
	headed := m.toItem == 0 && m.size.Height >= headedHeight // the subject stays in sight
	if !headed && start+min(m.itemHeight(start), m.size.Height) > m.size.Height {
		m.top = max(start-1, 0)
	}
	m.at = start - m.top
	if !it.open || it.laid.width > 0 || it.failed.String() != "" {
		m.toItem = -1
	}
}

func (m *Model) itemHeight(start int) int {
	n := 0
	for _, l := range m.lines[start:] {
		if l.item != m.lines[start].item && l.kind != gapLine {
			break
		}
		n++
	}
	return n
}

// lines adds those of an open message to a page.
func (it *item) lines(p []line, i int) []line {
	p = append(p, line{kind: fromLine, item: i}, line{kind: toLine, item: i})
	for n := range it.rows {
		p = append(p, line{kind: rowLine, item: i, n: n})
	}
	p = append(p, line{kind: gapLine, item: i})
	switch {
	case it.failed.String() != "":
		p = append(p, line{kind: failureLine, item: i}, line{kind: failureLine, item: i, n: 1})
	case it.laid.width == 0 && it.away:
		p = append(p, line{kind: noteLine, item: i})
	case it.laid.width == 0: // the store is being asked
	case len(it.text) == 0:
		p = append(p, line{kind: noteLine, item: i, n: 1})
	}
	for n := range it.text {
		p = append(p, line{kind: textLine, item: i, n: n})
	}
	if len(it.head.Attachments) > 0 {
		p = append(p, line{kind: gapLine, item: i}, line{kind: filesLine, item: i})
		for n := range it.head.Attachments {
			p = append(p, line{kind: fileLine, item: i, n: n})
			p = append(p, it.pictureLines(i, it.head.Attachments[n].Index)...)
		}
	}
	return p
}

// line goes n lines down: the cursor for a screen reader, or else the page.
func (m *Model) line(n int) {
	if !m.options.Plain {
		m.scrollTo(m.top + n)
		return
	}
	at := min(max(m.top+m.at+n, 0), max(len(m.lines)-1, 0))
	switch {
	case at < m.top:
		m.scrollTo(at)
	case at >= m.top+m.size.Height:
		m.scrollTo(at - m.size.Height + 1)
	}
	m.at = at - m.top
}

func (m *Model) scrollTo(top int) {
	was := m.top
	if m.top = min(max(top, 0), max(len(m.lines)-m.size.Height, 0)); m.top != was {
		m.at = 0
	}
}

// atEnd tells whether the last line is on the screen.
func (m *Model) atEnd() bool { return m.top+m.size.Height >= len(m.lines) }

// visible gives the lines on the screen.
func (m *Model) visible() []line {
	return m.lines[min(m.top, len(m.lines)):min(m.top+m.size.Height, len(m.lines))]
}

// Shows tells whether a message is part of the conversation.
func (m *Model) Shows(id mail.ID) bool {
	return slices.ContainsFunc(m.items, func(it *item) bool { return it.head.ID == id })
}

// visibleFold is the message whose folded quotes are on the screen, or nil.
func (m *Model) visibleFold() *item {
	for _, l := range m.visible() {
		if l.kind == textLine && m.items[l.item].text[l.n].Kind == reading.FoldMark {
			return m.items[l.item]
		}
	}
	return nil
}
