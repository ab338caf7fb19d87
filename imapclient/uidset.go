package imapclient

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	imap "github.com/emersion/go-imap/v2"
)

// chunkSize is the length of a set in one command; with the rest of the command
// it stays below maxCommandLine.
const chunkSize = 7000

// span is a range of UIDs, first <= last.
type span struct{ first, last uint32 }

func (s span) size() int64 { return int64(s.last) - int64(s.first) + 1 }

// spansOf gives the ranges of a set in order, without overlaps. Dynamic ranges
// ("5:*") reach to the highest UID there can be.
func spansOf(set imap.UIDSet) []span {
	spans := make([]span, 0, len(set))
	for _, r := range set {
		first, last := uint32(r.Start), uint32(r.Stop)
		if first == 0 {
			first = 1<<32 - 1
		}
		if last == 0 {
			last = 1<<32 - 1
		}
		spans = append(spans, span{min(first, last), max(first, last)})
	}
	return normalise(spans)
}

func normalise(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.first, b.first) })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && int64(s.first) <= int64(out[n-1].last)+1 {
			out[n-1].last = max(out[n-1].last, s.last)
			continue
		}
		out = append(out, s)
	}
	return out
}

// spansOfUIDs is spansOf for single UIDs, in order.
func spansOfUIDs(uids []uint32) []span {
	var out []span
	for _, uid := range uids {
		if n := len(out); n > 0 && out[n-1].last+1 == uid {
			out[n-1].last = uid
			continue
		}
		out = append(out, span{uid, uid})
	}
	return out
}

func sizeOf(spans []span) int64 {
	var n int64
	for _, s := range spans {
		n += s.size()
	}
	return n
}

func contains(spans []span, uid uint32) bool {
	_, found := slices.BinarySearchFunc(spans, uid, func(s span, uid uint32) int {
		switch {
		case s.last < uid:
			return -1
		case s.first > uid:
			return 1
		}
		return 0
	})
	return found
}

// chunks cuts a set so that each piece fits into a command.
func chunks(spans []span) [][]span {
	var out [][]span
	begin, length := 0, 0
	for i, s := range spans {
		n := len(spanText(s)) + 1
		if length+n > chunkSize {
			out = append(out, spans[begin:i])
			begin, length = i, 0
		}
		length += n
	}
	if begin < len(spans) {
		out = append(out, spans[begin:])
	}
	return out
}

func setText(spans []span) string {
	var b strings.Builder
	for i, s := range spans {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(spanText(s))
	}
	return b.String()
}

func spanText(s span) string {
	text := strconv.FormatUint(uint64(s.first), 10)
	switch {
	case s.first == s.last:
		return text
	case s.last == 1<<32-1:
		return text + ":*"
	}
	return text + ":" + strconv.FormatUint(uint64(s.last), 10)
}

// parseSet reads the sets servers send (RFC 9051 §9, sequence-set) as ranges in
// the order given. It never counts through them.
func parseSet(text string, limit int) ([]span, error) {
	var out []span
	for part := range strings.SplitSeq(text, ",") {
		from, to, isRange := strings.Cut(part, ":")
		first, err := strconv.ParseUint(from, 10, 32)
		if err != nil {
			return nil, errSyntax
		}
		last := first
		if isRange {
			if last, err = strconv.ParseUint(to, 10, 32); err != nil {
				return nil, errSyntax
			}
		}
		if len(out) == limit {
			return nil, ErrTooMany
		}
		out = append(out, span{uint32(min(first, last)), uint32(max(first, last))})
	}
	return out, nil
}
