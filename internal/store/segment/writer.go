package segment

import (
	"encoding/binary"
	"fmt"
)

// Sink takes what a segment is made of. What it is given is valid until it returns.
type Sink interface {
	Block(id int64, block []byte) error // a row of %_data
	Term(term []byte, page int64) error // a row of %_idx
}

// minEmptyPages is behind how many pages without a word the word before them gets an
// index of its pages (FTS5_MIN_DLIDX_SIZE).
const minEmptyPages = 4

// Write writes the segment as the one of that number, in pages of about pageSize bytes
// (pgsz of %_config, DefaultPageSize). It returns how many pages there are.
// The builder is to be Reset then.
func (b *Builder) Write(id, pageSize int, sink Sink) (pages int, err error) {
	w := writer{id: id, pageSize: pageSize, sink: sink, page: 1, atPage: 1, noTerm: true, buf: make([]byte, 4, pageSize+64), split: []byte{}, lists: make([]listIndex, 1)}
	for _, e := range b.sorted() {
		prefix := byte('0') // FTS5_MAIN_PREFIX
		if e.beginning < 0 {
			prefix++
		}
		w.key = append(append(w.key[:0], prefix), b.keyOf(e)...)
		w.term(w.key)
		w.rows(e.list)
	}
	return w.finish()
}

// writer writes pages. An error stays, and makes the rest do nothing.
type writer struct {
	id, pageSize int
	sink         Sink
	err          error

	page   int    // its number
	buf    []byte // the page
	footer []byte // where its words begin
	last   int    // where the last of them does
	noTerm bool   // none does yet
	noRow  bool   // no row does either
	before []byte // the last word
	key    []byte

	split  []byte // what parts the words from page atPage on from those before
	atPage int    // 0: none
	empty  int    // pages without a word since then

	lists []listIndex // by level
}

// listIndex is a page of the index of the pages of a long list of rows.
type listIndex struct {
	page int
	buf  []byte
	some bool // buf holds rows, of which prev is the last
	prev int64
}

func (w *writer) fail(err error) {
	if w.err == nil && err != nil {
		w.err = fmt.Errorf("writing a segment of the index: %w", err)
	}
}

func (w *writer) full(more int) bool { return len(w.buf)+len(w.footer)+more >= w.pageSize }

// term begins a word.
func (w *writer) term(term []byte) {
	if w.full(len(term)+2) && len(w.buf) > 4 {
		w.flush()
	}
	w.footer = appendVarint(w.footer, uint64(len(w.buf)-w.last))
	w.last = len(w.buf)
	common := 0
	for n := min(len(w.before), len(term)); common < n && w.before[common] == term[common]; common++ {
	}
	if w.noTerm {
		if w.page != 1 {
			n := len(term)
			if len(w.before) > 0 {
				n = common + 1
			}
			w.flushTree()
			w.split, w.atPage = append(w.split[:0], term[:n]...), w.page
		}
		common = 0
	} else {
		w.buf = appendVarint(w.buf, uint64(common))
	}
	w.buf = append(appendVarint(w.buf, uint64(len(term)-common)), term[common:]...)
	w.before = append(w.before[:0], term...)
	w.noTerm, w.noRow = false, false
	w.lists[0].page = w.page
}

// rows writes where the word is. list is as FTS5 holds it in memory: rowids less the one
// before, and their places with the size of those.
func (w *writer) rows(list []byte) {
	if w.pageSize >= len(w.buf)+len(w.footer)+len(list)+1 {
		w.buf = append(w.buf, list...)
		return
	}
	var row, prev int64
	for len(list) > 0 && w.err == nil {
		delta, n := varint(list)
		list = list[n:]
		row += int64(delta)
		if w.noRow {
			binary.BigEndian.PutUint16(w.buf, uint16(len(w.buf)))
			w.buf = appendVarint(w.buf, uint64(row))
			w.noRow = false
			w.indexRow(row)
		} else {
			w.buf = appendVarint(w.buf, uint64(row)-uint64(prev))
		}
		prev = row
		size, n := varint(list)
		n += int(size / 2)
		w.places(list[:n])
		list = list[n:]
	}
}

// places writes the places of a row, in as many pages as it takes. A number is not cut.
func (w *writer) places(list []byte) {
	if len(w.buf)+len(w.footer)+len(list) <= w.pageSize {
		w.buf = append(w.buf, list...)
		return
	}
	for {
		n := len(list)
		if space := w.pageSize - len(w.buf) - len(w.footer); n > space {
			_, n = varint(list)
			for n < space {
				_, more := varint(list[n:])
				if n+more > space {
					break
				}
				n += more
			}
		}
		w.buf = append(w.buf, list[:n]...)
		list = list[n:]
		if w.full(0) {
			w.flush()
		}
		if len(list) == 0 || w.err != nil {
			return
		}
	}
}

// flush ends a page.
func (w *writer) flush() {
	binary.BigEndian.PutUint16(w.buf[2:], uint16(len(w.buf)))
	if w.noTerm {
		if first := &w.lists[0]; w.noRow && len(first.buf) > 0 {
			first.buf = append(first.buf, 0)
		}
		w.empty++
	}
	w.buf = append(w.buf, w.footer...)
	w.fail(w.sink.Block(blockID(w.id, false, 0, w.page), w.buf))
	w.buf = append(w.buf[:0], 0, 0, 0, 0)
	w.footer, w.last = w.footer[:0], 0
	w.page++
	w.noTerm, w.noRow = true, true
}

// flushTree writes which page the words from split on are on.
func (w *writer) flushTree() {
	if w.atPage == 0 {
		return
	}
	flag := 0
	if len(w.lists[0].buf) > 0 && w.empty >= minEmptyPages {
		flag = 1
	}
	for level := range w.lists {
		l := &w.lists[level]
		if len(l.buf) == 0 {
			break
		}
		if flag == 1 {
			w.fail(w.sink.Block(blockID(w.id, true, level, l.page), l.buf))
		}
		l.buf, l.some = l.buf[:0], false
	}
	w.empty = 0
	w.fail(w.sink.Term(w.split, int64(w.atPage<<1|flag)))
	w.atPage = 0
}

// indexRow adds the first row of a page to the index of the pages of the list.
func (w *writer) indexRow(row int64) {
	for level := 0; ; level++ {
		l := &w.lists[level]
		done := len(l.buf) < w.pageSize
		if !done {
			l.buf[0] = 1 // there is a level above
			w.fail(w.sink.Block(blockID(w.id, true, level, l.page), l.buf))
			if len(w.lists) < level+2 {
				w.lists = append(w.lists, listIndex{})
				l = &w.lists[level]
			}
			if up := &w.lists[level+1]; len(up.buf) == 0 {
				_, n := varint(l.buf[1:])
				first, _ := varint(l.buf[1+n:])
				up.page = l.page
				up.buf = appendVarint(appendVarint(append(up.buf, 0), uint64(l.page)), first)
				up.some, up.prev = true, int64(first)
			}
			l.buf, l.some = l.buf[:0], false
			l.page++
		}
		value := uint64(row) - uint64(l.prev)
		if !l.some {
			below := w.page
			if level > 0 {
				below = w.lists[level-1].page
			}
			flag := byte(0)
			if !done {
				flag = 1
			}
			l.buf = appendVarint(append(l.buf, flag), uint64(below))
			value = uint64(row)
		}
		l.buf = appendVarint(l.buf, value)
		l.some, l.prev = true, row
		if done {
			return
		}
	}
}

func (w *writer) finish() (pages int, err error) {
	if len(w.buf) > 4 {
		w.flush()
	}
	if w.page > 1 {
		w.flushTree()
	}
	return w.page - 1, w.err
}

// Blocks gives the ids that the rows of %_data of a segment lie between.
func Blocks(segment int) (first, last int64) {
	return blockID(segment, false, 0, 0), blockID(segment+1, false, 0, 0) - 1
}

// blockID is the id of a row of %_data (FTS5_SEGMENT_ROWID, FTS5_DLIDX_ROWID).
func blockID(segment int, list bool, level, page int) int64 {
	id := int64(segment)<<37 | int64(level)<<31 + int64(page)
	if list {
		id |= 1 << 36
	}
	return id
}
