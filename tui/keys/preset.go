package keys

import "slices"

// Presets lists the names of the sets of keys to begin with.
func Presets() []string { return []string{"default", "gmail", "aerc", "mutt"} }

// preset gives the keys that differ from the default ones.
func preset(name string) map[Action][]string {
	switch name {
	case "gmail":
		return map[Action][]string{
			ReplyAll: {"a", "R"}, Archive: {"e", "y"}, Copy: {"ctrl+y"}, Delete: {"#", "d"}, MoveTo: {"v"}, Headers: {"h"},
			Undo: {"z"}, Back: {"esc", "u"}, SelectAll: {"* a"}, Unread: {"U", "I"}, Pictures: {"alt+i"}, NextMessage: {"n", "J"}, PrevMessage: {"p", "K"},
			TogglePreview: {"alt+p"}, NextMatch: {"alt+n"}, PrevMatch: {"alt+N"},
		}
	case "aerc":
		return map[Action][]string{
			Archive: {"a"}, EditAsNew: {"E"}, Compose: {"C"}, Reply: {"R r", "R q"}, ReplyAll: {"r r", "r q"}, Redirect: {"b"}, Snooze: {"B"},
			Delete: {"d", "D"}, CopyTo: {"alt+c"}, Select: {"v"}, Headers: {"H"}, ToggleVersion: {"alt+h"}, GoFolder: {"c"}, CorrectAddress: {"C"},
			Arrange: {"alt+v"}, PageDown: {"ctrl+f", "pgdown"}, PageUp: {"ctrl+p", "pgup"},
		}
	case "mutt":
		return map[Action][]string{
			Compose: {"m"}, MoveTo: {"s"}, Star: {"F"}, ForwardWhole: {"alt+f"}, ReplyAll: {"g"}, Undo: {"u"}, Unread: {"N"}, PrevMatch: {"alt+n"},
			Select: {"t"}, Filter: {"l", "\\"}, Labels: {"Y"}, GoFolder: {"c"}, CorrectAddress: {"C"}, Top: {"=", "home"}, Bottom: {"*", "end"}, ToggleDensity: {"alt+="},
			SelectAll: {"alt+t"}, Save: {"v", "S"}, Headers: {"h"}, Redirect: {"b"}, Snooze: {"z"}, Sync: {"G", "ctrl+r"},
			GoInbox: {"ctrl+x i"}, GoAll: {"ctrl+x a"}, GoDrafts: {"ctrl+x d"}, GoSent: {"ctrl+x s"}, GoArchive: {"ctrl+x r"},
			GoTrash: {"ctrl+x t"}, GoOutbox: {"ctrl+x o"}, GoSnoozed: {"ctrl+x b"}, GoContacts: {"ctrl+x k"}, SettleOutgoing: {"t"},
		}
	}
	return nil
}

// New lays remap, from action to keys, over those of a preset and of a style of the
// editor (emacs, vi); "" is the default one. A nil remap is fine, and an empty list takes
// an action's keys away. A key that the user gives to an action is taken from others in
// the same place; where one loses its last key by that, a warning says so. Two actions
// that the user put on one key are a problem, and so are an unknown name or preset and a
// key that can never arrive.
func New(name, style string, remap map[string][]string) (*Map, []Problem) {
	m := &Map{entries: Table()}
	var problems []Problem
	if name != "" && !slices.Contains(Presets(), name) {
		problems = append(problems, Problem{Index: -1, Why: "there is no preset " + name})
	}
	first := map[string][]string{}
	for a, keys := range preset(name) {
		first[string(a)] = keys
	}
	for _, laid := range []map[string][]string{first, styled(style)} {
		for _, p := range m.lay(laid) {
			if !p.Warning { // whoever chose a preset has not taken anything away himself
				problems = append(problems, p)
			}
		}
	}
	return m, append(problems, m.lay(remap)...)
}
