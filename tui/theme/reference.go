package theme

import (
	"fmt"
	"strings"
)

// Reference is the documentation of the themes in Markdown, made of the tables
// that they are made of.
func Reference() string {
	var b strings.Builder
	b.WriteString("# Themes\n\n`:` and *Change the theme…* shows each while you move through them, and keeps the one you take in the configuration:\n\n" +
		"    [ui]\n    theme = \"auto\"\n\n| name | |\n|---|---|\n")
	for _, t := range BuiltIn() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", t.Name, t.About)
	}
	b.WriteString(`
All but the painted ones (` + "`contrast`, `paper`, `night`" + `) leave the terminal's own background, where it tells which that is ([looks](looks.md)). With 16 colours every theme is drawn in those of the terminal, and the
row under the cursor in reverse; with ` + "`NO_COLOR`" + ` set there is no colour, and no meaning is lost: a sign or a word stands beside each colour.

## Your own

A file in the directory ` + "`themes`" + ` beside the configuration (` + "`postea config path`" + `), such as ` + "`themes/sea.toml`" + ` for ` + "`theme = \"sea\"`" + `. What it does not
name is as in the base, which is one of those above. A table is for one kind of terminal; what stands above the tables is for both.

    base = "auto"

    [dark]
    accent     = "#3fb8ad"
    selection  = "#12303a"
    background = "#00212b"       # painted; without it, or with "terminal", the terminal's own is kept

    [light]
    accent     = "#0a5c5c"
    selection  = "#e3f1f2"

| colour | of |
|---|---|
`)
	for _, r := range Roles() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", r.Name, r.About)
	}
	fmt.Fprintf(&b, "\n`postea config check` says what is wrong with a theme, with file and line, and warns where something that is read has a contrast below %.1f with what it\n"+
		"lies on (WCAG 2.2); it is used all the same. `postea config themes` lists all there are.\n\nThis page is made of the program's own tables.\n", Readable)
	return b.String()
}
