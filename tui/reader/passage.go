package reader

import (
	"strings"

	"postea/internal/app"
	"postea/internal/reading"
	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
)

// passage is a piece of the text of one message that is being selected. Its lines
// are those that the text is laid out in.
type passage struct {
	on     bool
	item   int
	cursor widget.Editor // goes over the lines; nothing is written
	anchor widget.Pos
	begun  bool // what lies between anchor and cursor is selected
	lines  bool // and whole lines
}

// lineWords is what can be selected of a line: nothing where it stands for something
// else than the message's own words.
func lineWords(t reading.TextLine) string {
	switch t.Kind {
	case reading.Rule, reading.FoldMark, reading.LinkList, reading.Note, reading.Picture:
		return ""
	}
	if len(t.Spans) == 1 {
		return t.Spans[0].Text
	}
	var b strings.Builder
	for _, s := range t.Spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Selecting tells whether a piece of the text is being selected.
func (m *Model) Selecting() bool { return m.passage.on }

// EndSelection gives the selection up; it tells whether there was one.
func (m *Model) EndSelection() bool {
	was := m.passage.on
	m.passage = passage{}
	return was
}

// selectText puts the cursor into the text that is seen, to select from there on.
func (m *Model) selectText() nav.Cmd {
	for _, l := range m.visible() {
		if l.kind == textLine && strings.TrimSpace(lineWords(m.items[l.item].text[l.n])) != "" {
			m.enterPassage(l.item, widget.Pos{Line: l.n})
			return nil
		}
	}
	return nav.Say(nav.Toast{Text: reading.Line("No text is on the screen that could be selected"), Error: true})
}

func (m *Model) enterPassage(i int, at widget.Pos) {
	text := m.items[i].text
	lines := make([]string, len(text))
	for n, t := range text {
		lines[n] = lineWords(t)
	}
	m.passage = passage{on: true, item: i}
	c := &m.passage.cursor
	c.Style = "vi"
	c.Set(strings.Join(lines, "\n"))
	c.Resize(m.measure(), 1<<20, 1)
	c.Escape()
	c.Put(at)
	m.current, m.toItem = i, -1
}

// inPassage carries out an action while a piece of the text is selected.
func (m *Model) inPassage(a keys.Action, count int) nav.Cmd {
	p := &m.passage
	if how := keys.Answering(a); how != "" {
		text := m.passageText(true)
		m.EndSelection()
		return m.answer(app.Answering(how), text)
	}
	switch a {
	case keys.BeginSelection, keys.SelectLines:
		whole := a == keys.SelectLines
		if p.begun && p.lines == whole {
			p.begun = false
			return nil
		}
		if !p.begun {
			p.anchor = p.cursor.At()
		}
		p.begun, p.lines = true, whole
	case keys.Copy:
		text := m.passageText(false)
		m.EndSelection()
		return m.copied(copyMsg{"what was selected, " + app.Counted(strings.Count(text, "\n")+1, "line"), text})
	default:
		m.moveInPassage(a, max(count, 1))
	}
	return nil
}

func (m *Model) moveInPassage(a keys.Action, n int) {
	h := m.size.Height
	key := map[keys.Action]string{
		keys.Down: "j", keys.Up: "k", keys.Left: "h", keys.Right: "l", keys.NextWord: "w", keys.PrevWord: "b", keys.WordEnd: "e", keys.LineStart: "0", keys.LineEnd: "$",
		keys.NextParagraph: "}", keys.PrevParagraph: "{", keys.HalfDown: "j", keys.HalfUp: "k", keys.PageDown: "j", keys.PageUp: "k",
	}[a]
	c := &m.passage.cursor
	switch a {
	case keys.HalfDown, keys.HalfUp:
		n *= max(h/2, 1)
	case keys.PageDown, keys.PageUp:
		n *= max(h-2, 1)
	case keys.Top:
		c.Put(widget.Pos{})
	case keys.Bottom:
		c.Put(widget.Pos{Line: len(m.items[m.passage.item].text) - 1})
	}
	if key != "" {
		for range n {
			c.Press(key, key)
		}
	}
	m.showCursor()
}

// showCursor scrolls so that the cursor is on the screen.
func (m *Model) showCursor() {
	at := m.passage.cursor.At().Line
	for i, l := range m.lines {
		if l.kind != textLine || l.item != m.passage.item || l.n != at {
			continue
		}
		if i < m.top {
			m.scrollTo(i)
		} else if i >= m.top+m.size.Height {
			m.scrollTo(i - m.size.Height + 1)
		}
		return
	}
}

// passageWhy says why nothing can be done with the selection.
func (m *Model) passageWhy(a keys.Action) string {
	if (a == keys.Copy || keys.Answering(a) != "") && strings.TrimSpace(m.passageText(false)) == "" {
		return "Nothing is selected yet"
	}
	return ""
}

// selected is the part of a line that is selected, in bytes of its words.
func (p *passage) selected(item, n int, text string) (from, to int) {
	if !p.begun || item != p.item {
		return 0, 0
	}
	a, b := p.anchor, p.cursor.At()
	if b.Before(a) {
		a, b = b, a
	}
	if n < a.Line || n > b.Line {
		return 0, 0
	}
	to = len(text)
	if p.lines {
		return 0, to
	}
	if n == a.Line {
		from = min(a.Byte, to)
	}
	if n == b.Line {
		to = min(p.cursor.Behind(b).Byte, to)
	}
	return from, to
}

// passageText is what is selected: lines that the screen has broken are whole
// again. Quotes within it have their marks; for a copy those that all of it has
// are left out.
func (m *Model) passageText(quoting bool) string {
	p := &m.passage
	if !p.begun {
		return ""
	}
	text := m.items[p.item].text
	a, b := p.anchor.Line, p.cursor.At().Line
	a, b = min(a, b), min(max(a, b), len(text)-1)
	base := 0
	if !quoting {
		base = 99
		for _, t := range text[a : b+1] {
			if lineWords(t) != "" {
				base = min(base, t.Depth)
			}
		}
	}
	var out strings.Builder
	for n := a; n <= b; n++ {
		t := text[n]
		line := lineWords(t)
		from, to := p.selected(p.item, n, line)
		line = line[from:max(from, to)]
		switch {
		case n > a && text[n-1].Goes == reading.Behind:
			out.WriteString(" " + strings.TrimLeft(line, " "))
			continue
		case n > a && text[n-1].Goes == reading.OnWith:
			out.WriteString(strings.TrimLeft(line, " "))
			continue
		case n > a:
			out.WriteByte('\n')
		}
		if marks := strings.Repeat(">", max(t.Depth-base, 0)); marks != "" {
			line = strings.TrimRight(marks+" "+line, " ")
		}
		out.WriteString(line)
	}
	return strings.Trim(out.String(), "\n")
}

// drawCursor puts the cursor where the selection goes on from.
func (m *Model) drawCursor(page widget.Area, y int, l line) {
	p := &m.passage
	at := p.cursor.At()
	if !p.on || l.kind != textLine || l.item != p.item || l.n != at.Line {
		return
	}
	t := m.items[l.item].text[l.n]
	text := lineWords(t)
	x := 2*t.Depth + m.measure().Width(text[:min(at.Byte, len(text))])
	page.PutCursor(x, y)
}

// placeAt is the message and the place in its text under a cell of the screen.
func (m *Model) placeAt(x, y int) (item int, at widget.Pos, ok bool) {
	lines := m.visible()
	if y < 0 || y >= len(lines) || lines[y].kind != textLine {
		return 0, widget.Pos{}, false
	}
	l := lines[y]
	t := m.items[l.item].text[l.n]
	piece, _ := m.measure().Cut(lineWords(t), max(x-(m.size.Width-m.measureWidth())/2-2*t.Depth, 0))
	return l.item, widget.Pos{Line: l.n, Byte: len(piece)}, true
}

// Drag selects from where the button was pressed to a cell of the screen.
func (m *Model) Drag(x, y int) {
	if m.raw.on || !m.pressed.held {
		return
	}
	if !m.pressed.dragged {
		i, at, ok := m.placeAt(m.pressed.x, m.pressed.y)
		if !ok {
			return
		}
		m.enterPassage(i, at)
		m.passage.anchor, m.passage.begun, m.pressed.dragged = at, true, true
	}
	if y < 0 {
		m.moveInPassage(keys.Up, 1)
	} else if y >= m.size.Height {
		m.moveInPassage(keys.Down, 1)
	}
	if i, at, ok := m.placeAt(x, y); ok && i == m.passage.item {
		m.passage.cursor.Put(at)
	}
}

// pressed is where the button of the mouse went down.
type pressed struct {
	x, y    int
	held    bool
	dragged bool
}

// withSelection are the pieces of a span to be drawn in styles of their own: what
// is selected, or else what a search was about.
func withSelection(style theme.Style, text string, found [][2]int, from, to int) []widget.Span {
	from, to = max(from, 0), min(to, len(text))
	if from < to {
		return []widget.Span{{From: from, To: to, Style: style.OnSurface(theme.Selection)}}
	}
	var list []widget.Span
	for _, f := range found {
		list = append(list, widget.Span{From: f[0], To: f[1], Style: style.Found()})
	}
	return list
}
