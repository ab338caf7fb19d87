package keys

import (
	"slices"
	"strings"

	"postea/tui/layout"
)

// maxCount bounds what can be typed in front of an action.
const maxCount = 999_999

// Press is what a key came to.
type Press struct {
	Action Action // None while a chord or count is unfinished, and for text
	Count  int    // 0: none was typed
	Text   bool   // the key belongs to whoever takes text
}

// Dispatcher follows counts and chords.
type Dispatcher struct {
	keymap *Map
	chord  string
	count  int
}

// NewDispatcher makes one for a map.
func NewDispatcher(m *Map) *Dispatcher { return &Dispatcher{keymap: m} }

// Map is the map that the dispatcher follows.
func (d *Dispatcher) Map() *Map { return d.keymap }

// Pending is what has been typed of a count and a chord, for the screen.
func (d *Dispatcher) Pending() (chord string, count int) { return d.chord, d.count }

// Reset forgets a count and a chord.
func (d *Dispatcher) Reset() { d.chord, d.count = "", 0 }

// Press takes the next key in a scope.
func (d *Dispatcher) Press(s Scope, key string) Press {
	if s&InText == 0 && d.digit(key) {
		return Press{}
	}
	full := strings.TrimSpace(d.chord + " " + key)
	match, longer := d.find(s, full)
	if match == None && !longer && s&InText == 0 { // whoever forgot to change the layout means the key
		full = strings.TrimSpace(d.chord + " " + layout.Latin(key))
		match, longer = d.find(s, full)
	}
	switch {
	case match != None && !(s&InText != 0 && types(key) && d.chord == ""):
		p := Press{Action: match, Count: d.count}
		d.Reset()
		return p
	case longer && !(s&InText != 0 && types(key) && d.chord == ""):
		d.chord = full
		return Press{}
	case d.chord == "" && s&InText == 0 && d.elsewhere(full) != 0: // what follows is not meant as a key of its own
		d.chord = full
		return Press{}
	case d.chord != "" || d.count > 0:
		d.Reset()
		return Press{}
	}
	return Press{Text: true}
}

// Elsewhere tells in which scopes the pending chord can be finished, where it cannot in s.
func (d *Dispatcher) Elsewhere(s Scope) Scope {
	if _, longer := d.find(s, d.chord); longer || d.chord == "" {
		return 0
	}
	return d.elsewhere(d.chord)
}

func (d *Dispatcher) elsewhere(chord string) (in Scope) {
	for _, e := range d.keymap.entries {
		if slices.ContainsFunc(e.Keys, func(k string) bool { return strings.HasPrefix(k, chord+" ") }) {
			in |= e.In
		}
	}
	return in
}

// types tells whether a key writes something, and so is text where text is taken.
func types(key string) bool { return key == "space" || len([]rune(key)) == 1 }

func (d *Dispatcher) digit(key string) bool {
	if d.chord != "" || len(key) != 1 || key[0] < '0' || key[0] > '9' || key == "0" && d.count == 0 {
		return false
	}
	d.count = min(d.count*10+int(key[0]-'0'), maxCount)
	return true
}

func (d *Dispatcher) find(s Scope, keys string) (match Action, longer bool) {
	for _, e := range d.keymap.entries {
		if e.In&s == 0 {
			continue
		}
		for _, k := range e.Keys {
			if k == keys {
				return e.ID, false
			}
			longer = longer || strings.HasPrefix(k, keys+" ")
		}
	}
	return None, longer
}

// Continuations lists the entries whose keys begin with the pending chord.
func (d *Dispatcher) Continuations(s Scope) []Entry {
	var list []Entry
	for _, e := range d.keymap.entries {
		if e.In&s == 0 || d.chord == "" {
			continue
		}
		for _, k := range e.Keys {
			if rest, ok := strings.CutPrefix(k, d.chord+" "); ok {
				e.Keys = []string{rest}
				list = append(list, e)
			}
		}
	}
	return list
}
