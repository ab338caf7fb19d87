package people

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"postea/internal/mail"
)

// Person is somebody with one address.
type Person struct {
	mail.Address
	Sent int       // messages written to it
	Seen int       // messages read from it
	Last time.Time // when it was used last; zero: never
	Kept bool      // put into an address book by the user
}

// Group is a name for several addresses.
type Group struct {
	Name    string
	Members []mail.Address
}

// Book is a set of people in the order in which they are offered.
type Book struct {
	entries []entry
	persons []Person
	groups  []Group
}

// entry is a person or, where group, one of the groups.
type entry struct {
	text  string // folded: the name, a line feed, the address
	mask  uint64
	at    int
	group bool
}

// Hit is what Find found: a group where Group is not nil, else a person.
type Hit struct {
	Person Person
	Group  *Group
}

// NewBook makes a book. Of several entries with one address the name of a kept
// one counts, and uses are the larger number, not the sum.
func NewBook(list []Person, groups []Group, now time.Time) *Book {
	b := &Book{persons: merge(list), groups: slices.Clone(groups)}
	order := make([]rank, len(b.persons))
	for i, p := range b.persons {
		order[i] = rank{p.weight(now), i}
	}
	slices.SortFunc(order, func(x, y rank) int {
		return cmp.Or(cmp.Compare(y.weight, x.weight), strings.Compare(b.persons[x.at].Address.Address, b.persons[y.at].Address.Address))
	})
	sorted := make([]Person, len(order))
	for i, r := range order {
		sorted[i] = b.persons[r.at]
	}
	b.persons = sorted
	slices.SortFunc(b.groups, func(x, y Group) int { return strings.Compare(x.Name, y.Name) })
	b.entries = make([]entry, 0, len(b.groups)+len(b.persons))
	for i, g := range b.groups {
		b.entries = append(b.entries, newEntry(fold(g.Name)+"\n", i, true))
	}
	for i, p := range b.persons {
		b.entries = append(b.entries, newEntry(fold(p.Name)+"\n"+fold(p.Address.Address), i, false))
	}
	return b
}

type rank struct {
	weight float64
	at     int
}

func newEntry(text string, at int, group bool) entry {
	return entry{text: text, mask: letters(text), at: at, group: group}
}

func merge(list []Person) []Person {
	at := make(map[string]int, len(list))
	var out []Person
	for _, p := range list {
		key := strings.ToLower(p.Address.Address)
		i, ok := at[key]
		if !ok {
			at[key] = len(out)
			out = append(out, p)
			continue
		}
		have := &out[i]
		if p.Name != "" && (have.Name == "" || p.Kept && !have.Kept) {
			have.Name = p.Name
		}
		have.Sent, have.Seen = max(have.Sent, p.Sent), max(have.Seen, p.Seen)
		have.Kept = have.Kept || p.Kept
		if p.Last.After(have.Last) {
			have.Last = p.Last
		}
	}
	return out
}

// halfLife is how long it takes until a use counts half.
const halfLife = 120 * 24 * time.Hour

// weight orders people: those written to first, then the address books, then
// those who have only written; machines last.
func (p Person) weight(now time.Time) float64 {
	decay := 1.0
	if !p.Last.IsZero() {
		decay = math.Exp2(-max(now.Sub(p.Last), 0).Hours() / halfLife.Hours())
	}
	const class = 1e6
	uses := min(float64(3*p.Sent+p.Seen)*decay, class/2)
	switch {
	case p.Sent > 0:
		return 2*class + uses
	case p.Kept:
		return class + uses
	case isMachine(p.Address.Address):
		return uses - class
	}
	return uses
}

// isMachine tells of addresses that nobody reads.
func isMachine(address string) bool {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	if strings.ContainsAny(local, "-_.") {
		local = strings.Map(func(r rune) rune {
			if r == '-' || r == '_' || r == '.' {
				return -1
			}
			return r
		}, local)
	}
	for _, w := range []string{"noreply", "donotreply", "mailerdaemon", "bounce", "notification", "postmaster"} {
		if strings.Contains(local, w) {
			return true
		}
	}
	return false
}

// People gives all of them, best first. The slice must not be changed.
func (b *Book) People() []Person { return b.persons }

// Groups gives the groups by name. The slice must not be changed.
func (b *Book) Groups() []Group { return b.groups }

// Group gives the members of all groups of a name, in any case and with any accents;
// ok is false where there is none.
func (b *Book) Group(name string) (members []mail.Address, ok bool) {
	name = fold(strings.Join(strings.Fields(name), " "))
	for _, g := range b.groups {
		if fold(strings.Join(strings.Fields(g.Name), " ")) != name {
			continue
		}
		ok = true
		for _, m := range g.Members {
			if !slices.ContainsFunc(members, m.Same) {
				members = append(members, m)
			}
		}
	}
	return members, ok
}

// Find gives up to limit entries that are meant by what is typed. Each word of
// it must be found; those found at the beginnings of words come first, then
// those found elsewhere, then those that have the letters in their order. Within
// each the order is that of use.
func (b *Book) Find(typed string, limit int) []Hit {
	words := strings.Fields(fold(typed))
	if limit <= 0 {
		return nil
	}
	if len(words) == 0 {
		return b.take(b.entries[:min(limit, len(b.entries))])
	}
	mask := letters(strings.Join(words, ""))
	var first, second []entry
	for _, e := range b.entries {
		if e.mask&mask != mask {
			continue
		}
		switch quality(e.text, words) {
		case atStart:
			first = append(first, e)
		case inside:
			if len(second) < limit {
				second = append(second, e)
			}
		}
		if len(first) == limit {
			return b.take(first)
		}
	}
	found := append(first, second...)
	for i := 0; i < len(b.entries) && len(found) < limit; i++ {
		e := b.entries[i]
		if e.mask&mask == mask && quality(e.text, words) == nowhere && inOrder(e.text, words) {
			found = append(found, e)
		}
	}
	return b.take(found[:min(limit, len(found))])
}

func (b *Book) take(list []entry) []Hit {
	out := make([]Hit, len(list))
	for i, e := range list {
		if e.group {
			out[i].Group = &b.groups[e.at]
		} else {
			out[i].Person = b.persons[e.at]
		}
	}
	return out
}
