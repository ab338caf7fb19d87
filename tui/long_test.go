package tui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"postea/internal/event"
	"postea/internal/mail"
	"postea/tui/tuitest"
)

// The texts of a conversation of very many messages come together: the page is made a few
// times and not once for each of them, and so is what is marked as read.
func TestLongConversation(t *testing.T) {
	const many = 600
	b := tuitest.Sample()
	first := *b.Messages[2]
	b.Messages = nil
	for i := range many {
		m := first
		m.ID, m.Thread, m.Date = mail.ID(1000+i), 1000, first.Date.Add(-time.Duration(many-i)*time.Hour)
		m.Unread, m.MIME, m.Body, m.Files = true, "", fmt.Sprintf("The text of message %d begins here and is so long that it takes two lines in a narrow window.", i), nil
		m.Away = i == 300 || i == many-1
		b.Messages = append(b.Messages, &m)
	}
	late := b.Messages[many-1]
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 30, Backend: b}, func(d *tuitest.Driver) {
		d.Press("enter", ";")
		d.See("text of message 0 begins")
		d.Press("G")
		d.See(fmt.Sprintf("text of message %d begins", many-2))
		d.SeeNot(fmt.Sprintf("text of message %d begins", many-1))
		b.Do(func() { late.Away = false })
		b.Bus.Publish(event.BodyArrived{ID: late.ID})
		d.Advance(time.Second)
		d.See(fmt.Sprintf("text of message %d begins", many-1))
		d.Resize(70, 30)
		d.Press("g g")
		d.See("that it takes", "two lines in a narrow window")
		if screen := d.Screen(); strings.Contains(screen, "that it takes two lines in a narrow window") {
			t.Errorf("it is laid out for another width:\n%s", screen)
		}
		marked := 0
		b.Do(func() {
			for _, c := range b.Calls {
				if c == "MarkRead" {
					marked++
				}
			}
			for _, m := range b.Messages {
				if m.Unread && !m.Away {
					t.Errorf("message %d is unread", m.ID)
				}
			}
		})
		if marked > 40 {
			t.Errorf("the page was made, and messages marked, %d times for %d messages", marked, many)
		}
	})
}
