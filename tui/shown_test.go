package tui_test

import (
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
