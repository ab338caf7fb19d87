package tui_test

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/when"
	"postea/tui"
	"postea/tui/tuitest"
)

func TestProgressInTheTab(t *testing.T) {
	syncing := func() *tuitest.Backend {
		b := tuitest.Sample()
		b.States = []app.Status{{Kind: app.StatusSyncing, Account: "ada@example.org", Done: 30, Of: 120}, {Kind: app.StatusOnline, Account: "work"}}
		return b
	}
	needing := func() *tuitest.Backend {
		b := syncing()
		b.States[1].Kind = app.StatusNeedsYou
		return b
	}
	idle := tuitest.Empty // nothing is being sent
	for _, tt := range []struct {
		name    string
		options tui.Options
		backend func() *tuitest.Backend
		want    *tea.ProgressBar
	}{
		{"syncing", tui.Options{Progress: "on"}, syncing, tea.NewProgressBar(tea.ProgressBarDefault, 25)},
		{"needs you", tui.Options{Progress: "on"}, needing, tea.NewProgressBar(tea.ProgressBarError, 100)},
		{"sending", tui.Options{Progress: "on"}, tuitest.Sample, tea.NewProgressBar(tea.ProgressBarIndeterminate, 0)},
		{"sending, still", tui.Options{Progress: "on", Still: true}, tuitest.Sample, nil},
		{"idle", tui.Options{Progress: "on"}, idle, nil},
		{"off", tui.Options{Progress: "off"}, syncing, nil},
		{"unknown terminal", tui.Options{Getenv: func(string) string { return "" }}, syncing, nil},
	} {
		tuitest.Run(t, tuitest.Setup{Width: 100, Height: 30, Backend: tt.backend(), Options: tt.options}, func(d *tuitest.Driver) {
			got := d.View().ProgressBar
			if (got == nil) != (tt.want == nil) || got != nil && *got != *tt.want {
				t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
			}
		})
	}
}

func TestTitleCanBeLeftAlone(t *testing.T) {
	for _, off := range []bool{false, true} {
		tuitest.Run(t, tuitest.Setup{Width: 100, Height: 30, Options: tui.Options{NoTitle: off}}, func(d *tuitest.Driver) {
			if got := d.View().WindowTitle; (got == "") != off {
				t.Errorf("off %v: the title is %q", off, got)
			}
		})
	}
}

// With reduced motion the screen does not change by itself within a minute.
func TestStill(t *testing.T) {
	for _, still := range []bool{false, true} {
		tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: tui.Options{Still: still}}, func(d *tuitest.Driver) {
			d.Press("g o")
			before := d.Screen()
			d.Advance(5 * time.Second)
			if (d.Screen() == before) != still {
				t.Errorf("still %v:\n%s\nthen:\n%s", still, before, d.Screen())
			}
			if strings.Contains(before, "synced at 09:41") != still {
				t.Errorf("still %v:\n%s", still, before)
			}
		})
	}
}

func TestDatesByLocale(t *testing.T) {
	for locale, want := range map[string][]string{
		"de_DE.UTF-8": {" 09:41\n", " 14 Nov\n"},
		"en_US.UTF-8": {" 9:41 AM\n", " Nov 14\n"},
		"sv_SE.UTF-8": {" 09:41\n", " 11-14\n"},
	} {
		tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: tui.Options{Dates: when.StyleOf(locale)}}, func(d *tuitest.Driver) {
			d.See(want...)
		})
	}
}

// The cursor follows what is current, in words alone, so that a screen reader
// can tell it.
func TestPlainFollowsTheCursor(t *testing.T) {
	tuitest.Run(t, tuitest.Setup{Width: 100, Height: 30, Options: tui.Options{Plain: true}}, func(d *tuitest.Driver) {
		said := func(want string) {
			t.Helper()
			c := d.View().Cursor
			if c == nil {
				t.Fatalf("no cursor, want it on %q:\n%s", want, d.Screen())
			}
			if line := strings.Split(d.Screen(), "\n")[c.Y]; !strings.Contains(line, want) {
				t.Fatalf("the cursor is on %q, want %q:\n%s", line, want, d.Screen())
			}
		}
		said("unread, Grace Hopper, Re: the talk on Thursday, 09:41, 3 messages, attachments")
		d.Press("j", "x", "k")
		said("selected, Linus")
		d.Press("esc", "g g", "s")
		said("starred")
		d.Press("ctrl+b")
		said("All inboxes, 4 unread, shown now")
		d.Press("j")
		said("Outbox, ")
		d.Press("ctrl+b", "enter")
		said("from Grace Hopper <grace@example.net>, Today 09:41, starred")
		d.Press("j")
		said("to you")
		d.Press("2 j")
		said("I can bring the nanoseconds")
		d.Press("K")
		said("from Grace Hopper <grace@example.net>, Yesterday 18:41")
		d.Press("esc", ":", "down")
		said("Search, ")
		d.Press("esc", "g c", "down")
		said("Howard Aitken, h.aitken@example.ac.uk, 1 mail")
		d.Press("esc", "g o", "j", "enter")
		if d.View().Cursor == nil {
			t.Error("no cursor on the journey")
		}
	})
}

// Nothing that is drawn with is on the plain screen.
func TestPlainHasNoSigns(t *testing.T) {
	for _, keys := range [][]string{nil, {"enter"}, {"enter", "S"}, {"ctrl+b"}, {":"}, {"?"}, {"g o"}, {"g o", "enter"}, {"c"}, {"r"}, {"b"}, {"g c"}, {"/"}} {
		tuitest.Run(t, tuitest.Setup{Width: 100, Height: 30, Options: tui.Options{Plain: true}}, func(d *tuitest.Driver) {
			d.Press(keys...)
			if i := strings.IndexAny(d.Screen(), "●★⊕✓✕◷↻↩▌│─›▸⋯↵○◌▲━▾╭╮╰╯◆∅‹"); i >= 0 {
				t.Errorf("after %v: %q on\n%s", keys, []rune(d.Screen()[i:])[0], d.Screen())
			}
		})
	}
}

// The key turns between compact and comfortable at every width, and a folder
// that has rows of its own keeps them.
func TestDensity(t *testing.T) {
	const one = "Re: the talk on Thursday"
	for _, width := range []int{80, 120, 200} {
		tuitest.Run(t, tuitest.Setup{Width: width, Height: 40, Options: tui.Options{Preview: "off"}}, func(d *tuitest.Driver) {
			line := func() string {
				for l := range strings.SplitSeq(d.Screen(), "\n") {
					if strings.Contains(l, "Grace Hopper") {
						return l
					}
				}
				return ""
			}
			if !strings.Contains(line(), one) {
				t.Fatalf("not on one line:\n%s", d.Screen())
			}
			d.Press("=")
			if strings.Contains(line(), one) {
				t.Fatalf("at %d columns = changes nothing:\n%s", width, d.Screen())
			}
			d.Press("=")
			if !strings.Contains(line(), one) {
				t.Fatalf("at %d columns = does not turn back:\n%s", width, d.Screen())
			}
		})
	}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 40}, func(d *tuitest.Driver) {
		d.Press("g i", "O")
		d.Type("comfortable rows")
		d.Press("enter")
		d.SeeNot("Grace Hopper          Re:")
		d.Press("=", "g a")
		d.See("Re: the talk on Thursday")
		d.Press("g i")
		if v := d.Backend.Views; len(v) != 1 {
			t.Fatalf("views: %v", v)
		}
		for _, v := range d.Backend.Views {
			if v.Rows != "compact" {
				t.Errorf("the folder keeps %q", v.Rows)
			}
		}
	})
}
