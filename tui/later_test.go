package tui_test

import (
	"testing"

	"postea/internal/mail"
	"postea/tui/tuitest"
)

func TestSendLater(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Lunch", "At noon?")
		d.Press("ctrl+l")
		d.See("in 2h", "tomorrow 9:00", "esc close")
		d.Type("fortnight")
		d.See("not understood yet")
		d.Press("enter") // does nothing: it can be mended
		d.See("fortnight", "not understood yet")
		d.Press("ctrl+u")
		d.Type("tomorrow 10:15")
		d.Press("enter")
		d.See("Goes out", "10:15", "if postea is running then")
		if o := d.Backend.Outgoing[0]; o.HeldFor != mail.HeldForSchedule || o.NotBefore.Hour() != 10 || o.NotBefore.Minute() != 15 {
			d.T.Errorf("%+v", o)
		}
	})(t)
}

// The checks ask first, and then for the time all the same.
func TestSendLaterAsksFirst(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "", "At noon?")
		d.Press("ctrl+l")
		d.See("Send without a subject?")
		d.Press("y")
		d.See("tomorrow 9:00")
		d.Press("esc")
		d.See("At noon?")
		if len(d.Backend.Sent) != 0 {
			d.T.Error("it was sent")
		}
	})(t)
}
