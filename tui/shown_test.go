package tui_test

import (
	"errors"
	"testing"

	"postea/tui"
	"postea/tui/tuitest"
)

// TestShownOnce: who waits for the first list is told once, when it is there.
func TestShownOnce(t *testing.T) {
	told := 0
	tuitest.Run(t, tuitest.Setup{Width: 100, Height: 30, Options: tui.Options{Shown: func() { told++ }}}, func(d *tuitest.Driver) {
		d.Press("j", "enter", "esc", "g i")
		if told != 1 {
			t.Errorf("told %d times", told)
		}
	})
}

// Of a conversation that cannot be shown nothing is done with a message that is not there.
func TestNoMessageIsShown(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Backend.Fail["Conversation"] = errors.New("it has just been deleted")
		d.Press("enter")
		d.See("This conversation cannot be shown: it has just been deleted")
		for _, k := range []string{"o", "S", "v", "V", "y", "I", "|", "r", "f", "i a", "i u"} {
			d.Press(k)
		}
		d.Press("o")
		d.See("No message is shown")
		d.Press("space", "enter", "J", "K", "n", "j", "G", "esc")
		d.See("c compose")
	})(t)
}
