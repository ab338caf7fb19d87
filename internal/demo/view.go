package demo

import (
	"slices"

	imap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// view is a folder as one connection has it selected. Sequence numbers are those
// its client knows, which lag behind until the next updates are written.
type view struct {
	account  *account
	folder   *folder
	tracker  *imapserver.SessionTracker
	readOnly bool
	saved    imap.UIDSet // the result of SEARCH RETURN (SAVE)
}

// row is a message as it was when a command looked.
type row struct {
	message
	index int    // in folder.messages, valid while the lock is held
	seq   uint32 // 0: the client does not know of it yet
}

// rows expects the lock to be held.
func (v *view) rows() []row {
	list := make([]row, len(v.folder.messages))
	for i, m := range v.folder.messages {
		list[i] = row{*m, i, v.tracker.EncodeSeqNum(uint32(i + 1))}
	}
	return list
}

// choose returns the rows that are in the set and known to the client. It
// expects the lock to be held.
func (v *view) choose(set imap.NumSet) []row {
	all := v.rows()
	in := v.contains(set, all)
	return slices.DeleteFunc(all, func(r row) bool { return r.seq == 0 || !in(r) })
}

// contains turns a set, in which "*" stands for the last message and "$" for
// what a search has saved, into a question.
func (v *view) contains(set imap.NumSet, all []row) func(row) bool {
	if imap.IsSearchRes(set) {
		saved := v.saved
		return func(r row) bool { return saved.Contains(r.uid) }
	}
	var last row
	for _, r := range all {
		if r.seq > last.seq {
			last = r
		}
	}
	switch set := set.(type) {
	case imap.SeqSet:
		fixed := slices.Clone(set)
		for i := range fixed {
			fixed[i].Start, fixed[i].Stop = fixRange(fixed[i].Start, fixed[i].Stop, last.seq)
		}
		return func(r row) bool { return r.seq != 0 && fixed.Contains(r.seq) }
	case imap.UIDSet:
		fixed := slices.Clone(set)
		for i := range fixed {
			fixed[i].Start, fixed[i].Stop = fixRange(fixed[i].Start, fixed[i].Stop, last.uid)
		}
		return func(r row) bool { return fixed.Contains(r.uid) }
	}
	return func(row) bool { return false }
}

// fixRange puts the last number for "*". "500:*" includes the last message even
// if its number is below 500 (RFC 9051 §9, seq-range).
func fixRange[N ~uint32](start, stop, last N) (N, N) {
	open := start == 0 || stop == 0
	if start == 0 {
		start = last
	}
	if stop == 0 {
		stop = last
	}
	if open && start > stop {
		return stop, start
	}
	return start, stop
}
