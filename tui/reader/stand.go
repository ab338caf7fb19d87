package reader

import "strings"

// stand is the place on the page that is kept while texts are laid out for another
// width, in which it has another line.
type stand struct {
	item *item // nil: none is kept
	line line  // of the page
	past int   // letters of the text before it, where it is one of the text
	at   int   // where on the page it was last
}

// again tells whether the same is laid out as for another key, only in another form.
func (k layoutKey) again(other layoutKey) bool {
	other.width, other.clusters = k.width, k.clusters
	return k == other
}

// standing is the line of the page from which on one reads: that at the top, or that
// of the cursor for a screen reader.
func (m *Model) standing() int {
	if m.options.Plain {
		return m.top + m.at
	}
	return m.top
}

// keepStand keeps the line from which on one reads. One that was kept counts on while
// the user has not gone elsewhere, as each width has a line that begins a little
// earlier.
func (m *Model) keepStand() {
	at := m.standing()
	if m.stand.item != nil && m.stand.at == at {
		return
	}
	m.stand = stand{}
	if at == 0 || m.raw.on || m.toItem >= 0 {
		return
	}
	i := at
	for i < len(m.lines)-1 && m.lines[i].kind == gapLine { // there are many of them
		i++
	}
	if i >= len(m.lines) || m.lines[i].item >= len(m.items) {
		return
	}
	l := m.lines[i]
	m.stand = stand{item: m.items[l.item], line: l, at: at}
	if l.kind == textLine {
		for n := range l.n {
			m.stand.past += m.stand.item.letters(n)
		}
	}
}

// takeStand goes to what was kept.
func (m *Model) takeStand() {
	if m.stand.item == nil || m.raw.on {
		return
	}
	n := m.stand.line.n
	if m.stand.line.kind == textLine {
		past := m.stand.past
		for n = 0; n < len(m.stand.item.text)-1 && past >= m.stand.item.letters(n); n++ {
			past -= m.stand.item.letters(n)
		}
	}
	for i, l := range m.lines {
		if l.kind == m.stand.line.kind && l.n == n && l.item < len(m.items) && m.items[l.item] == m.stand.item {
			m.standOn(i)
			break
		}
	}
	m.stand.at = m.standing()
}

// standOn brings a line of the page to where one stood.
func (m *Model) standOn(i int) {
	if !m.options.Plain {
		m.scrollTo(i)
		return
	}
	at := m.at
	m.scrollTo(i - at)
	m.at = i - m.top
}

// letters counts what a line of the text has in every width: its bytes without
// blanks, which may be where a line ends.
func (it *item) letters(n int) int {
	words := lineWords(it.text[n])
	return len(words) - strings.Count(words, " ")
}
