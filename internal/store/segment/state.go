package segment

import (
	"encoding/binary"
	"errors"
	"slices"
)

// Rows of %_data that belong to no segment.
const (
	TotalsID = 1
	StateID  = 10
)

// DefaultPageSize is the size of pages where %_config has no pgsz.
const DefaultPageSize = 4050

// MaxSegments is how many segments an index may have (FTS5_MAX_SEGMENT).
const MaxSegments = 2000

// ErrFormat says that a block is not what it should be: of another version of FTS5, of
// a table with other options, or damaged.
var ErrFormat = errors.New("the index of words has another format")

// State is which segments an index is made of, on levels: what a segment is merged into
// stands on the next one.
type State struct {
	cookie, writes uint64
	levels         []level
}

type level struct {
	merging  uint64 // how many of its segments are being merged
	segments []segment
}

type segment struct {
	id, first, last           uint64 // pages
	fromOrigin, toOrigin      uint64 // by which FTS5 knows in which segment a row is that goes
	gravePages, graves, count uint64 // of rows that are gone; rows
}

// version2 is that of tables with contentless_delete=1 (FTS5_STRUCTURE_V2).
var version2 = []byte{0xff, 0, 0, 1}

// ParseState reads the row StateID. The error is ErrFormat.
func ParseState(block []byte) (*State, error) {
	r := reader{b: block}
	if len(block) < 8 || !slices.Equal(block[4:8], version2) {
		return nil, ErrFormat
	}
	s := &State{cookie: uint64(binary.BigEndian.Uint32(block))}
	r.b = block[8:]
	levels, total := r.next(), r.next()
	s.writes = r.next()
	if levels > 64 || total > MaxSegments {
		return nil, ErrFormat
	}
	for range levels {
		l := level{merging: r.next()}
		n := r.next()
		if r.bad || n > total {
			return nil, ErrFormat
		}
		total -= n
		for range n {
			l.segments = append(l.segments, segment{r.next(), r.next(), r.next(), r.next(), r.next(), r.next(), r.next(), r.next()})
		}
		s.levels = append(s.levels, l)
	}
	if r.bad || total != 0 || len(r.b) > 0 {
		return nil, ErrFormat
	}
	return s, nil
}

// Segments is how many there are.
func (s *State) Segments() (n int) {
	for _, l := range s.levels {
		n += len(l.segments)
	}
	return n
}

// Spare gives a number for a new segment, the highest that is free, so that its pages
// can be written before the state is: FTS5 itself takes the lowest. It is 0 where the
// index has as many segments as it may.
func (s *State) Spare() int {
	var used [MaxSegments + 1]bool
	for _, l := range s.levels {
		for _, seg := range l.segments {
			used[min(seg.id, MaxSegments)] = true
		}
	}
	for id := MaxSegments; id > 0; id-- {
		if !used[id] {
			return id
		}
	}
	return 0
}

// Has tells whether a number is taken.
func (s *State) Has(id int) bool {
	for _, l := range s.levels {
		if slices.ContainsFunc(l.segments, func(g segment) bool { return g.id == uint64(id) }) {
			return true
		}
	}
	return false
}

// Origin is what %_docsize is to hold for the rows of a new segment.
func (s *State) Origin() int64 {
	var last uint64
	for _, l := range s.levels {
		for _, seg := range l.segments {
			last = max(last, seg.toOrigin)
		}
	}
	return int64(last) + 1
}

// Append adds a segment of that number, as the newest of the lowest level. One without
// pages is none.
func (s *State) Append(id, pages, rows int) {
	if pages == 0 {
		return
	}
	origin := uint64(s.Origin())
	if len(s.levels) == 0 {
		s.levels = make([]level, 1)
	}
	s.writes += uint64(pages)
	s.levels[0].segments = append(s.levels[0].segments, segment{id: uint64(id), first: 1, last: uint64(pages),
		fromOrigin: origin, toOrigin: origin, count: uint64(rows)})
}

// Block is the row StateID.
func (s *State) Block() []byte {
	b := append(binary.BigEndian.AppendUint32(nil, uint32(s.cookie)), version2...)
	for _, v := range []uint64{uint64(len(s.levels)), uint64(s.Segments()), s.writes} {
		b = appendVarint(b, v)
	}
	for _, l := range s.levels {
		b = appendVarint(appendVarint(b, l.merging), uint64(len(l.segments)))
		for _, g := range l.segments {
			for _, v := range []uint64{g.id, g.first, g.last, g.fromOrigin, g.toOrigin, g.gravePages, g.graves, g.count} {
				b = appendVarint(b, v)
			}
		}
	}
	return b
}

// AddTotals adds rows, and the words in each of their columns, to the row TotalsID, which
// is empty where the table is new. The error is ErrFormat.
func AddTotals(block []byte, rows int, words []uint64) ([]byte, error) {
	r := reader{b: block}
	var out []byte
	for i, more := range append([]uint64{uint64(rows)}, words...) {
		v := uint64(0)
		if len(block) > 0 {
			v = r.next()
		}
		if r.bad || i == 0 && int64(v) < 0 {
			return nil, ErrFormat
		}
		out = appendVarint(out, v+more)
	}
	if len(r.b) > 0 {
		return nil, ErrFormat
	}
	return out, nil
}

// reader reads numbers.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) next() uint64 {
	v, n := varint(r.b)
	if n == 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return v
}
