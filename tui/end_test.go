package tui_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/mail"
	"postea/tui"
	"postea/tui/tuitest"
)

// A terminal that is closed, or a system that shuts down, asks nothing: what was typed is
// kept, whatever lies over the composer.
func TestClosedTerminal(t *testing.T) {
	for name, keys := range map[string][]string{"while writing": nil, "in the menu of commands": {"ctrl+k"}, "asked for a time": {"ctrl+l"}} {
		t.Run(name, at(120, 36, func(d *tuitest.Driver) {
			write(d, "grace@example.net", "Lunch", "At noon, by the se")
			d.Press(keys...)
			d.Send(tui.End)
			var saved []mail.Draft
			d.Backend.Do(func() { saved = d.Backend.Drafted })
			if !d.Quit || len(saved) != 1 || !strings.HasPrefix(saved[0].Body, "At noon, by the se") {
				d.T.Errorf("quit %v, saved %+v", d.Quit, saved)
			}
		}))
	}
	t.Run("with nothing to keep", at(120, 36, func(d *tuitest.Driver) {
		d.Send(tui.End)
		if !d.Quit {
			d.T.Error("it goes on")
		}
	}))
}

// A change of very many messages takes longer than the key that quits after it; it is not
// given up for that.
func TestQuitWaitsForChanges(t *testing.T) {
	slowly := func(f func(*tuitest.Driver)) func(*testing.T) {
		return at(120, 36, func(d *tuitest.Driver) {
			d.Backend.Do(func() { d.Backend.Outgoing, d.Backend.Slow = nil, map[string]time.Duration{"Archive": 5 * time.Second} })
			d.Press("e")
			f(d)
		})
	}
	archived := func(d *tuitest.Driver) (yes bool) {
		d.Backend.Do(func() { yes = slices.Contains(d.Backend.Calls, "Archive") })
		return yes
	}
	t.Run("that are written down", slowly(func(d *tuitest.Driver) {
		d.Press("q")
		d.See("Ends when what you changed is written down")
		d.Press("j", "e") // another one
		d.Advance(6 * time.Second)
		if d.Quit {
			d.T.Fatal("it has ended before the second change")
		}
		if d.Advance(5 * time.Second); !d.Quit || !archived(d) {
			d.T.Errorf("quit %v, archived %v", d.Quit, archived(d))
		}
	}))
	t.Run("unless one cannot be made", slowly(func(d *tuitest.Driver) {
		d.Backend.Do(func() { d.Backend.Fail = map[string]error{"Archive": errors.New("the disk is full")} })
		d.Press("q")
		d.Advance(6 * time.Second)
		d.See("the disk is full")
		if d.Quit {
			d.T.Error("it has ended without a word")
		}
		if d.Press("q"); !d.Quit {
			d.T.Error("it does not end any more")
		}
	}))
	t.Run("unless it is asked again", slowly(func(d *tuitest.Driver) {
		d.Press("q", "q")
		d.See("Quit without it?")
		if d.Press("enter"); !d.Quit || archived(d) {
			d.T.Errorf("quit %v, archived %v", d.Quit, archived(d))
		}
		d.Advance(6 * time.Second) // no goroutine is left behind
	}))
	t.Run("which is told where it takes long", slowly(func(d *tuitest.Driver) {
		d.SeeNot("writing down")
		d.Advance(2 * time.Second)
		d.See("writing down what you changed")
		d.Advance(4 * time.Second)
		d.See("Archived 1 conversation")
		d.Advance(5 * time.Second)
		d.SeeNot("writing down")
	}))
}
