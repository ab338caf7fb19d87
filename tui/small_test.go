package tui_test

import (
	"slices"
	"strings"
	"testing"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/tuitest"
)

// In a window that can show nothing, nothing is done that nobody sees.
func TestNothingIsDoneUnseen(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Resize(20, 5)
		d.See("This window is too")
		d.Press("e", "d", "b", "enter", "c")
		d.Resize(120, 36)
		d.See("Grace Hopper", "Your invoice for October", "30")
		d.SeeNot("Archived", "Deleted", "Snoozed", "New message")
		d.Press("d")
		d.See("Deleted 1 conversation")
		d.Press("u", "c")
		d.Type("grace@example.net")
		d.Resize(12, 4)
		d.Press("ctrl+s")
		d.Type(", howard@example.edu")
		d.Resize(120, 36)
		d.See("To  grace@example.net, howard@example.edu")
		if len(d.Backend.Sent) > 0 {
			d.T.Error("sent from a window that shows nothing")
		}
		d.Resize(12, 4)
		if d.Press("esc", "ctrl+c", "ctrl+c"); !d.Quit { // twice, as a message is being sent
			d.T.Error("ctrl+c does not quit")
		}
	})(t)
}

// What is chosen is read whole where what is said beside it leaves room, and what is said
// stands whole, or with more than a stub of it.
func TestMenuOfANarrowWindow(t *testing.T) {
	at(40, 24, func(d *tuitest.Driver) {
		d.Press("g i", "O")
		d.See("Newest first       now", "Rows as elsewhere  now", "Single messages  ", "Notify of new messages here")
		d.Press("esc", ":")
		d.Type("go to")
		d.See("Go to Starred", "Go to Inbox        work")
		d.SeeNot("in all fol…")
	})(t)
}

func TestDialogsOfASmallWindow(t *testing.T) {
	at(40, 10, func(d *tuitest.Driver) {
		d.Press("b")
		d.See("in 2h", "tonight", "tomorrow 9:00", "or type: 17:30", "↵ snooze   esc close")
		d.Type("tomorrow 8:00")
		d.See("Tomorrow 08:00", "↵ snooze   esc close")
		d.Press("esc", "T")
		d.See("is:unread", "is:read", "is:starred", "older:1m", "↵ select   esc close")
		d.Press("esc", ":")
		d.Type("go to")
		d.See("Go to Inbox", "Go to Drafts")
		d.Press("esc", "?")
		d.See("Down", "Up", "To the top")
		d.Press("esc")
		d.Resize(24, 8)
		d.Press("T", "down", "down", "down")
		d.See("older:1m", "↵ select")
	})(t)
}

// A count that waits for its key is seen, as it decides how many are meant.
func TestCountIsSeen(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("1", "2")
		d.See(" 12 …  ↵ open")
		d.Press("esc")
		d.SeeNot("12 …")
		d.Press("e")
		d.See("Archived 1 conversation")
		d.Press("3", "e")
		d.See("Archived 3 conversations")
		d.SeeNot("3 …")
	})(t)
}

// A menu shows whole names and whole keys where it cannot show everything.
func TestMenuOfASmallWindow(t *testing.T) {
	tuitest.Run(t, tuitest.Setup{Backend: parted(), Width: 60, Height: 20}, func(d *tuitest.Driver) {
		d.Press(":")
		d.Type("mute")
		d.See("Mute the conversation")
		d.Press("esc", "enter", "S")
		d.See("↵ save  ctrl+v view  ctrl+o open  | pipe  esc")
		d.SeeNot("ctrl+a")
	})
}

// However long a title is, what is typed beside it is seen.
func TestTitleOfASmallWindow(t *testing.T) {
	at(30, 10, func(d *tuitest.Driver) {
		d.Press("T")
		d.Type("is:un")
		d.See("Select what…  is:un", "is:unread")
		d.Press("esc")
		d.Resize(40, 12)
		d.Press("l")
		d.See("There is none yet: type its", "name.", "esc close")
	})(t)
	b := tuitest.Sample()
	b.Spells = speller(t)
	tuitest.Run(t, tuitest.Setup{Width: 40, Height: 12, Backend: b}, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Moth", "See the "+strings.Repeat("letter", 3)+" here\n")
		d.Press("f7")
		d.See("“letterletterl…         2 of 2")
	})
}

// When a message is tried again, and that somebody was refused it meanwhile, is
// seen also where the reason has no room.
func TestWaitingInASmallWindow(t *testing.T) {
	b := tuitest.Sample()
	i := slices.IndexFunc(b.Outgoing, func(o app.OutboxItem) bool { return o.State == mail.ItemDeferred })
	b.Outgoing[i].Detail = reading.Line("The server's policy says not now; it will be tried again.")
	tuitest.Run(t, tuitest.Setup{Backend: b, Width: 80, Height: 24}, func(d *tuitest.Driver) {
		d.Press("g", "o")
		d.See("books@example.com  next in 4 min · The server's policy")
		b.Do(func() {
			b.Outgoing[i].Recipients = []app.OutboxRecipient{{State: mail.RecipientPending}, {State: mail.RecipientFailed, Source: mail.SourceReply}}
		})
		d.Press("esc", "g", "o")
		d.See("next in 4 min · 1 waiting · 1 refused")
	})
}

func TestDialogsByMouse(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("b")
		d.ClickOn("tonight")
		d.See("Snoozed 1 conversation until Tue 20:00")
		d.Press("u", "b")
		d.Click(1, 30)
		d.SeeNot("Snooze until")
		d.Press("c")
		d.Type("grace@example.net")
		d.Press("ctrl+s")
		d.See("Send without a subject?")
		d.Click(1, 30)
		d.See("Send without a subject?")
		d.ClickOn("go back")
		d.SeeNot("Send without a subject?")
		d.Press("ctrl+s")
		d.ClickOn("y send")
		d.See("Queued")
	})(t)
}

// What an empty place says is all there also where it needs several lines.
func TestEmptyPlacesOfASmallWindow(t *testing.T) {
	tuitest.Run(t, tuitest.Setup{Width: 40, Height: 12, Backend: tuitest.Empty()}, func(d *tuitest.Driver) {
		d.Press("g o")
		d.See("The outbox is empty", "What you send is listed here", "with everything that happens to")
		d.Press("g c")
		d.Type("qq")
		d.See("Nobody like that", "address book.")
		d.Press("ctrl+u", "esc", "/")
		d.Type("zzz")
		d.See("Nothing found", "any")
	})
}

// A window with room to spare gives some of it to the names of folders.
func TestSidebarOfAWideWindow(t *testing.T) {
	for width, row := range map[int]string{160: " Inbox             3 ", 220: " Inbox                     3 "} {
		at(width, 30, func(d *tuitest.Driver) { d.See(row) })(t)
	}
}
