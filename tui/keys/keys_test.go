package keys

import (
	"slices"
	"strings"
	"testing"
)

func TestTableHasNoConflicts(t *testing.T) {
	table := Table()
	for i, a := range table {
		if a.Title == "" || a.In == 0 {
			t.Errorf("%s: no title or no scope", a.ID)
		}
		for _, b := range table[i+1:] {
			if a.In&b.In == 0 {
				continue
			}
			if a.ID == b.ID {
				t.Errorf("%s stands twice in one scope", a.ID)
			}
			for _, k := range a.Keys {
				for _, l := range b.Keys {
					if collide(k, l) {
						t.Errorf("%q is both %s and %s in %b", k, a.ID, b.ID, a.In&b.In)
					}
				}
			}
		}
	}
}

// A terminal without enhanced keys cannot send some chords; what they do must
// have another key.
func TestEveryChordHasAPlainFallback(t *testing.T) {
	for _, e := range Table() {
		enhanced, plain := 0, 0
		for _, k := range e.Keys {
			if strings.Contains(k, "ctrl+enter") || strings.Contains(k, "shift+enter") || strings.Contains(k, "ctrl+shift+") {
				enhanced++
			} else {
				plain++
			}
		}
		if enhanced > 0 && plain == 0 {
			t.Errorf("%s has only keys that need an enhanced keyboard: %v", e.ID, e.Keys)
		}
	}
}

func TestDispatcher(t *testing.T) {
	tests := []struct {
		name  string
		scope Scope
		keys  string // parted by commas
		want  Press
	}{
		{"key", List, "j", Press{Action: Down}},
		{"arrow", List, "down", Press{Action: Down}},
		{"count", List, "3,j", Press{Action: Down, Count: 3}},
		{"count of two digits", List, "1,0,e", Press{Action: Archive, Count: 10}},
		{"count is bounded", List, "9,9,9,9,9,9,9,j", Press{Action: Down, Count: maxCount}},
		{"zero begins no count", List, "0,j", Press{Action: Down}},
		{"chord", List, "g,i", Press{Action: GoInbox}},
		{"chord begins", List, "g", Press{}},
		{"count and chord", List, "2,g,g", Press{Action: Top, Count: 2}},
		{"broken chord does nothing", List, "g,x", Press{}},
		{"after a broken chord", List, "g,x,x", Press{Action: Select}},
		{"chord of another place", List, "i,d", Press{}},
		{"chord of another place in Russian", Outbox, "ш,в", Press{}},
		{"after a chord of another place", List, "i,d,d", Press{Action: Delete}},
		{"same key, other place", Reader, "o", Press{Action: Links}},
		{"outbox", Outbox, "e", Press{Action: EditOutgoing}},
		{"text", Composer, "j", Press{Text: true}},
		{"digit in text", Composer, "3", Press{Text: true}},
		{"space in text", Menu, "space", Press{Text: true}},
		{"colon in text", Composer, ":", Press{Text: true}},
		{"question mark in text", Composer, "?", Press{Text: true}},
		{"control key in text", Composer, "ctrl+s", Press{Action: Send}},
		{"fallback", Composer, "ctrl+enter", Press{Action: Send}},
		{"unknown", List, "ctrl+q", Press{Text: true}},
		{"Russian", List, "о", Press{Action: Down}},
		{"Russian chord", List, "п,ш", Press{Action: GoInbox}},
		{"half a Russian chord", List, "3,g,п", Press{Action: Top, Count: 3}},
		{"Greek capital", List, "Γ", Press{Action: Bottom}},
		{"Hebrew", List, "ח", Press{Action: Down}},
		{"Arabic", List, "ت", Press{Action: Down}},
		{"Korean", List, "ㅓ", Press{Action: Down}},
		{"Russian text", Composer, "о", Press{Text: true}},
		{"no key of a layout", List, "ж,ö", Press{Text: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, problems := New("", "", nil)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			d := NewDispatcher(m)
			var got Press
			for k := range strings.SplitSeq(tt.keys, ",") {
				got = d.Press(tt.scope, k)
			}
			if got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// A letter of another script that the user has named is no longer that of its place.
func TestOwnLetterOfAnotherScript(t *testing.T) {
	m, problems := New("", "", map[string][]string{"archive": {"о"}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got := NewDispatcher(m).Press(List, "о"); got.Action != Archive {
		t.Errorf("got %+v", got)
	}
}

// faults are the problems that are no warnings.
func faults(list []Problem) []Problem {
	return slices.DeleteFunc(slices.Clone(list), func(p Problem) bool { return p.Warning })
}

func TestCanonical(t *testing.T) {
	for in, want := range map[string]string{
		"e": "e", "E": "E", "ä": "ä", "?": "?", "+": "+", " ": "space", "ctrl++": "ctrl++", "alt+$": "alt+$", "g  I": "g I",
		"Ctrl+J": "ctrl+j", "ctrl+S": "ctrl+s", "alt+ctrl+x": "ctrl+alt+x", "Shift+Control+F5": "ctrl+shift+f5",
		"alt+N": "alt+shift+n", "alt+shift+n": "alt+shift+n", "shift+a": "A", "shift+tab": "shift+tab",
		"Escape": "esc", "return": "enter", "DEL": "delete", "PageUp": "pgup", "pgdn": "pgdown", "Space": "space", "ctrl+Return": "ctrl+enter",
	} {
		if got, err := Canonical(in); err != nil || got != want {
			t.Errorf("%q is %q, %v; want %q", in, got, err, want)
		}
	}
	for _, bad := range []string{"", "  ", "ctrl+", "hyper+q", "meta+", "C-s", "ctrl-s", "f0", "f64", "entr", "shift+1", "ctrl+s+x", "g ctrl+", "\x01", "\xff"} {
		if got, err := Canonical(bad); err == nil {
			t.Errorf("%q is taken as %q", bad, got)
		}
	}
}

// Every key of the table, of the presets and of the styles must be one that
// arrives.
func TestOwnKeysAreCanonical(t *testing.T) {
	for _, preset := range Presets() {
		for _, style := range []string{"plain", "emacs", "vi"} {
			m, problems := New(preset, style, nil)
			if len(problems) > 0 {
				t.Error(preset, style, problems)
			}
			for _, e := range m.Entries() {
				for _, k := range e.Keys {
					if c, err := Canonical(k); err != nil || c != k {
						t.Errorf("%s, %s: %s has %q, which is %q, %v", preset, style, e.ID, k, c, err)
					}
				}
			}
		}
	}
}

func TestKeysThatCannotWork(t *testing.T) {
	m, problems := New("", "", map[string][]string{
		"archive": {"e", "s"}, "junk": {"ctrl+", "Ctrl+J", "3"}, "send": {"s", "ctrl+q"}, "delete": {""}, "mute": {"hyper+q"}, "pin": {},
	})
	for _, want := range []Problem{
		{Action: Archive, Index: -1, Warning: true, Why: "takes the last key of star in Message list, Reader, which has none now"},
		{Action: Junk, Key: "ctrl+", Why: "names no key after ctrl+"},
		{Action: Junk, Key: "3", Index: 2, Why: "begins a count, as in 3j; with alt it can be given to an action"},
		{Action: Send, Key: "s", Why: "writes text there, and text goes before actions"},
		{Action: Delete, Key: "", Why: "names no key; write [] for none"},
		{Action: Mute, Key: "hyper+q", Why: `"hyper" is no modifier; there are ctrl, alt, shift and super`},
	} {
		i := slices.Index(problems, want)
		if i < 0 {
			t.Errorf("no %+v", want)
			continue
		}
		problems = slices.Delete(problems, i, i+1)
	}
	if len(problems) > 0 {
		t.Errorf("and %+v", problems)
	}
	if got := NewDispatcher(m).Press(List, "ctrl+j").Action; got != Junk {
		t.Errorf("ctrl+j is %q", got)
	}
}

func TestRemap(t *testing.T) {
	m, problems := New("", "", map[string][]string{"archive": {"y", "g  y"}, "delete": {}})
	if len(faults(problems)) > 0 {
		t.Fatal(problems)
	}
	d := NewDispatcher(m)
	if got := d.Press(List, "y"); got.Action != Archive {
		t.Errorf("y is %q", got.Action)
	}
	if d.Press(List, "g"); d.Press(List, "y").Action != Archive {
		t.Error("g y does not archive")
	}
	for _, k := range []string{"e", "d", "#"} {
		if got := d.Press(List, k); got.Action != None {
			t.Errorf("%s is still %q", k, got.Action)
		}
	}
}

func TestRemapTakesTheKeyFromADefault(t *testing.T) {
	m, problems := New("", "", map[string][]string{"star": {"e"}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	d := NewDispatcher(m)
	if got := d.Press(List, "e").Action; got != Star {
		t.Errorf("e is %q", got)
	}
	if got := d.Press(List, "a").Action; got != Archive {
		t.Errorf("a is %q", got)
	}
	if got := d.Press(Outbox, "e").Action; got != EditOutgoing {
		t.Errorf("e in the outbox is %q", got)
	}
}

func TestRemapProblems(t *testing.T) {
	_, problems := New("", "", map[string][]string{"fly": {"w"}, "star": {"w"}, "archive": {"w"}})
	var all []string
	for _, p := range problems {
		all = append(all, p.Error())
	}
	got := strings.Join(all, "\n")
	for _, want := range []string{"fly: no such action;  postea keys  lists them", `star = "w": the key is also that of archive`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestAccountNumber(t *testing.T) {
	for n := 1; n <= 9; n++ {
		if got := AccountNumber(Account(n)); got != n {
			t.Errorf("got %d, want %d", got, n)
		}
	}
	if got := AccountNumber(Archive); got != 0 {
		t.Errorf("archive is account %d", got)
	}
}

func TestContinuations(t *testing.T) {
	m, _ := New("", "", nil)
	d := NewDispatcher(m)
	d.Press(List, "g")
	got := map[string]Action{}
	for _, e := range d.Continuations(List) {
		got[e.Keys[0]] = e.ID
	}
	if got["i"] != GoInbox || got["g"] != Top || got["o"] != GoOutbox {
		t.Errorf("continuations of g: %v", got)
	}
}

func TestStylesHaveNoConflicts(t *testing.T) {
	for _, style := range []string{"", "plain", "emacs", "vi"} {
		m, problems := New("", style, map[string][]string{"star": {"x"}, "palette": {"f5"}})
		if len(faults(problems)) > 0 {
			t.Errorf("%s: %v", style, problems)
		}
		if k := m.Keys(List, Star); len(k) != 1 || k[0] != "x" {
			t.Errorf("%s: the user's keys are %v", style, k)
		}
	}
	m, _ := New("", "emacs", nil)
	d := NewDispatcher(m)
	if p := d.Press(Composer, "ctrl+x"); p.Text || p.Action != None {
		t.Errorf("%+v", p)
	}
	if p := d.Press(Composer, "s"); p.Action != Send {
		t.Errorf("%+v", p)
	}
	if p := d.Press(Composer, "s"); !p.Text {
		t.Errorf("%+v", p)
	}
	for _, k := range []string{"ctrl+a", "ctrl+e", "ctrl+k", "ctrl+f", "ctrl+y", "ctrl+w", "ctrl+v", "alt+v", "ctrl+t", "ctrl+g"} {
		if p := d.Press(Composer, k); !p.Text {
			t.Errorf("%s is %v", k, p.Action)
		}
	}
}
