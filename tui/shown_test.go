package tui_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"postea/internal/mail"
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

// The answer goes to the message that is marked as the one that is read, also where one
// before it has come or gone meanwhile.
func TestTheMessageThatIsReadStaysSo(t *testing.T) {
	b := tuitest.Sample()
	one := *b.Messages[2]
	letter := func(i int) *tuitest.Message {
		m := one
		m.ID, m.Thread, m.Subject, m.Unread, m.Files = mail.ID(500+i), 500, "Tea", false, nil
		m.From = mail.Address{Name: fmt.Sprint("Guest ", i), Address: fmt.Sprintf("guest%d@x.example", i)}
		m.Date, m.Body = one.Date.Add(time.Duration(i)*time.Hour), fmt.Sprint("With milk ", i)
		return &m
	}
	b.Messages = []*tuitest.Message{letter(1), letter(3), letter(4), letter(5)}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.Press("enter", "K", "K")
		for _, now := range [][]*tuitest.Message{b.Messages[1:], {letter(1), letter(2), letter(3), letter(5)}} {
			b.Do(func() { b.Messages = now })
			d.Advance(time.Second)
			d.See("▌ Guest 3")
			d.Press("r")
			d.See("To  Guest 3 <guest3@x.example>", "With milk 3")
			d.Press("esc")
		}
	})
}
