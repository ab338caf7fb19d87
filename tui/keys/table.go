package keys

import (
	"slices"
	"strconv"
)

// Entry is a row of the table.
type Entry struct {
	ID    Action
	Title string // for the palette and the help
	Short string // for the line of hints; "" takes the title
	Help  string // a few more words; may be empty
	Keys  []string
	In    Scope
}

// Label is what the line of hints says.
func (e Entry) Label() string {
	if e.Short != "" {
		return e.Short
	}
	return e.Title
}

// Table gives the rows with their default keys, in the order of the help.
func Table() []Entry {
	t := slices.Concat(moving(), searching(), mailVerbs(), arranging(), readerOnly(), passages(), outgoing(), composing(), settingUp(), going())
	for n := 1; n <= 9; n++ {
		t = append(t, Entry{ID: Account(n), Title: "Account " + strconv.Itoa(n), Keys: []string{"alt+" + strconv.Itoa(n)}, In: Pages})
	}
	return append(t, everywhere()...)
}
