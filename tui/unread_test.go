package tui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui/tuitest"
)

// sampleOf is a sample whose mail is n letters of an inbox, an hour apart.
func sampleOf(n int) *tuitest.Backend {
	b := tuitest.Sample()
	first := *b.Messages[2]
	b.Messages = nil
	for i := range n {
		m := first
		m.ID, m.Thread, m.Subject, m.Date = mail.ID(1000+i), mail.ThreadID(1000+i), fmt.Sprintf("letter %d", i), first.Date.Add(-time.Duration(i)*time.Hour)
		b.Messages = append(b.Messages, &m)
	}
	return b
}

// J and K go to what is unread, also beyond what is loaded, and say where there is none.
func TestNextUnread(t *testing.T) {
	b := sampleOf(900)
	for i, m := range b.Messages {
		m.Unread = i == 0 || i == 3 || i == 5 || i == 780
	}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 30, Backend: b}, func(d *tuitest.Driver) {
		at := func(n int) {
			t.Helper()
			if _, list, _ := strings.Cut(line(d, fmt.Sprintf("letter %d ", n)), "│"); !strings.HasPrefix(list, "▌") {
				t.Errorf("the cursor is not on letter %d:\n%s", n, d.Screen())
			}
		}
		d.Press("J")
		at(3)
		d.Press("J")
		at(5)
		d.Press("J")
		at(780)
		d.Press("J")
		d.See("Nothing further down is unread")
		d.Press("K")
		at(5)
		d.Press("g g", "K")
		d.See("Nothing further up is unread")
	})
}

// At the end of a conversation space reads on with the next unread one, and where
// there is none with the next.
func TestReadOnGoesToUnread(t *testing.T) {
	b := tuitest.Sample()
	for _, m := range b.Messages {
		m.Unread = strings.Contains(m.Subject, "Bounce tied to the wrong recipient")
	}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 40, Backend: b}, func(d *tuitest.Driver) {
		d.Press("enter")
		d.See("1 of 30")
		for range 5 {
			if !strings.Contains(d.Screen(), "1 of 30") {
				break
			}
			d.Press("space")
		}
		d.See("The bounce names the original recipient.")
		d.Press("space")
		d.SeeNot("The bounce names the original recipient.", "1 of 30")
	})
}

// Whether a verb sets or takes away is told by what is selected, also where that is no
// longer loaded.
func TestSelectedFarAway(t *testing.T) {
	for key, said := range map[string]string{"U": "Marked read 2 conversations", "s": "Unstarred 2 conversations"} {
		b := sampleOf(900)
		for i, m := range b.Messages {
			m.Unread, m.Starred = i < 2, i < 2
		}
		tuitest.Run(t, tuitest.Setup{Width: 120, Height: 30, Backend: b}, func(d *tuitest.Driver) {
			d.Press("2 x", "G", key)
			d.See(said)
		})
	}
}

// Where what is unread stands first, one after the other is read by space, though each goes
// below the others by being read.
func TestReadOnWhereUnreadStandsFirst(t *testing.T) {
	b := sampleOf(9)
	for i, m := range b.Messages {
		m.Unread, m.Files, m.Body = i%2 == 1, nil, "Short."
	}
	b.Views = map[mail.FolderID]app.View{b.Messages[0].Folder: {Sort: app.SortUnread}}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 40, Backend: b}, func(d *tuitest.Driver) {
		d.Press("g i", "enter")
		for _, n := range []int{1, 3, 5, 7, 8} {
			d.Advance(5 * time.Second)
			d.See(fmt.Sprintf("› letter %d ", n))
			d.Press("space")
		}
	})
}
