package tui_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/demo"
)

// folderThere waits until the server has a folder, or has it no more.
func (d *deskOf) folderThere(name string, there bool) {
	d.T.Helper()
	d.Until(fmt.Sprintf("the folder %s: %t", name, there), func(string) bool {
		list, err := d.other.folders()
		return err == nil && slices.Contains(list, name) == there
	})
}

// settled waits until what the server has done is known here too: what comes to
// the inbox now is fetched after that.
func (d *deskOf) settled() {
	d.T.Helper()
	d.other.deliver("INBOX", letter("x@x.example", d.account.Address, "Dowel", "", "x", time.Now()))
	d.See("Dowel")
}

// listed waits until a folder stands last in the sidebar, where G goes.
func (d *deskOf) listed(name string) {
	d.T.Helper()
	d.Until("the sidebar to end with "+name, func(screen string) bool {
		last := ""
		for line := range strings.Lines(screen) {
			if side, _, ok := strings.Cut(line, "│"); ok && strings.TrimSpace(side) != "" {
				last = side
			}
		}
		return strings.HasPrefix(strings.TrimSpace(strings.Trim(last, "▌ ")), name)
	})
}

// Folders are made, renamed, filled and deleted, and each of it is undone, on the
// server too.
func TestStoryFolders(t *testing.T) {
	everywhere(t, func(t *testing.T, here func(*testing.T) ground) {
		d := deskAt(t, here(t))
		d.Press("shift+tab", "n")
		d.See("New folder")
		d.Type("Attic/Tools")
		d.Press("enter")
		d.See("Made the folder Attic/Tools")
		d.folderThere("Attic/Tools", true)
		d.Press("u")
		d.See("Taken back: Made the folder")
		d.folderThere("Attic/Tools", false)

		d.Press("n")
		d.See("New folder")
		d.Type("Forge")
		d.Press("enter")
		d.See("Made the folder Forge")
		d.folderThere("Forge", true)
		d.listed("Forge")
		d.Press("G", "r")
		d.See("Rename")
		for range len("Forge") {
			d.Press("backspace")
		}
		d.Type("Schmiede ö")
		d.Press("enter")
		d.See("Renamed Forge to Schmiede ö")
		d.folderThere("Schmiede ö", true)
		d.folderThere("Forge", false)
		d.listed("Schmiede ö")
		d.Press("u")
		d.See("Taken back: Renamed")
		d.folderThere("Forge", true)
		d.listed("Forge")

		d.Press("g i")
		d.See("Anvil")
		d.Press("m")
		d.See("Move to")
		d.Type("forge")
		d.Press("enter")
		d.See("Moved 1 conversation to Forge")
		d.there("Forge", "Anvil")
		d.listed("Forge")
		d.Press("shift+tab", "G", "d")
		d.See("Delete the folder Forge?", "move to Trash")
		d.Press("y")
		d.See("Deleted the folder Forge")
		d.folderThere("Forge", false)
		d.there("Trash", "Anvil")
		d.Press("u")
		d.See("Taken back: Deleted the folder")
		d.folderThere("Forge", true)
		d.there("Forge", "Anvil")
		d.there("Trash")
	})
}

// Folders stand in the order that they are put into, by keys and by the mouse, and
// favourites on top; the next start has both.
func TestStoryFolderOrder(t *testing.T) {
	d := newDesk(t)
	d.Press("shift+tab")
	for _, name := range []string{"Alcove", "Bower", "Crypt"} {
		d.Press("n")
		d.See("New folder")
		d.Type(name)
		d.Press("enter")
		d.See("Made the folder " + name)
		d.folderThere(name, true)
	}
	order := func(want ...string) {
		t.Helper()
		d.Until("the order "+strings.Join(want, " "), func(screen string) bool {
			var have []string
			for line := range strings.Lines(screen) {
				side, _, _ := strings.Cut(line, "│")
				if name := strings.Trim(side, "▌ "); slices.Contains(want, name) {
					have = append(have, name)
				}
			}
			return slices.Equal(have, want)
		})
	}
	order("Alcove", "Bower", "Crypt")
	d.Press("G", "K")
	order("Alcove", "Crypt", "Bower")
	d.Press("2 K")
	order("Crypt", "Alcove", "Bower")
	d.Press("J")
	order("Alcove", "Crypt", "Bower")
	d.Drag("Bower", "Alcove")
	order("Bower", "Alcove", "Crypt")
	d.Press("shift+tab", "f")
	d.See("Bower is a favourite", "FAVOURITES")
	order("Bower", "Bower", "Alcove", "Crypt")
	d.app.Close()
	d.start(t)
	order("Bower", "Bower", "Alcove", "Crypt")
}

// A folder that is deleted here while another client puts something into it is
// not deleted: it comes back, and the user is told.
func TestStoryFolderRefused(t *testing.T) {
	everywhere(t, func(t *testing.T, here func(*testing.T) ground) {
		d := deskAt(t, here(t))
		d.Press("shift+tab", "n")
		d.See("New folder")
		d.Type("Forge")
		d.Press("enter")
		d.folderThere("Forge", true)
		d.listed("Forge")
		d.settled()
		d.Press("ctrl+o")
		d.See("You are offline")
		d.Press("G", "d")
		d.See("Deleted the folder Forge")
		d.other.deliver("Forge", letter("x@x.example", "y@x.example", "Late", "", "x", time.Now()))
		d.Press("ctrl+o")
		d.See("Forge was not deleted")
		d.folderThere("Forge", true)
		d.there("Forge", "Late")
	})
}

// A rename that another client was faster with.
func TestStoryFolderRenameRefused(t *testing.T) {
	everywhere(t, func(t *testing.T, here func(*testing.T) ground) {
		d := deskAt(t, here(t))
		d.Press("shift+tab", "n")
		d.See("New folder")
		d.Type("Forge")
		d.Press("enter")
		d.folderThere("Forge", true)
		d.listed("Forge")
		d.settled()
		d.Press("ctrl+o")
		d.See("You are offline")
		d.Press("G", "r")
		d.See("Rename")
		d.Type("2")
		d.Press("enter")
		d.See("Renamed Forge to Forge2")
		d.other.deliver("Forge2", letter("x@x.example", "y@x.example", "Theirs", "", "x", time.Now()))
		d.Press("ctrl+o")
		d.Until("the refusal", func(screen string) bool {
			return strings.Contains(screen, "could not be renamed") || strings.Contains(screen, "would not rename")
		})
		d.folderThere("Forge", true)
		d.there("Forge2", "Theirs")
	})
}

func TestStoryEmptyTrash(t *testing.T) {
	everywhere(t, func(t *testing.T, here func(*testing.T) ground) {
		d := deskAt(t, here(t))
		d.Press("d")
		d.See("Deleted 1 conversation")
		d.there("Trash", "Anvil")
		d.Press("g t")
		d.See("Trash", "Anvil")
		d.Press(":")
		d.Type("empty trash")
		d.Press("enter")
		d.See("Empty Trash?", "1 message will be deleted for good")
		d.Press("enter") // not enough
		d.See("Empty Trash?")
		d.Press("y")
		d.See("deleted for good")
		d.there("Trash")
		d.there("INBOX", "Bellows", "Chisel")
	})
}

// Bodies that are not here are searched by the server.
func TestStorySearchAsksTheServer(t *testing.T) {
	s := startDemo(t, demo.Options{Empty: true})
	for i := range 20 {
		word := "granite"
		if i%2 == 0 {
			word = "basalt"
		}
		raw := fmt.Sprintf("From: Mason <m@x.example>\r\nTo: %s\r\nSubject: Stone %02d\r\nMessage-ID: <s%d@x>\r\nDate: %s\r\n\r\nThis one is of %s.\r\n",
			adaAt, i, i, time.Now().Add(-time.Duration(i+1)*time.Hour).Format(time.RFC1123Z), word)
		if err := s.Deliver(adaAt, "INBOX", []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	p := newPersonWith(t, "none", demoProfiles(t, s)[0])
	// Half of the bodies are here.
	for id := range 10 {
		if err := p.app.Fetch(t.Context(), firstIDs(t, p)[id]); err != nil {
			t.Fatal(err)
		}
	}
	p.Press("/")
	p.Type("basalt")
	p.See("5 found", "bodies of 10 are not here")
	p.Press("enter")
	p.See("10 found", "the servers found 5 of 10 without bodies here")
	p.Press("/")
	p.Type(" stone -granite newer:1d")
	p.Press("enter")
	p.See("10 found", "the servers found 5")
	p.Press("e")
	p.See("Archived 1 conversation")

	s.IMAP.SetOffline(true)
	p.Press("/")
	p.Type(" ")
	for range 40 {
		p.Press("backspace")
	}
	p.Press("/")
	p.Type("granite")
	p.Press("enter")
	p.Until("the reason", func(screen string) bool { return strings.Contains(screen, "are not here;") })
	p.See("5 found")
}

// Offline and online again, faster than connections end.
func TestStoryOfflineForAMoment(t *testing.T) {
	d := newDesk(t)
	for range 5 {
		d.Press("ctrl+o", "ctrl+o")
	}
	d.Press("e") // waits until all of that is done
	d.there("Archive", "Anvil")
}

func TestStoryOfflineIsSaidInTheBottomLine(t *testing.T) {
	d := newDesk(t)
	d.Press("ctrl+o")
	d.See("You are offline: what you do waits")
	d.Press("j") // the toast has been read
	d.See("○ offline, what you do waits")
}
