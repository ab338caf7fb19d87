package keys

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is something wrong in the configured keys. The rest of them holds.
type Problem struct {
	Action Action
	Key    string
	Why    string
}

func (p Problem) Error() string {
	if p.Key == "" {
		return fmt.Sprintf("keys: %s: %s", p.Action, p.Why)
	}
	return fmt.Sprintf("keys: %s = %q: %s", p.Action, p.Key, p.Why)
}

// Map is the table with the user's keys.
type Map struct{ entries []Entry }

// NewMap lays remap, from action to keys, over the defaults; nil is fine, and
// an empty list takes an action's keys away. A key that the user gives to an
// action is taken from the defaults of others in the same place. Two actions
// that the user put on one key are a problem, and so is an unknown name.
func NewMap(remap map[string][]string) (*Map, []Problem) { return New("", "", remap) }

// lay gives actions other keys.
func (m *Map) lay(remap map[string][]string) []Problem {
	var problems []Problem
	own := map[Action]bool{}
	for name := range remap {
		if !slices.ContainsFunc(m.entries, func(e Entry) bool { return string(e.ID) == name }) {
			problems = append(problems, Problem{Action: Action(name), Why: "no such action"})
		}
	}
	for i := range m.entries {
		e := &m.entries[i]
		if keys, ok := remap[string(e.ID)]; ok {
			own[e.ID] = true
			e.Keys = nil
			for _, k := range keys {
				if k = normal(k); k != "" {
					e.Keys = append(e.Keys, k)
				}
			}
		}
	}
	for i := range m.entries {
		if own[m.entries[i].ID] {
			problems = append(problems, m.claim(i, own)...)
		}
	}
	slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.Error(), b.Error()) })
	return problems
}

// claim takes the keys of entry i from other entries that are valid beside it.
func (m *Map) claim(i int, own map[Action]bool) []Problem {
	var problems []Problem
	e := m.entries[i]
	for j := range m.entries {
		o := &m.entries[j]
		if j == i || o.ID == e.ID || o.In&e.In == 0 {
			continue
		}
		for _, k := range e.Keys {
			if !slices.ContainsFunc(o.Keys, func(other string) bool { return collide(k, other) }) {
				continue
			}
			if own[o.ID] {
				if i < j {
					problems = append(problems, Problem{Action: o.ID, Key: k, Why: "the key is also that of " + string(e.ID)})
				}
				continue
			}
			o.Keys = slices.DeleteFunc(slices.Clone(o.Keys), func(other string) bool { return collide(k, other) })
		}
	}
	return problems
}

// collide tells whether two keys cannot both work: they are equal, or one is
// the beginning of the other's chord.
func collide(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+" ") || strings.HasPrefix(b, a+" ")
}

func normal(k string) string {
	if k == " " {
		return "space"
	}
	return strings.Join(strings.Fields(k), " ")
}

// Entries lists every action with its keys, in the order of the table.
func (m *Map) Entries() []Entry { return slices.Clone(m.entries) }

// In lists the entries that are valid in a scope.
func (m *Map) In(s Scope) []Entry {
	var list []Entry
	for _, e := range m.entries {
		if e.In&s != 0 {
			list = append(list, e)
		}
	}
	return list
}

// Entry finds an action in a scope.
func (m *Map) Entry(s Scope, a Action) (Entry, bool) {
	for _, e := range m.entries {
		if e.ID == a && e.In&s != 0 {
			return e, true
		}
	}
	return Entry{}, false
}

// Keys gives the keys of an action in a scope.
func (m *Map) Keys(s Scope, a Action) []string {
	e, _ := m.Entry(s, a)
	return e.Keys
}

// Shown writes a key for the screen: ↵ for enter, arrows for arrow keys.
func Shown(key, enter string) string {
	parts := strings.Fields(key)
	for i, p := range parts {
		switch p {
		case "enter":
			parts[i] = enter
		case "up", "down", "left", "right":
			if enter == "↵" {
				parts[i] = map[string]string{"up": "↑", "down": "↓", "left": "←", "right": "→"}[p]
			}
		}
	}
	return strings.Join(parts, " ")
}
