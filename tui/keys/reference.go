package keys

import (
	"fmt"
	"strings"
)

// Reference is docs/keys.md: every action with its name and its default keys,
// by the places where it is valid.
func Reference() string {
	var b strings.Builder
	b.WriteString("# Keys\n\nEvery action with its default keys and the name under which `[keys]` changes them:\n\n" +
		"    [keys]\n    archive = [\"e\", \"ctrl+e\"]     # these keys instead of the default ones\n    junk    = []                  # no key\n\n" +
		"Keys are written as `e`, `ctrl+s`, `alt+1`, `shift+tab`, `space`, `enter`, `esc`, `pgup`, `f5`, and chords as `g i`: modifiers are `ctrl`, `alt`, `shift` and `super`, in any order.\n" +
		"The case of names does not matter, and that of a letter does: `E` is e with shift, and `alt+E` is `alt+shift+e`; under `ctrl` terminals do not tell it. A key that\n" +
		"can never arrive is refused. `postea keys` lists all as they are configured; `postea config check` says which action has lost its last key to another one.\n" +
		"Where a keyboard writes Russian, Ukrainian, Greek, Hebrew, Arabic or Korean, a letter that is no key of its own means that of an English keyboard in the same place; so do\n" +
		"those with `ctrl` and `alt`, in terminals that tell the place (kitty, foot, Ghostty, WezTerm). A letter of your own can be given beside the others: `down = [\"j\", \"down\", \"ö\"]`.\n")
	for _, s := range Scopes() {
		fmt.Fprintf(&b, "\n## %s\n\n| keys | | name |\n|---|---|---|\n", s.Name())
		for _, e := range Table() {
			if e.In&s == 0 {
				continue
			}
			var list []string
			for _, k := range e.Keys {
				list = append(list, "`"+strings.ReplaceAll(k, "|", "\\|")+"`")
			}
			title := e.Title
			if e.Help != "" {
				title += ": " + e.Help
			}
			fmt.Fprintf(&b, "| %s | %s | `%s` |\n", strings.Join(list, " "), title, e.ID)
		}
	}
	return b.String()
}
