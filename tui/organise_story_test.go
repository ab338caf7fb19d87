package tui_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postea/config"
	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui"
	"postea/tui/tuitest"
)

// deskOf is somebody's postea, with a clock that can be set forward.
type deskOf struct {
	*person
	ground
	cfg *config.Config
	dir string

	mu    sync.Mutex
	ahead time.Duration
}

const adaAt = "ada@postea.example"

// letters puts three letters into the inbox; the first is the newest.
func (g ground) letters() {
	for i, name := range []string{"Anvil", "Bellows", "Chisel"} {
		g.other.deliver("INBOX", letter(fmt.Sprintf("Smith <smith%d@x.example>", i), g.account.Address, name, "",
			"About the "+strings.ToLower(name)+".", time.Now().Add(-time.Duration(i+1)*time.Hour)))
	}
}

// newDesk is a desk with the three letters on the server in the process.
func newDesk(t *testing.T) *deskOf { t.Helper(); return deskAt(t, demoGround(t)) }

func deskAt(t *testing.T, g ground) *deskOf {
	t.Helper()
	g.letters()
	cfg, err := config.Parse("test", nil)
	if err != nil {
		t.Fatal(err)
	}
	saves := t.TempDir()
	cfg.Accounts, cfg.Reading.Downloads = []config.Account{g.account}, saves
	d := &deskOf{person: &person{saves: saves}, ground: g, cfg: cfg, dir: emptyStore.Dir(t)}
	d.start(t)
	d.See("synced", "Anvil", "Chisel")
	d.Until("the bodies", func(string) bool {
		list, err := d.app.Messages(t.Context(), "", "inbox", 10)
		if err != nil || len(list) != 3 {
			return false
		}
		for _, m := range list {
			if _, _, err := d.app.Parsed(t.Context(), m.ID); err != nil {
				return false
			}
		}
		return true
	})
	return d
}

// start opens postea, or opens it again after stop.
func (d *deskOf) start(t *testing.T) {
	t.Helper()
	a, err := app.Open(t.Context(), app.Options{Config: d.cfg, Dir: d.dir, Hold: true, Now: d.now})
	if err != nil {
		t.Fatal(err)
	}
	d.app = a
	t.Cleanup(func() { a.Close() })
	a.Start(t.Context())
	d.Live = tuitest.NewLive(t, a, tui.Options{Rest: time.Hour, Now: d.now}, 140, 40)
}

func (d *deskOf) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Now().Add(d.ahead)
}

// turn sets the clock forward.
func (d *deskOf) turn(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ahead += by
}

// later lets time pass for postea.
func (d *deskOf) later(by time.Duration) {
	d.turn(by)
	d.Press("P", "P") // pinned and not: the marks are looked at again
}

// there waits until the server has exactly these of the letters in a folder; each
// may be followed by flags it must have ("Anvil $Junk") or, after a minus, not.
func (d *deskOf) there(folder string, want ...string) {
	d.T.Helper()
	d.Until(fmt.Sprintf("%s to hold %q on the server", folder, want), func(string) bool {
		have, err := d.other.messages(folder)
		if err != nil {
			return len(want) == 0
		}
		if len(have) != len(want) {
			return false
		}
		for _, w := range want {
			f := strings.Fields(w)
			if !slices.ContainsFunc(have, func(m held) bool { return fits(m, f) }) {
				return false
			}
		}
		return true
	})
}

func fits(m held, want []string) bool {
	if strings.ReplaceAll(m.subject, " ", "") != want[0] {
		return false
	}
	for _, flag := range want[1:] {
		name, not := strings.CutPrefix(flag, "-")
		if mail.HasFlag(m.flags, name) == not {
			return false
		}
	}
	return true
}

// untouched is how everything lay in the beginning.
func (d *deskOf) untouched(folders ...string) {
	d.T.Helper()
	none := `-\Seen -\Flagged -$Junk -$Muted -$Snoozed -Forge`
	d.there("INBOX", "Anvil "+none, "Bellows "+none, "Chisel "+none)
	for _, f := range folders {
		d.there(f)
	}
}

// deed is something done to Anvil, which is under the cursor.
type deed struct {
	name   string
	do     func(d *deskOf)
	toast  string
	leaves bool // Anvil is not in the list any more
	inbox  []string
	folder string // and another one
	there  []string
}

func pick(keys ...string) func(*deskOf) { return func(d *deskOf) { d.Press(keys...) } }

func deeds() []deed {
	rest := []string{"Bellows", "Chisel"}
	all := func(anvil string) []string { return append([]string{"Anvil " + anvil}, rest...) }
	return []deed{
		{name: "archive", do: pick("e"), toast: "Archived 1 conversation", leaves: true, inbox: rest, folder: "Archive", there: []string{"Anvil"}},
		{name: "delete", do: pick("d"), toast: "Deleted 1 conversation", leaves: true, inbox: rest, folder: "Trash", there: []string{"Anvil"}},
		{name: "junk", do: pick("!"), toast: "to Junk", leaves: true, inbox: rest, folder: "Junk", there: []string{"Anvil $Junk -$NotJunk"}},
		{name: "star", do: pick("s"), toast: "Starred 1 conversation", inbox: all(`\Flagged`)},
		{name: "read", do: pick("U"), toast: "as read", inbox: all(`\Seen`)},
		{name: "move", do: func(d *deskOf) { d.Press("m"); d.See("Move to"); d.Type("trash"); d.Press("enter") }, toast: "to Trash", leaves: true, inbox: rest, folder: "Trash", there: []string{"Anvil"}},
		{name: "copy", do: func(d *deskOf) { d.Press("C"); d.See("Copy to"); d.Type("archive"); d.Press("enter") }, toast: "Copied 1 conversation to Archive", inbox: all(""), folder: "Archive", there: []string{"Anvil"}},
		{name: "label", do: func(d *deskOf) {
			d.Press("l")
			d.See("Labels")
			d.Type("Forge")
			d.See("a new label")
			d.Press("enter")
		}, toast: "Labelled 1 conversation Forge", inbox: all("Forge")},
		{name: "mute", do: pick("M"), toast: "Muted 1 conversation", leaves: true, inbox: rest, folder: "Archive", there: []string{"Anvil $Muted"}},
		{name: "snooze", do: func(d *deskOf) { d.Press("b"); d.See("Snooze until"); d.Type("tomorrow 9:00"); d.Press("enter") }, toast: "Snoozed 1 conversation until", leaves: true, inbox: rest, folder: "Snoozed", there: []string{"Anvil $Snoozed"}},
		{name: "remind", do: func(d *deskOf) { d.Press("W"); d.See("Remind me"); d.Type("tomorrow 9:00"); d.Press("enter") }, toast: "Reminder at", inbox: all("")},
		{name: "pin", do: func(d *deskOf) { d.Press("j", "P"); d.Press("g g") }, toast: "Pinned 1 conversation", inbox: all("")},
		{name: "mark all read", do: pick("A"), toast: "Marked 3 messages as read", inbox: []string{`Anvil \Seen`, `Bellows \Seen`, `Chisel \Seen`}},
		{name: "all at once", do: pick("*", "e"), toast: "Archived 3 conversations", leaves: true, folder: "Archive", there: []string{"Anvil", "Bellows", "Chisel"}},
		{name: "a range", do: pick("V", "j", "e"), toast: "Archived 2 conversations", leaves: true, inbox: []string{"Chisel"}, folder: "Archive", there: []string{"Anvil", "Bellows"}},
		{name: "what matches", do: func(d *deskOf) {
			d.Press("T")
			d.See("Select what matches")
			d.Type("from:smith1")
			d.Press("enter")
			d.See("1 selected")
			d.Press("e")
		}, toast: "Archived 1 conversation", inbox: []string{"Anvil", "Chisel"}, folder: "Archive", there: []string{"Bellows"}},
		{name: "repeat", do: pick("e", "."), toast: "Archived 1 conversation", leaves: true, inbox: []string{"Chisel"}, folder: "Archive", there: []string{"Anvil", "Bellows"}},
	}
}

// takeBack undoes it, and waits until all is shown as it was.
func (d *deskOf) takeBack(x deed) {
	d.T.Helper()
	d.Press("u")
	d.See("Taken back: ")
	if x.name == "repeat" {
		d.See("Bellows")
		d.Press("u")
	}
	d.See("Anvil", "Bellows", "Chisel")
	d.Gone("★", "◆", "Forge")
	d.Until("all to be unread", func(screen string) bool { return strings.Count(screen, "● Smith") == 3 })
}

// done waits until the server has it as it is after the deed.
func (d *deskOf) done(x deed) {
	d.T.Helper()
	d.there("INBOX", x.inbox...)
	if x.folder != "" {
		d.there(x.folder, x.there...)
	}
}

// Every action reaches the server, and its undo does.
func TestStoryEveryActionAndItsUndo(t *testing.T) {
	everywhere(t, func(t *testing.T, here func(*testing.T) ground) {
		for i, x := range deeds() {
			if notNow(0, i%3, 3) {
				continue
			}
			t.Run(x.name, func(t *testing.T) {
				d := deskAt(t, here(t))
				x.do(d)
				d.See(x.toast)
				if x.leaves {
					d.Gone("Anvil")
				}
				d.done(x)
				d.takeBack(x)
				d.untouched(slices.DeleteFunc([]string{x.folder}, func(f string) bool { return f == "" })...)
			})
		}
	})
}

// The same while there is no network: what was done and not taken back is carried
// out when there is one again; what was taken back never reaches the server.
func TestStoryEveryActionOffline(t *testing.T) {
	everywhere(t, func(t *testing.T, here func(*testing.T) ground) {
		for i, x := range deeds() {
			if notNow(1, i%3, 3) {
				continue
			}
			t.Run(x.name, func(t *testing.T) {
				d := deskAt(t, here(t))
				d.Press("ctrl+o")
				d.See("You are offline")
				x.do(d)
				d.See(x.toast)
				if x.leaves {
					d.Gone("Anvil")
				}
				d.takeBack(x)
				d.untouched()
				d.Press("g g")
				x.do(d)
				d.See(x.toast)
				d.untouched() // still: nobody has told the server
				d.Press("ctrl+o")
				d.See("Online again")
				d.done(x)
			})
		}
	})
}

// What is snoozed returns on top, unread, after a restart and without a network.
func TestStorySnoozeReturns(t *testing.T) {
	everywhere(t, func(t *testing.T, here func(*testing.T) ground) {
		d := deskAt(t, here(t))
		d.Press("G", "U", "b")
		d.See("Snooze until")
		d.Type("in 2h")
		d.Press("enter")
		d.See("Snoozed 1 conversation until")
		d.there("Snoozed", `Chisel \Seen $Snoozed`)
		d.Until("the new folder to be listed", regexp.MustCompile(`Snoozed +1 +│`).MatchString)
		d.Press("g b")
		d.See("Chisel")
		d.app.Close()
		port := d.cfg.Accounts[0].IMAP.Port
		d.listens(1) // where nobody does
		d.turn(3 * time.Hour)
		d.start(t)
		d.See("Anvil", "Chisel")
		d.Until("Chisel to stand on top", func(screen string) bool {
			return strings.Index(screen, "Chisel") < strings.Index(screen, "Anvil") && strings.Contains(screen, "Chisel")
		})
		d.app.Close()
		d.listens(port)
		d.start(t)
		d.there("INBOX", "Anvil", "Bellows", `Chisel -\Seen -$Snoozed`)
		d.there("Snoozed")
	})
}

// listens changes the port of the server, in a configuration of its own: what the
// interface asked before may still be reading the old one.
func (d *deskOf) listens(port int) {
	cfg := *d.cfg
	cfg.Accounts = slices.Clone(cfg.Accounts)
	cfg.Accounts[0].IMAP.Port = port
	d.cfg = &cfg
}

// What nobody has answered comes back to the inbox; what somebody has does not.
func TestStoryReminder(t *testing.T) {
	everywhere(t, func(t *testing.T, here func(*testing.T) ground) {
		for _, answered := range []bool{false, true} {
			t.Run(fmt.Sprint("answered ", answered), func(t *testing.T) { remind(deskAt(t, here(t)), answered) })
		}
	})
}

func remind(d *deskOf, answered bool) {
	d.T.Helper()
	me := d.account.Address
	d.other.deliver("Sent", letter("Ada <"+me+">", "carl@x.example", "Hammer", "", "Have you one?", time.Now().Add(-time.Minute)), `\Seen`)
	d.Press("ctrl+r", "g s")
	d.See("Hammer")
	d.Press("W")
	d.See("Remind me")
	d.Type("in 2h")
	d.Press("enter")
	d.See("Reminder at")
	if answered {
		d.other.deliver("INBOX", letter("Carl <carl@x.example>", me, "Re: Hammer", "Hammer", "Yes.", time.Now()))
		d.Press("g i")
		d.See("Re: Hammer")
	}
	d.Press("g i")
	d.See("Chisel")
	d.Press("G")
	d.later(3 * time.Hour)
	if answered {
		d.there("INBOX", "Anvil", "Bellows", "Chisel", "Re:Hammer")
		d.See("Re: Hammer")
		return
	}
	d.See("Nobody has answered: Hammer")
	d.there("INBOX", "Anvil", "Bellows", "Chisel", `Hammer -\Seen`)
	d.there("Sent", "Hammer")
}

// What comes to a muted conversation passes the inbox by.
func TestStoryMutedStaysAway(t *testing.T) {
	everywhere(t, func(t *testing.T, here func(*testing.T) ground) {
		d := deskAt(t, here(t))
		d.Press("M")
		d.See("Muted 1 conversation")
		d.there("Archive", "Anvil $Muted")
		d.other.deliver("INBOX", letter("Smith <smith0@x.example>", d.account.Address, "Re: Anvil", "Anvil", "More.", time.Now()))
		d.there("Archive", "Anvil", "Re:Anvil")
		d.there("INBOX", "Bellows", "Chisel")
		d.Press("/")
		d.Type("is:muted")
		d.See("1 found")
	})
}

// What the server took for junk comes back by the same key, and that is undone.
func TestStoryNotJunk(t *testing.T) {
	everywhere(t, func(t *testing.T, here func(*testing.T) ground) {
		d := deskAt(t, here(t))
		d.other.deliver("Junk", letter("Dora <dora@x.example>", d.account.Address, "Doorbell", "", "About the doorbell.", time.Now().Add(-time.Minute)), "$Junk")
		d.Press("ctrl+r", "shift+tab")
		d.goTo("Junk")
		d.See("Doorbell")
		d.Press("!")
		d.See("to Inbox as no junk")
		d.there("Junk")
		d.there("INBOX", "Anvil", "Bellows", "Chisel", "Doorbell -$Junk")
		d.Press("u")
		d.See("Taken back")
		d.there("Junk", "Doorbell $Junk")
		d.untouched()
	})
}

// goTo opens a folder by the palette.
func (d *deskOf) goTo(folder string) {
	d.T.Helper()
	d.Press(":")
	d.Type(folder)
	d.See(folder)
	d.Press("enter")
}

// Copies, labels and moves made without a network and taken over by another run.
func TestStoryOfflineOverARestart(t *testing.T) {
	everywhere(t, func(t *testing.T, here func(*testing.T) ground) {
		d := deskAt(t, here(t))
		d.Press("ctrl+o")
		d.See("You are offline")
		d.Press("C")
		d.See("Copy to")
		d.Type("archive")
		d.Press("enter")
		d.See("Copied 1 conversation")
		d.Press("d")
		d.See("Deleted 1 conversation")
		d.app.Close()
		d.untouched()
		d.start(t)
		d.there("INBOX", "Bellows", "Chisel")
		d.there("Archive", "Anvil")
		d.there("Trash", "Anvil")
	})
}

func TestStoryExport(t *testing.T) {
	d := newDesk(t)
	d.Press("w")
	d.See("Export to", "Anvil.eml")
	d.Press("enter")
	d.See("Exported 1 message to")
	got, err := os.ReadFile(filepath.Join(d.saves, "Anvil.eml"))
	if err != nil || !strings.Contains(string(got), "About the anvil.") {
		t.Fatalf("%q, %v", got, err)
	}
	d.Press("*", "w")
	d.See(".mbox")
	d.Press("enter")
	d.See("Exported 3 messages")
	got, err = os.ReadFile(filepath.Join(d.saves, "Chisel.mbox"))
	if err != nil || strings.Count(string(got), "\nFrom ") != 2 || !strings.HasPrefix(string(got), "From smith2@x.example ") {
		t.Fatalf("%q, %v", got, err)
	}
}

// newPersonWith opens postea with bodies fetched as said, and waits until all
// headers are here.
func newPersonWith(t *testing.T, bodies string, acc config.Account) *person {
	t.Helper()
	cfg, err := config.Parse("test", nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Accounts, cfg.Reading.Bodies = []config.Account{acc}, bodies
	p := &person{}
	if p.app, err = app.Open(t.Context(), app.Options{Config: cfg, Dir: emptyStore.Dir(t), Hold: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.app.Close() })
	p.app.Start(t.Context())
	p.Live = tuitest.NewLive(t, p.app, tui.Options{Rest: time.Hour, Preview: "off"}, 140, 40)
	p.See("synced")
	return p
}

// firstIDs are the messages of the inbox, newest first.
func firstIDs(t *testing.T, p *person) []mail.ID {
	t.Helper()
	list, err := p.app.Messages(t.Context(), "", "inbox", 100)
	if err != nil {
		t.Fatal(err)
	}
	var out []mail.ID
	for _, m := range list {
		out = append(out, m.ID)
	}
	return out
}
