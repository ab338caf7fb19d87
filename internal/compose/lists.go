package compose

import (
	"slices"

	"postea/internal/mail"
)

// Lists are the mailing lists that the sender has told of. The zero value knows
// none.
type Lists struct {
	Known      []string       // addresses of lists, subscribed or not
	Subscribed []string       // those that the sender reads, also without being copied
	Own        []mail.Address // of the sender
}

// followUp is where answers to all are asked to go to (Mail-Followup-To, which no
// RFC defines, but other programs write and heed): the recipients in sight, without
// the sender where one of the lists brings him the answers, and with him where
// none does. It is empty for a message to no list that is known.
func (l Lists) followUp(e *envelope) []mail.Address {
	seen := slices.Concat(e.to, e.cc)
	subscribed := holds(seen, l.Subscribed)
	if !subscribed && !holds(seen, l.Known) {
		return nil
	}
	out := Self{From: e.from, Own: l.Own}.others(seen)
	if !subscribed {
		out = append(out, e.from)
	}
	return out
}

// holds tells whether one of the addresses is among those of lists.
func holds(list []mail.Address, lists []string) bool {
	return slices.ContainsFunc(list, func(a mail.Address) bool {
		return slices.ContainsFunc(lists, func(l string) bool { return same(a, mail.Address{Address: l}) })
	})
}
