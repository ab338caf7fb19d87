package widget

import (
	"strings"
	"unicode/utf8"
)

// change is one replacement in an editor: at from, removed became inserted.
type change struct {
	from              Pos
	removed, inserted string
	before            Pos  // cursor before it
	joined            bool // taken back together with the one before
}

// maxHistory is how many changes can be taken back; runs of typing are one.
const maxHistory = 2000

type history struct {
	done, undone []change
	sealed       bool // the next change is a step of its own
	joining      bool // the changes are one step
	joins        bool // the next one is not the first of them
}

// join makes one step of all changes that f makes.
func (h *history) join(f func()) {
	if h.joining {
		f()
		return
	}
	h.sealed, h.joining, h.joins = true, true, false
	f()
	h.sealed, h.joining, h.joins = true, false, false
}

// joinSince makes one step of the changes after the first so many.
func (h *history) joinSince(steps int) {
	for i := steps + 1; i < len(h.done); i++ {
		h.done[i].joined = true
	}
}

func (h *history) add(c change) {
	h.undone = nil
	if n := len(h.done); n > 0 && !h.sealed && continues(h.done[n-1], c) {
		h.done[n-1].inserted += c.inserted
		return
	}
	c.joined, h.joins = h.joins, h.joining
	h.sealed = false
	if len(h.done) == maxHistory {
		h.done = append(h.done[:0], h.done[1:]...)
	}
	h.done = append(h.done, c)
}

// continues tells whether c goes on with the typing of last. A word and the
// blank after it are one step.
func continues(last, c change) bool {
	if last.removed != "" || c.removed != "" || strings.Contains(c.inserted, "\n") {
		return false
	}
	if end(last.from, last.inserted) != c.from {
		return false
	}
	was, _ := utf8.DecodeLastRuneInString(last.inserted)
	is, _ := utf8.DecodeRuneInString(c.inserted)
	return was != '\n' && (isWord(was) || !isWord(is))
}

// end is the position after text that begins at from.
func end(from Pos, text string) Pos {
	n := strings.Count(text, "\n")
	if n == 0 {
		return Pos{from.Line, from.Byte + len(text)}
	}
	return Pos{from.Line + n, len(text) - strings.LastIndexByte(text, '\n') - 1}
}
