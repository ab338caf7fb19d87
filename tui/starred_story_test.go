package tui_test

import (
	"testing"
	"time"
)

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

// What an undo brings back to a list of single messages has the cursor again.
func TestStoryUndoAmongSingleMessages(t *testing.T) {
	d := newDesk(t)
	d.other.deliver("INBOX", letter("Smith <smith0@x.example>", d.account.Address, "Re: Anvil", "Anvil", "More.", time.Now()))
	d.See("Re: Anvil")
	d.Press("g g", "O")
	d.See("Sort and view")
	d.Type("single")
	d.Press("enter")
	d.See("│     Anvil  About the anvil.")
	d.Press("g g", "j", "e")
	d.See("Archived 1 message")
	d.Gone("Anvil  About the anvil.")
	d.Press("g g", "u")
	d.See("Taken back: Archived 1 message", "│▌    Anvil  About the anvil.")
}
