package keys

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is something wrong in the configured keys. The rest of them holds.
type Problem struct {
	Action  Action
	Key     string // as it is written there; "" where it is not about one key
	Index   int    // of Key among those of the action, or -1
	Why     string
	Warning bool // it may be meant so
}

func (p Problem) Error() string {
	if p.Index < 0 {
		return fmt.Sprintf("keys: %s: %s", p.Action, p.Why)
	}
	return fmt.Sprintf("keys: %s = %q: %s", p.Action, p.Key, p.Why)
}

// Map is the table with the user's keys.
type Map struct{ entries []Entry }

// lay gives actions other keys.
func (m *Map) lay(remap map[string][]string) []Problem {
	var problems []Problem
	own := map[Action]bool{}
	for name := range remap {
		if !slices.ContainsFunc(m.entries, func(e Entry) bool { return string(e.ID) == name }) {
			problems = append(problems, Problem{Action: Action(name), Index: -1, Why: "no such action;  postea keys  lists them"})
		}
	}
	before := slices.Clone(m.entries)
	for name, keys := range remap {
		own[Action(name)] = true
		fit, wrong := m.given(Action(name), keys)
		problems = append(problems, wrong...)
		for i := range m.entries {
			if string(m.entries[i].ID) == name {
				m.entries[i].Keys = fit
			}
		}
	}
	for i := range m.entries {
		if own[m.entries[i].ID] {
			problems = append(problems, m.claim(i, own, remap)...)
		}
	}
	for i, was := range before {
		if e := m.entries[i]; !own[e.ID] && len(e.Keys) == 0 && len(was.Keys) > 0 {
			problems = append(problems, m.bereft(was, own))
		}
	}
	slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.Error(), b.Error()) })
	return problems
}

// given brings the keys of an action to the form in which they arrive, and leaves
// out what is wrong.
func (m *Map) given(a Action, keys []string) (fit []string, problems []Problem) {
	var in Scope
	for _, e := range m.entries {
		if e.ID == a {
			in |= e.In
		}
	}
	for i, k := range keys {
		one, err := Canonical(k)
		why := ""
		if err != nil {
			why = err.Error()
		} else if in != 0 {
			why = reaches(one, in)
		}
		switch {
		case why != "":
			problems = append(problems, Problem{Action: a, Key: k, Index: i, Why: why})
		case !slices.Contains(fit, one):
			fit = append(fit, one)
		}
	}
	return fit, problems
}

// bereft tells of an entry that has lost its last key to the user's own ones.
func (m *Map) bereft(was Entry, own map[Action]bool) Problem {
	var by string
	for _, e := range m.entries {
		if own[e.ID] && e.In&was.In != 0 && slices.ContainsFunc(e.Keys, func(k string) bool {
			return slices.ContainsFunc(was.Keys, func(other string) bool { return collide(k, other) })
		}) {
			by = string(e.ID)
		}
	}
	return Problem{
		Action: Action(by), Index: -1, Warning: true,
		Why: fmt.Sprintf("takes the last key of %s in %s, which has none now", was.ID, strings.Join(was.In.Names(), ", ")),
	}
}

// claim takes the keys of entry i from other entries that are valid beside it.
func (m *Map) claim(i int, own map[Action]bool, remap map[string][]string) []Problem {
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
					at := slices.IndexFunc(remap[string(o.ID)], func(w string) bool { c, err := Canonical(w); return err == nil && collide(c, k) })
					problems = append(problems, Problem{Action: o.ID, Key: k, Index: at, Why: "the key is also that of " + string(e.ID)})
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

// Has tells whether a key does something anywhere, or begins what does.
func (m *Map) Has(key string) bool {
	return slices.ContainsFunc(m.entries, func(e Entry) bool {
		return slices.ContainsFunc(e.Keys, func(k string) bool { return k == key || strings.HasPrefix(k, key+" ") })
	})
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
