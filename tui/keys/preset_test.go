package keys

import (
	"strings"
	"testing"
)

func TestPresets(t *testing.T) {
	for _, name := range Presets() {
		m, problems := New(name, "", nil)
		if len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
		}
		for i, e := range m.Entries() {
			if was := Table()[i]; len(was.Keys) > 0 && len(e.Keys) == 0 {
				t.Errorf("%s: %s has no key", name, e.ID)
			}
			for _, o := range m.Entries()[i+1:] {
				if o.In&e.In == 0 {
					continue
				}
				for _, k := range e.Keys {
					for _, l := range o.Keys {
						if collide(k, l) {
							t.Errorf("%s: %q is %s and %s", name, k, e.ID, o.ID)
						}
					}
				}
			}
		}
	}
	if _, problems := New("pine", "", nil); len(problems) != 1 {
		t.Errorf("an unknown preset: %v", problems)
	}
}

func TestPresetHands(t *testing.T) {
	tests := []struct {
		preset string
		scope  Scope
		keys   string
		want   Action
	}{
		{"default", List, "e", Archive}, {"gmail", List, "a", ReplyAll}, {"gmail", List, "z", Undo}, {"gmail", List, "* a", SelectAll}, {"gmail", Reader, "v", MoveTo},
		{"aerc", List, "r r", ReplyAll}, {"aerc", List, "R r", Reply}, {"aerc", List, "v", Select}, {"aerc", List, "c", GoFolder},
		{"mutt", List, "m", Compose}, {"mutt", List, "g", ReplyAll}, {"mutt", List, "l", Filter}, {"mutt", List, "t", Select}, {"mutt", List, "s", MoveTo}, {"mutt", Outbox, "t", SettleOutgoing},
	}
	for _, tt := range tests {
		m, _ := New(tt.preset, "", nil)
		d := NewDispatcher(m)
		var got Press
		for k := range strings.FieldsSeq(tt.keys) {
			got = d.Press(tt.scope, k)
		}
		if got.Action != tt.want {
			t.Errorf("%s: %s is %q, want %q", tt.preset, tt.keys, got.Action, tt.want)
		}
	}
}

func TestUserOverPreset(t *testing.T) {
	m, problems := New("mutt", "", map[string][]string{"archive": {"m"}})
	if len(faults(problems)) > 0 {
		t.Fatal(problems)
	}
	if a := NewDispatcher(m).Press(List, "m").Action; a != Archive {
		t.Errorf("m is %s", a)
	}
}
