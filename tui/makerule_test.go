package tui_test

import (
	"reflect"
	"testing"

	"postea/internal/app"
	"postea/tui/tuitest"
)

// A rule is made from a conversation in two choices, does at once what it says with that, and is
// forgotten by its name.
func TestMakeARule(t *testing.T) {
	b := tuitest.Sample()
	who, subject := b.Messages[0].From, b.Messages[0].Subject
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		palette := func(words, see string) {
			d.Press("ctrl+k")
			d.Type(words)
			d.See(see)
			d.Press("enter")
		}
		palette("forget a rule", "Forget a rule")
		d.See("There are no rules")
		palette("make a rule", "Make a rule")
		d.See("A rule for mail", "From "+who.Label(), "from:"+who.Address)
		d.Press("enter")
		d.See("Move to a folder", "Mark as read and archive")
		d.Type("mark as read")
		d.Press("enter")
		d.See("Kept the rule “From " + who.Label() + "”. Ran it on")
		d.SeeNot(subject)
		palette("make a rule", "Make a rule")
		d.Type("has:attachment larger:5M")
		d.See("a search of your own")
		d.Press("enter")
		d.Type("move to a")
		d.Press("enter")
		d.See("Move to")
		d.Type("archive")
		d.Press("enter")
		d.See("Kept the rule “has:attachment larger:5M”")
		palette("make a rule", "Make a rule")
		d.Press("enter")
		d.Type("label")
		d.Press("enter")
		d.Type("Apollo")
		d.Press("enter")
		d.See("Kept the rule")
		d.Press("enter") // also in an open conversation
		palette("forget a rule", "Forget a rule")
		d.See("from:" + who.Address)
		d.Press("enter")
		d.See("Forgot the rule “From " + who.Label() + "”")
		d.Press("u")
		d.See("Taken back: Forgot the rule")
	})
	want := []app.NewRule{{Name: "has:attachment larger:5M", Match: "has:attachment larger:5M", Move: "archive"}}
	if len(b.Made) != 3 || !reflect.DeepEqual(b.Made[1:2], want) || b.Made[2].Label != "Apollo" {
		t.Errorf("the rules are %+v", b.Made)
	}
}
