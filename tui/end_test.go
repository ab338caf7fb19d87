package tui_test

import (
	"strings"
	"testing"

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
