package tui_test

import (
	"fmt"
	"testing"
	"time"

	"postea/config"
	"postea/tui/tuitest"
)

// Of an account that is not kept whole, the end of a list says so, a search finds
// what is at the server only, and a key fetches it.
func TestStoryOlderMail(t *testing.T) {
	everywhere(t, func(t *testing.T, here func(*testing.T) ground) {
		g := here(t)
		const all, kept = 508, 500
		for i := range all {
			g.other.deliver("INBOX", letter("Mason <m@x.example>", g.account.Address, fmt.Sprintf("Stone %03d", i), "", "A stone.", time.Now().Add(time.Duration(i-all)*time.Hour)))
		}
		cfg, err := config.Parse("test", nil)
		if err != nil {
			t.Fatal(err)
		}
		g.account.Depth, g.account.Bodies = config.Depth{Newest: kept}, "none"
		cfg.Accounts = []config.Account{g.account}
		d := &deskOf{person: &person{saves: t.TempDir()}, ground: g, cfg: cfg, dir: emptyStore.Dir(t)}
		d.start(t)
		d.See("synced", "Stone 507", fmt.Sprint("of ", kept))
		d.Gone("at the server")
		d.Press("G")
		d.See("Stone 008", "8 older messages at the server only", "+ older")
		d.Press("/")
		d.Type(`subject:"Stone 003"`)
		d.See("nothing found")
		d.Press("enter")
		d.See("1 found", "Stone 003")
		d.Press("s")
		d.See("Starred 1 conversation")
		d.Press("esc", "g i", "G")
		d.See("Stone 003", "7 older messages at the server only")
		d.Press("+")
		d.See("7 older messages will come")
		d.See(fmt.Sprint("of ", all))
		d.Press("G")
		d.See("Stone 000", "★")
		d.Until("the star on the server", func(string) bool {
			list, err := g.other.messages("INBOX")
			for _, m := range list {
				if m.subject == "Stone 003" {
					return fits(m, []string{"Stone003", `\Flagged`})
				}
			}
			return err != nil
		})
		if list, err := d.app.Messages(t.Context(), "", "inbox", 2*all); err != nil || len(list) != all {
			t.Errorf("%d messages are here, %v", len(list), err)
		}
	})
}

// Who has nothing new enough is told where the rest is.
func TestNothingThatNew(t *testing.T) {
	b := tuitest.Empty()
	b.Older = 12
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.See("Nothing that new", "12 older messages at the server only")
		d.Press("+")
		d.See("12 older messages will come")
		d.SeeNot("at the server")
	})
}
