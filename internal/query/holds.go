package query

import (
	"slices"
	"strings"
	"time"
)

// Item is what a search can be asked about that is in no index, such as a draft
// that only this machine has. It has no number, no conversation and no labels.
type Item struct {
	Account string
	Folders []string // names of the folder where it lies
	Texts   map[Field]string
	States  []State
	Date    time.Time
	Size    int64 // bytes
}

// Holds tells whether a condition holds for an item; nil holds for none.
func Holds(n Node, it Item) bool {
	switch n := n.(type) {
	case And:
		return !slices.ContainsFunc(n, func(c Node) bool { return !Holds(c, it) })
	case Or:
		return slices.ContainsFunc(n, func(c Node) bool { return Holds(c, it) })
	case Not:
		return !Holds(n.Of, it)
	case Text:
		return it.has(n)
	case Addresses:
		return it.names(n.Field, n.Of) || n.Field == To && it.names(Cc, n.Of)
	case Is:
		return slices.Contains(it.States, n.State)
	case In:
		return strings.EqualFold(n.Name, "anywhere") || slices.ContainsFunc(it.Folders, func(name string) bool { return Same(name, n.Name) })
	case Account:
		return Same(it.Account, n.Name)
	case Dates:
		return (n.From.IsZero() || !it.Date.Before(n.From)) && (n.To.IsZero() || it.Date.Before(n.To))
	case Size:
		return (n.Over == 0 || it.Size > n.Over) && (n.Under == 0 || it.Size < n.Under)
	}
	return false
}

func (it Item) has(n Text) bool {
	for field, text := range it.Texts {
		if n.Field != Anywhere && n.Field != field && !(n.Field == To && field == Cc) {
			continue
		}
		for words := Words(text); len(words) > 0; words = words[1:] {
			if begins(words, n) {
				return true
			}
		}
	}
	return false
}

// names tells whether one of the addresses that a field names is one of these.
func (it Item) names(f Field, addresses []string) bool {
	parts := strings.FieldsFunc(it.Texts[f], func(r rune) bool { return isBlank(r) || strings.ContainsRune(",;<>", r) })
	return slices.ContainsFunc(parts, func(part string) bool {
		return slices.ContainsFunc(addresses, func(a string) bool { return strings.EqualFold(part, a) })
	})
}
