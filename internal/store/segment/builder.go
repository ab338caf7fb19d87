package segment

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// maxToken bounds a word in bytes (FTS5_MAX_TOKEN_SIZE).
const maxToken = 32768

// Builder gathers the words of rows. It is not safe for concurrent use.
type Builder struct {
	prefix int // characters of the beginnings that are indexed

	seed    maphash.Seed
	mix     [2]uint64 // the seed for short words
	slots   []slot
	entries []entry
	keys    []byte
	word    []byte // under way
	memory  arena

	rowid  int64
	rows   []Row
	totals []uint64
}

// Row is what FTS5 keeps of each row: how many words its columns have.
type Row struct {
	ID    int64
	Sizes []byte // a varint for each column
}

// slot is one of a table of entries by their hash.
type slot struct {
	hash  uint32
	entry int32 // its place in entries, plus 1; 0: none
}

// entry is a word, or a beginning, with the rows and places where it is.
type entry struct {
	head      uint64 // the first bytes of the word, so that short ones are compared without keys
	hash      uint32
	key       uint32 // where it begins in keys
	list      []byte
	rowid     int64
	open      int32 // where in list the size of the places in the last row stands; 0: nowhere
	place     int32
	beginning int32 // the entry of the word's beginning, plus 1; 0: the word is shorter; -1: this is one
	length    uint16
	column    int16
}

// NewBuilder makes a builder for a table of so many columns that also indexes the
// beginnings of words of so many characters.
func NewBuilder(columns, prefix int) *Builder {
	return &Builder{prefix: prefix, seed: maphash.MakeSeed(), mix: [2]uint64{rand.Uint64(), rand.Uint64()}, slots: make([]slot, 1<<12), totals: make([]uint64, columns)}
}

// Reset empties the builder, for the next segment. What Write and RowList gave is no
// longer valid.
func (b *Builder) Reset() {
	clear(b.slots)
	clear(b.entries)
	clear(b.totals)
	b.entries, b.keys, b.rows = b.entries[:0], b.keys[:0], b.rows[:0]
	b.memory.reset()
}

// Rows is how many rows were added.
func (b *Builder) Rows() int { return len(b.rows) }

// RowList gives the rows in order.
func (b *Builder) RowList() []Row { return b.rows }

// Totals tells how many words the rows have in each column.
func (b *Builder) Totals() []uint64 { return b.totals }

// Add adds a row, of which the id must be above that of the one before, with a text
// for each column.
func (b *Builder) Add(rowid int64, texts ...string) {
	b.rowid = rowid
	sizes := b.memory.take(0, 16)
	for column, text := range texts {
		n := b.addText(int32(column), text)
		sizes = appendVarint(sizes, uint64(n))
		b.totals[column] += uint64(n)
	}
	b.rows = append(b.rows, Row{rowid, sizes})
}

// isWord tells which bytes FTS5's tokenizer "ascii" takes for those of words.
func isWord(c byte) bool { return c >= 0x80 || c-'0' < 10 || (c|0x20)-'a' < 26 }

func (b *Builder) addText(column int32, text string) (words int32) {
	for i := 0; i < len(text); {
		if !isWord(text[i]) {
			i++
			continue
		}
		b.word = b.word[:0]
		for ; i < len(text) && isWord(text[i]); i++ {
			c := text[i]
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			if len(b.word) < maxToken {
				b.word = append(b.word, c)
			}
		}
		b.addWord(column, words, b.word)
		words++
	}
	return words
}

func (b *Builder) addWord(column, place int32, word []byte) {
	i := b.find(word, false)
	b.write(&b.entries[i], column, place)
	if j := b.entries[i].beginning; j > 0 {
		b.write(&b.entries[j-1], column, place)
	}
}

// headOf packs the first bytes of a word into a number.
func headOf(key []byte) (head uint64) {
	if len(key) >= 8 {
		return binary.LittleEndian.Uint64(key)
	}
	for i, c := range key {
		head |= uint64(c) << (8 * i)
	}
	return head
}

// hash is one that nobody can foresee.
func (b *Builder) hash(head uint64, key []byte) uint32 {
	if len(key) > 8 {
		return uint32(maphash.Bytes(b.seed, key))
	}
	hi, lo := bits.Mul64(head^b.mix[0], b.mix[1]|uint64(len(key))<<1|1)
	return uint32(hi ^ lo)
}

// find gives the entry of a word, or of a beginning, and makes it where there is none.
func (b *Builder) find(key []byte, beginning bool) int32 {
	head, length := headOf(key), uint16(len(key))
	h := b.hash(head, key)
	if beginning {
		h = ^h
	}
	mask := uint32(len(b.slots) - 1)
	at := h & mask
	for ; b.slots[at].entry != 0; at = (at + 1) & mask {
		if b.slots[at].hash != h {
			continue
		}
		e := &b.entries[b.slots[at].entry-1]
		if e.head == head && e.length == length && (e.beginning < 0) == beginning && (length <= 8 || bytes.Equal(b.keyOf(e), key)) {
			return b.slots[at].entry - 1
		}
	}
	b.entries = append(b.entries, entry{head: head, hash: h, key: uint32(len(b.keys)), length: length})
	i := int32(len(b.entries) - 1)
	b.keys = append(b.keys, key...)
	b.slots[at] = slot{h, i + 1}
	if len(b.entries)*2 > len(b.slots) {
		b.grow()
	}
	switch n := beginningLen(key, b.prefix); {
	case beginning:
		b.entries[i].beginning = -1
	case n > 0:
		j := b.find(key[:n], true)
		b.entries[i].beginning = j + 1
	}
	return i
}

func (b *Builder) keyOf(e *entry) []byte { return b.keys[e.key : e.key+uint32(e.length)] }

func (b *Builder) grow() {
	b.slots = make([]slot, 2*len(b.slots))
	mask := uint32(len(b.slots) - 1)
	for i := range b.entries {
		h := b.entries[i].hash
		at := h & mask
		for ; b.slots[at].entry != 0; at = (at + 1) & mask {
		}
		b.slots[at] = slot{h, int32(i + 1)}
	}
}

// beginningLen is how many bytes the first characters of a word are, as FTS5 counts
// them; 0 where it has fewer.
func beginningLen(word []byte, characters int) int {
	n := 0
	for i := range characters {
		if n >= len(word) {
			return 0
		}
		n++
		if word[n-1] < 0xc0 {
			continue
		}
		if n >= len(word) {
			return 0
		}
		for word[n]&0xc0 == 0x80 {
			if n++; n < len(word) {
				continue
			}
			if i+1 == characters {
				break
			}
			return 0
		}
	}
	return n
}

// room is how much one write can add: a rowid, the size of the places before it, a column, a place.
const room = 9 + 4 + 1 + 3 + 5

func (b *Builder) write(e *entry, column, place int32) {
	if cap(e.list)-len(e.list) < room {
		e.list = b.memory.grow(e.list)
	}
	if e.open == 0 || e.rowid != b.rowid {
		from := e.rowid // 0 in the first row
		e.close()
		e.list = appendVarint(e.list, uint64(b.rowid)-uint64(from))
		e.rowid, e.open, e.column, e.place = b.rowid, int32(len(e.list)), 0, 0
		e.list = append(e.list, 0)
	}
	if int16(column) != e.column {
		e.list = appendVarint(append(e.list, 1), uint64(column))
		e.column, e.place = int16(column), 0
	}
	if step := place - e.place + 2; step < 0x80 {
		e.list = append(e.list, byte(step))
	} else {
		e.list = appendVarint(e.list, uint64(step))
	}
	e.place = place
}

// close writes the size of the places in the last row.
func (e *entry) close() {
	if e.open == 0 {
		return
	}
	open := int(e.open)
	e.open = 0
	size := len(e.list) - open - 1
	if size < 0x40 {
		e.list[open] = byte(size) * 2
		return
	}
	n := varintLen(uint64(size) * 2)
	e.list = e.list[:len(e.list)+n-1]
	copy(e.list[open+n:], e.list[open+1:open+1+size])
	appendVarint(e.list[:open], uint64(size)*2)
}

// sorted closes all entries and gives them in the order of the index: words first,
// beginnings behind them.
func (b *Builder) sorted() []*entry {
	list := make([]*entry, len(b.entries))
	for i := range b.entries {
		e := &b.entries[i]
		if cap(e.list)-len(e.list) < room {
			e.list = b.memory.grow(e.list)
		}
		e.close()
		list[i] = e
	}
	slices.SortFunc(list, func(x, y *entry) int {
		if short := x.beginning < 0; short != (y.beginning < 0) {
			if short {
				return 1
			}
			return -1
		}
		return bytes.Compare(b.keyOf(x), b.keyOf(y))
	})
	return list
}
