package tui_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"postea/internal/app"
	"postea/tui/tuitest"
)

// What is typed faster than answers come lands where it is meant to.
func TestTypedAhead(t *testing.T) {
	tests := []struct {
		name string
		keys string
		see  []string
		not  []string
	}{
		{"into a new message", "c b o b @ x . e x tab H i", []string{"bob@x.ex", "Subject  Hi"}, nil},
		{"into an answer", "j r Y e s", []string{"Yes"}, nil},
		{"into a message of the outbox", "g o j e d e a r", []string{"ada@example.org › Lunch?", "dear"}, []string{"Cancel this message?"}},
		{"out of the reader", "enter esc e", []string{"Archived 1 conversation", "All inboxes"}, []string{"Reader"}},
		{"esc and a letter as the terminal joins them", "enter alt+e", []string{"Archived 1 conversation", "All inboxes"}, nil},
		{"esc twice as the terminal joins them", "enter ? alt+esc e", []string{"Archived 1 conversation", "All inboxes"}, nil},
		{"past an overlay", "m enter j", []string{"Moved 1 conversation"}, nil},
		{"after sending", "c a @ x . e x tab S tab B ctrl+s g o", []string{"Outbox", "Queued"}, []string{"New message"}},
		{"after leaving", "c a @ x . e x tab S tab B esc j s", []string{"Starred 1 conversation"}, []string{"New message"}},
		{"out of the menu of commands", ": o u t b o x enter", []string{"Outbox", "NEEDS YOU"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, at(120, 36, func(d *tuitest.Driver) {
			d.Burst(strings.Fields(tt.keys)...)
			d.See(tt.see...)
			d.SeeNot(tt.not...)
		}))
	}
}

// An answer that fails lets the keys go on.
func TestTypedAheadOfAFailure(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Backend.Fail["NewDraft"] = errors.New("the disk is full")
		d.Burst("c", "j", "s")
		d.See("Starred 1 conversation")
		d.Advance(5 * time.Second)
		d.Backend.Fail["Answer"] = app.ErrNotFound // another program was faster
		d.Press("r")
		d.See("This is there no longer")
	})(t)
}

// What is typed while postea starts is not overtaken by the first list that it opens.
func TestKeysBeforeTheFirstList(t *testing.T) {
	b := tuitest.Sample()
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b, Early: []string{"/"}}, func(d *tuitest.Driver) {
		d.Type("edge")
		d.See("/ edge")
		b.Do(func() {
			for _, call := range b.Calls {
				if call == "Archive" || call == "Delete" {
					t.Errorf("a letter of the search has done %s", call)
				}
			}
		})
	})
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Early: []string{"tab"}}, func(d *tuitest.Driver) {
		d.See("tab next pane") // with the keys of the folders
	})
}

// A verb for more rows than are loaded is done in the list where it was meant, also
// where the way to another one is typed at once.
func TestTypedAheadOfManyRows(t *testing.T) {
	b := sampleOf(900)
	inbox := b.Messages[0].Folder
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.Burst("8", "0", "0", "e", "g", "s")
		d.See("Archived 800 conversations", "Sent")
		b.Do(func() {
			n := 0
			for _, m := range b.Messages {
				if m.Folder != inbox {
					n++
				}
			}
			if n != 800 {
				t.Errorf("%d are archived", n)
			}
		})
	})
}

// A verb that follows J at once is done to what that goes to, also where it has to be looked for.
func TestTypedAheadOfTheNextUnread(t *testing.T) {
	b := sampleOf(900)
	for i, m := range b.Messages {
		m.Unread = i == 780
	}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.Burst("J", "s")
		d.See("Starred 1 conversation")
		b.Do(func() {
			for i, m := range b.Messages {
				if m.Starred != (i == 780) {
					t.Errorf("%s: starred %v", m.Subject, m.Starred)
				}
			}
		})
	})
}

// A verb that follows u at once is done to what that brought back.
func TestTypedAheadOfAnUndo(t *testing.T) {
	b := sampleOf(9)
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.Press("j", "j")
		d.Burst("e", "u", "s")
		d.See("Starred 1 conversation")
		b.Do(func() {
			for i, m := range b.Messages {
				if m.Starred != (i == 2) {
					t.Errorf("%s: starred %v", m.Subject, m.Starred)
				}
			}
		})
	})
}
