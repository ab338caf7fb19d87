package tui_test

import "testing"

// What is archived stays in Starred, and the cursor on it; what is deleted leaves.
func TestStoryActingInStarred(t *testing.T) {
	d := newDesk(t)
	d.Press("*", "s")
	d.See("Starred 3 conversations")
	d.Press(":")
	d.Type("starred")
	d.Press("enter")
	d.See("postea   Starred", "▌    Anvil")
	d.Press("e")
	d.See("Archived 1 conversation", "▌    Anvil")
	d.there("Archive", `Anvil \Flagged`)
	d.See("▌    Anvil")
	d.Press("d")
	d.See("Deleted 1 conversation", "▌    Bellows")
	d.there("Trash", `Anvil \Flagged`)
	d.Press("g", "i", ".")
	d.See("Deleted 1 conversation")
	d.there("Trash", `Anvil \Flagged`, `Bellows \Flagged`)
}
