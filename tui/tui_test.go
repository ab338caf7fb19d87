package tui_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"postea/internal/app"
	"postea/internal/event"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui"
	"postea/tui/tuitest"
)

// clusters is a terminal's report that it keeps grapheme clusters together.
var clusters = tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeSet}

func at(w, h int, f func(*tuitest.Driver)) func(*testing.T) {
	return func(t *testing.T) { tuitest.Run(t, tuitest.Setup{Width: w, Height: h}, f) }
}

// Every change of messages is seen at once and taken back by u.
func TestVerbsAndTheirUndo(t *testing.T) {
	tests := []struct {
		name string
		keys []string
		done string // what the toast says
		gone bool   // the conversation leaves the list
	}{
		{"archive", []string{"e"}, "Archived 1 conversation", true},
		{"archive, other key", []string{"a"}, "Archived 1 conversation", true},
		{"delete", []string{"d"}, "Deleted 1 conversation", true},
		{"delete, other key", []string{"#"}, "Deleted 1 conversation", true},
		{"junk", []string{"!"}, "Moved 1 conversation to Junk", true},
		{"move", []string{"m", "enter"}, "Moved 1 conversation", true},
		{"star", []string{"s"}, "Starred 1 conversation", false},
		{"read", []string{"U"}, "Marked read 1 conversation", false},
		{"three", []string{"3 e"}, "Archived 3 conversations", true},
		{"selected", []string{"x", "j", "x", "e"}, "Archived 2 conversations", true},
		{"range", []string{"V", "j", "j", "e"}, "Archived 3 conversations", true},
		{"in the reader", []string{"enter", "e"}, "Archived 1 conversation", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, at(120, 36, func(d *tuitest.Driver) {
			before := d.Screen()
			d.Press(tt.keys...)
			d.See(tt.done)
			if tt.gone {
				d.Press("esc")
				d.SeeNot("Re: the talk on Thursday  I can bring")
			}
			d.Press("u")
			d.See("Taken back")
			d.Press("esc", "g g")
			d.Advance(5 * time.Second)
			got, want := lines(d.Screen()), lines(before)
			for i := range want[:30] {
				if i > 1 && got[i] != want[i] && !strings.Contains(tt.name, "reader") {
					d.T.Errorf("line %d is %q, was %q", i, got[i], want[i])
				}
			}
			d.See("Re: the talk on Thursday  I can bring")
		}))
	}
}

// Several accounts have only the folders in common that each has; what fails
// keeps what was selected.
func TestMoveOverSeveralAccounts(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("*")
		d.See("selected")
		all := d.Screen()
		d.Press("C")
		d.See("these are of several accounts", "selected")
		d.Press("m")
		d.See("Move to", "Archive", "each to that of its account", "Trash", "Junk")
		d.SeeNot("Lists/go-dev", "Lists/ietf-smtp")
		d.Backend.Fail["MoveByRole"] = errors.New("the disk is full")
		d.Press("enter")
		d.See("the disk is full", "selected")
		for i, line := range lines(d.Screen())[3:20] {
			if want := lines(all)[3+i]; strings.Contains(want, "✓") != strings.Contains(line, "✓") {
				d.T.Errorf("line %d is %q, was %q", i, line, want)
			}
		}
		delete(d.Backend.Fail, "MoveByRole")
		d.Press("m", "enter")
		d.See("conversations to archive", "All read and put away")
		for _, m := range d.Backend.Messages {
			if m.Folder == tuitest.Inbox || m.Folder == tuitest.WorkInbox {
				d.T.Errorf("%q is still in %d", m.Subject, m.Folder)
			}
		}
	})(t)
}

func TestMoveInOneAccount(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("x", "m")
		d.See("Move to", "Drafts", "Sent")
		d.SeeNot("each to that of its account")
		d.Backend.Fail["Move"] = errors.New("no")
		d.Press("enter")
		d.See("1 selected")
	})(t)
}

// The bottom line offers what can be done, in the words of what it is done to.
func TestHintsFit(t *testing.T) {
	at(200, 36, func(d *tuitest.Driver) {
		foot := func(want string, not ...string) {
			d.T.Helper()
			line := lines(d.Screen())[35]
			for _, n := range not {
				if strings.Contains(line, n) {
					d.T.Errorf("%q is in %q", n, line)
				}
			}
			if !strings.Contains(line, want) {
				d.T.Errorf("%q is not in %q", want, line)
			}
		}
		foot("/ search", "u undo")
		d.Press("e")
		d.Advance(20 * time.Second)
		foot("u undo")
		d.Press("u")
		d.Advance(20 * time.Second)
		foot("/ search", "u undo")
		d.Press("g o", "g g")
		foot("↵ journey", "send now", "edit", "retry")
		d.Press("j")
		foot("e edit")
		d.Press("G")
		foot("↵ journey", "send now", "edit", "cancel", "retry")
		for key, said := range map[string]string{"S": "It has been sent", "e": "It has been sent and cannot be edited", "d": "It has been sent", "r": "It has been sent"} {
			d.Press(key)
			d.See(said)
		}
	})(t)
}

func lines(s string) []string { return strings.Split(s, "\n") }

// What went wrong is read to its end, and what can be done stays beside it.
func TestLongTroubleIsReadToItsEnd(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}} {
		b := tuitest.Sample()
		b.States[1].Kind, b.States[1].Text = app.StatusNeedsYou, reading.Line("imap.example.org refused the sign-in of ada@example.org: Authentication failed; check user name and password")
		tuitest.Run(t, tuitest.Setup{Width: size[0], Height: size[1], Backend: b}, func(d *tuitest.Driver) {
			text := strings.Join(strings.Fields(strings.Join(lines(d.Screen())[size[1]-2:], " ")), " ")
			for _, want := range []string{"refused the sign-in of ada@example.org: Authentication failed; check user name and password", "? help"} {
				if !strings.Contains(text, want) {
					t.Errorf("%d columns: no %q in %q", size[0], want, text)
				}
			}
			d.Backend.Bus.Publish(event.Notice{Text: "the message to a.rather.long.name@sub.domain.example.org could not be filed in Sent; it is tried again in a minute", Error: true})
			d.Advance(0)
			text = strings.Join(strings.Fields(strings.Join(lines(d.Screen())[size[1]-2:], " ")), " ")
			if !strings.Contains(text, "could not be filed in Sent; it is tried again in a minute") {
				t.Errorf("%d columns: %q", size[0], text)
			}
			d.Press("j")
			d.Backend.Do(func() { d.Backend.States[1].Kind = app.StatusOnline })
			d.Advance(time.Second)
			if rule := lines(d.Screen())[size[1]-2]; strings.Trim(rule, "─\n") != "" {
				t.Errorf("the rule is not back: %q", rule)
			}
		})
	}
}

func TestRepeatDoesTheSameAgain(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("s", "j", ".")
		d.See("Starred 1 conversation")
		d.Press("e", ".")
		d.SeeNot("[PATCH v2 0/7]", "Your invoice for October")
	})(t)
}

// What is in Trash is deleted for good by no key alone, whichever it is.
func TestRepeatedDeletionAsksInTrash(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("d", "g t", ".")
		d.See("Delete this conversation for good?")
		d.Press("n")
		d.See("Re: the talk on Thursday")
		d.Press("g i", ".") // and elsewhere it deletes as before
		d.SeeNot("for good?", "[PATCH v2 0/7]")
	})(t)
}

func TestFastArchivingNeverHitsTheSameConversationTwice(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("e", "e", "e")
		d.SeeNot("the talk on Thursday", "[PATCH", "Your invoice")
		d.See("Quarterly numbers")
	})(t)
}

func TestAFailedChangeIsTakenBackAndSaid(t *testing.T) {
	b := tuitest.Sample()
	b.Fail["Archive"] = errors.New("no folder for the archive")
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.Press("e")
		d.See("no folder for the archive", "Re: the talk on Thursday")
		d.Press("3 j", "2 e") // and what the next key is for is what this one was for
		if l := line(d, "The boss"); !strings.Contains(l, "│▌") {
			t.Errorf("the cursor is not on %q", l)
		}
	})
}

func TestTheCursorStaysOnItsConversationWhenMailArrives(t *testing.T) {
	arrives := func(d *tuitest.Driver) {
		d.Backend.Do(func() {
			m := *d.Backend.Messages[0]
			m.ID, m.Thread, m.Subject, m.Date = 900, 900, "Brand new", time.Now().Add(time.Minute)
			d.Backend.Messages = append(d.Backend.Messages, &m)
		})
		d.Advance(0)
	}
	cursor := func(d *tuitest.Driver, on string) {
		d.T.Helper()
		if _, list, _ := strings.Cut(line(d, on), "│"); !strings.HasPrefix(list, "▌") {
			d.T.Errorf("the cursor is not on %q:\n%s", on, d.Screen())
		}
	}
	t.Run("on a later row", at(120, 36, func(d *tuitest.Driver) {
		d.Press("j", "j")
		arrives(d)
		d.See("Brand new")
		d.Press("enter")
		d.See("Invoice INV-2031 for €42.00 is ready.", "INV-2031.pdf")
	}))
	t.Run("on the first row, where the user has put it", at(120, 36, func(d *tuitest.Driver) {
		d.Press("j", "k")
		arrives(d)
		d.Press("e")
		d.See("Archived 1 conversation", "Brand new")
		d.SeeNot("Re: the talk on Thursday")
	}))
	t.Run("on the first row, which has been read meanwhile", at(100, 30, func(d *tuitest.Driver) {
		d.Press("enter")
		arrives(d)
		d.Press("esc")
		cursor(d, "Re: the talk on Thursday")
	}))
	t.Run("beside which it has been shown for a while", at(200, 50, func(d *tuitest.Driver) {
		d.Advance(3 * time.Second)
		arrives(d)
		d.See("Brand new", "│▌    Grace Hopper")
	}))
	t.Run("that has been looked at for a while", at(120, 36, func(d *tuitest.Driver) {
		d.Advance(3 * time.Second)
		arrives(d)
		cursor(d, "Re: the talk on Thursday")
	}))
	t.Run("but not where all that is seen is new", at(120, 36, func(d *tuitest.Driver) {
		d.Advance(3 * time.Second)
		d.Backend.Do(func() {
			for i := range 400 {
				m := *d.Backend.Messages[0]
				m.ID, m.Thread, m.Subject = mail.ID(900+i), mail.ThreadID(900+i), fmt.Sprint("Brand new ", i)
				m.Date = time.Now().Add(time.Duration(i) * time.Minute)
				d.Backend.Messages = append(d.Backend.Messages, &m)
			}
		})
		d.Advance(0)
		cursor(d, "Brand new 399")
	}))
	t.Run("but on the newest where nobody has looked yet", at(120, 36, func(d *tuitest.Driver) {
		arrives(d)
		cursor(d, "Brand new")
	}))
	t.Run("and a range stays between its conversations", at(120, 36, func(d *tuitest.Driver) {
		d.Press("j", "V", "j")
		d.See("2 selected")
		arrives(d)
		d.See("2 selected")
		d.Press("e")
		d.See("Archived 2 conversations", "Brand new", "Re: the talk on Thursday")
	}))
	t.Run("and a range that begins at the first row", at(120, 36, func(d *tuitest.Driver) {
		d.Press("V", "2 j")
		arrives(d)
		d.See("3 selected")
		d.Press("e")
		d.See("Archived 3 conversations", "Brand new")
	}))
}

// The reader shows what an undo brings back: it and the list stay together.
func TestUndoInTheReader(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}} {
		at(size[0], size[1], func(d *tuitest.Driver) {
			d.Press("j", "j", "enter")
			d.See("3 of 30", "Invoice INV-2031 for €42.00 is ready.")
			d.Press("e")
			d.See("3 of 29", "Please have a look.")
			d.Press("u")
			d.See("3 of 30", "Invoice INV-2031 for €42.00 is ready.")
			d.Press("]")
			d.See("4 of 30", "Please have a look.")
			d.Press("d", "d", "u", "u")
			d.See("4 of 30", "Please have a look.")
		})(t)
	}
}

func TestReadingMarksAsRead(t *testing.T) {
	unread := func(d *tuitest.Driver) bool { return d.Backend.Messages[2].Unread }
	t.Run("opened", at(120, 36, func(d *tuitest.Driver) {
		d.Press("enter")
		if unread(d) {
			d.T.Error("still unread")
		}
	}))
	t.Run("followed", at(200, 50, func(d *tuitest.Driver) {
		d.Advance(time.Second)
		d.See("I can bring the nanoseconds; will you have a projector?")
		if !unread(d) {
			d.T.Error("marked before it rested")
		}
		d.Advance(3 * time.Second)
		if unread(d) {
			d.T.Error("still unread after a rest")
		}
	}))
	t.Run("passed over", at(200, 50, func(d *tuitest.Driver) {
		d.Advance(time.Second)
		d.Press("j")
		d.Advance(5 * time.Second)
		if !unread(d) {
			d.T.Error("marked though it did not rest")
		}
	}))
	t.Run("switched off", func(t *testing.T) {
		tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: tui.Options{KeepUnread: true}}, func(d *tuitest.Driver) {
			d.Press("enter")
			if !unread(d) {
				t.Error("marked all the same")
			}
		})
	})
}

func TestBodyArrivesLater(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("1 2 G", "enter")
		d.See("No display name", "fetching…")
		for away, said := range map[bool]string{true: "It comes when the account is connected", false: "fetching…"} {
			d.Backend.Do(func() { d.Backend.Away = away })
			d.Backend.Bus.Publish(event.AccountChanged{Account: d.Backend.Messages[12].Account})
			d.Advance(0)
			d.See(said)
		}
		d.Backend.Bus.Publish(event.BodyArrived{ID: 13, Failed: "the server is away"})
		d.Advance(0)
		d.See("The text could not be fetched: the server is away")
		for _, m := range d.Backend.Messages {
			m.Away = false
		}
		d.Backend.Bus.Publish(event.BodyArrived{ID: 13})
		d.Advance(0)
		d.See("Nothing but an address.")
		d.SeeNot("fetching", "could not be fetched")
	})(t)
}

func TestReader(t *testing.T) {
	t.Run("folds", at(120, 36, func(d *tuitest.Driver) {
		d.Press("enter")
		d.See("15 quoted lines", "enter to unfold")
		d.Press("enter")
		d.See("Students, and two admirals.")
		d.Press("enter")
		d.SeeNot("I can bring the nanoseconds; will you have a projector?")
		d.Press("K")
		d.See("Gladly. What is the audience?", "▸ Grace Hopper       I can bring")
	}))
	t.Run("neighbours", at(120, 36, func(d *tuitest.Driver) {
		d.Press("enter", "]")
		d.See("2 of 30", "Looks good to me.")
		d.Press("[", "[")
		d.See("1 of 30", "This is the first conversation")
	}))
	t.Run("space reads on", at(120, 36, func(d *tuitest.Driver) {
		d.Press("enter", "space")
		d.See("Students, and two admirals.")
		for range 6 {
			d.Press("space")
		}
		d.SeeNot("1 of 30")
	}))
	t.Run("link by its number", at(120, 36, func(d *tuitest.Driver) {
		d.Press("enter", "o")
		d.See("slides.example.net")
		d.Press("2")
		if !slices.Contains(d.Backend.Opened, "https://example.net/abstract") {
			d.T.Error(d.Backend.Opened)
		}
	}))
	t.Run("attachments", at(120, 36, func(d *tuitest.Driver) {
		d.Press("enter", "S", "down", "enter")
		d.See("Saved ~/Downloads/schedule.ics")
		d.Press("S", "ctrl+a")
		d.See("Saved 2 files")
		d.Press("S", "ctrl+o")
		if len(d.Backend.Opened) != 1 {
			d.T.Error(d.Backend.Opened)
		}
	}))
	t.Run("headers and source", at(120, 36, func(d *tuitest.Driver) {
		d.Press("enter", "v")
		d.See("Date: Tue, 24 Nov 2026")
		d.Press("v")
		d.See("Content-Type: text/html")
		d.Press("esc")
		d.See("The plan, as it stands:")
		d.Press("esc")
		d.See("[PATCH v2 0/7]")
	}))
	t.Run("disabled says why", at(120, 36, func(d *tuitest.Driver) {
		d.Press("]", "j", "j", "j", "enter", "o")
		d.See("This message has no links")
	}))
}

func TestWarningsAreSeen(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("j", "j", "enter")
		d.See("Answers go to noreply@elsewhere.example, not to the sender.")
	})(t)
}

func TestGoing(t *testing.T) {
	tests := []struct{ keys, see string }{
		{"g i", "ada@example.org › Inbox"}, {"g a", "All inboxes"}, {"g d", "Half a thought"}, {"g s", "Nothing sent yet"},
		{"g t", "In the bin"}, {"g r", "Nothing here"}, {"g o", "NEEDS YOU"}, {"alt+2", "work › Inbox"}, {"alt+7", "There is no such account"},
	}
	for _, tt := range tests {
		t.Run(tt.keys, at(120, 36, func(d *tuitest.Driver) {
			d.Press(tt.keys)
			d.See(tt.see)
		}))
	}
}

// A folder that has come since the folders were asked for is gone to, and one that there is
// not is told of.
func TestGoingToANewFolder(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("g b")
		d.See("This account has no folder for snoozed yet")
		d.Backend.Do(func() {
			a := &d.Backend.Accounts[0]
			a.Folders = append(a.Folders, mail.Folder{ID: 900, Account: a.Name, Name: "Snoozed", Role: mail.RoleSnoozed, Selectable: true})
		})
		d.Press("g b")
		d.See(" › Snoozed")
	})(t)
}

func TestBeginsWithTheAccountAskedFor(t *testing.T) {
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: tui.Options{Account: "work"}}, func(d *tuitest.Driver) {
		d.See("work › Inbox")
	})
}

func TestDeletingInTrashAsks(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("g t", "d")
		d.See("for good?")
		d.Press("enter", "n")
		d.See("In the bin")
		d.Press("d", "y")
		d.See("It is good that way.")
	})(t)
}

func TestPaletteRunsAndGoes(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press(":")
		d.Type("star")
		d.See("Star")
		d.Press("enter")
		d.See("Starred 1 conversation")
		d.Press("ctrl+k")
		d.Type("ietf")
		d.Press("enter")
		d.See("work › ietf-smtp")
	})(t)
}

func TestHelpIsOfTheViewAndCanBeSearched(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("?")
		d.See("Message list", "Archive")
		d.Type("journey")
		d.See("No key does that")
		d.Press("esc", "g o", "?")
		d.See("Outbox", "Retry")
		d.Press("?")
		d.See("NEEDS YOU")
	})(t)
}

func TestMouse(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		d.ClickOn("Your invoice")
		d.ClickOn("Your invoice")
		d.See("INV-2031.pdf")
		d.Press("esc")
		d.Send(tea.MouseWheelMsg{X: 60, Y: 10, Button: tea.MouseWheelDown})
		d.ClickOn("Drafts")
		d.See("Half a thought")
		d.Press("g i", "enter")
		d.ClickOn("schedule.ics")
		if len(d.Backend.Opened) != 1 {
			d.T.Error(d.Backend.Opened)
		}
	})(t)
}

func TestLayouts(t *testing.T) {
	at(80, 24, func(d *tuitest.Driver) {
		d.SeeNot("Archive")
		d.Press("ctrl+b")
		d.See("Archive", "Junk")
		d.Press("ctrl+b")
		d.SeeNot("Archive")
		d.Resize(120, 36)
		d.See("Archive")
		d.Press("p")
		d.Advance(time.Second)
		d.See("to you, cc Howard Aiken", "[PATCH v2 0/7]")
		d.Press("p")
		d.See("to you, cc Howard Aiken", "[PATCH v2 0/7]")
		d.Press("p")
		d.SeeNot("to you, cc Howard Aiken")
		d.Resize(100, 36)
		d.Press("p") // at the right of list and folders it would be broken after a few words
		d.Advance(time.Second)
		d.See("I can bring the nanoseconds; will you have a projector?")
		d.Press("p")
		d.SeeNot("to you, cc Howard Aiken")
		d.Resize(200, 50)
		d.Resize(10, 5)
		d.Resize(80, 24)
		d.See("[PATCH v2 0/7]")
	})(t)
}

func TestQuit(t *testing.T) {
	idle := func() *tuitest.Backend { b := tuitest.Sample(); b.Outgoing = nil; return b }
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: idle()}, func(d *tuitest.Driver) {
		d.Press("enter", "q")
		if d.Quit {
			d.T.Fatal("q in the reader quits")
		}
		if d.Press("q"); !d.Quit {
			d.T.Error("q at the top does not quit")
		}
	})
	at(120, 36, func(d *tuitest.Driver) {
		d.Press("ctrl+c")
		d.See("A message is being sent. Quit all the same?", "you are asked.")
		d.Press("n", "ctrl+z")
		d.See("A message is being sent. Suspend all the same?", "when postea is brought back")
		d.Press("n", "ctrl+c")
		if d.Press("y"); !d.Quit {
			d.T.Error("yes does not quit")
		}
	})(t)
	held := idle()
	held.Hold = 10 * time.Second
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: held}, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Moth", "Found.")
		d.Press("ctrl+s")
		d.See("Queued, goes out in")
		d.Press("q")
		d.See("A message is still to go out. Quit before it has?", "goes on when postea runs again")
		if d.Press("n"); d.Quit {
			d.T.Error("no quits")
		}
		d.Press("ctrl+z")
		d.See("A message is still to go out. Suspend before it has?")
	})
}

func TestOfflineAndErrorsInWords(t *testing.T) {
	b := tuitest.Sample()
	b.Accounts = b.Accounts[:1]
	b.States = []app.Status{{Kind: app.StatusOffline, Account: "ada@example.org", Pending: 4}}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.See("offline, 4 changes waiting")
		d.Backend.Do(func() {
			d.Backend.States = []app.Status{{Kind: app.StatusOnline, Account: "ada@example.org", Synced: time.Now()}}
		})
		d.Advance(7 * time.Second)
		d.See("synced ", " s ago")
		d.SeeNot("offline")
		d.Backend.Bus.Publish(event.Notice{Text: "imap.example.org refused the password", Error: true})
		d.Advance(0)
		d.See("imap.example.org refused the password")
		for n, said := range []string{"✕ Permission denied", "✕ work: Permission denied"} { // whose word it is, where there are several
			d.Backend.Do(func() { d.Backend.States = append(d.Backend.States, make([]app.Status, n)...) })
			d.Backend.Bus.Publish(event.AccountChanged{})
			d.Advance(time.Second)
			d.Backend.Bus.Publish(event.Notice{Account: "work", Text: "Permission denied", Error: true})
			d.Advance(0)
			d.See(said)
		}
	})
}

// That postea works by what is no longer so is told until the user has seen it.
func TestWhatWantsARestartIsTold(t *testing.T) {
	for words, changed := range map[string]event.Event{
		"the configuration has changed; restart postea to use it": event.ConfigChanged{},
		"the time zone has changed; restart postea to use it":     event.ZoneChanged{},
	} {
		t.Run(words, at(120, 36, func(d *tuitest.Driver) {
			d.Backend.Bus.Publish(changed)
			d.Advance(10 * time.Minute)
			d.See(words)
			d.Backend.Bus.Publish(event.Notice{Text: "something of little weight"})
			d.Advance(0)
			d.See(words)
			d.Press("j")
			d.SeeNot(words)
		}))
	}
}

func TestHundredThousandConversations(t *testing.T) {
	b := tuitest.Empty()
	for i := range 100_000 {
		b.Messages = append(b.Messages, &tuitest.Message{
			ID: mail.ID(i + 1), Thread: mail.ThreadID(i + 1), Account: "ada@example.org", Folder: tuitest.Inbox,
			From: mail.Address{Name: "Sender", Address: "s@example.org"}, Subject: "Number " + mail.ID(i+1).String(), Date: time.Unix(int64(i), 0),
		})
	}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.See("Number 100000")
		d.Press("G")
		d.See("Number 1 ")
		d.Press("5 0 0 0 0 G")
		d.See("Number 50001")
		d.Press("e")
		d.SeeNot("Number 50001 ")
	})
}

func TestHostileTextCannotReachTheTerminal(t *testing.T) {
	const evil = "a\x1b]0;pwned\x07b\u202ec\u200bd\x9be\x00f\rg"
	b := tuitest.Sample()
	for _, m := range b.Messages {
		m.From.Name, m.Subject, m.Body = evil, evil, evil+"\n> "+evil
	}
	b.Fail["Archive"] = errors.New(evil)
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		for _, k := range []string{"e", "enter", "enter", "v", "v", "esc", "r", "esc", "esc", "f", "esc"} {
			d.Press(k)
			v := d.View()
			for _, s := range []string{ansi.Strip(v.Content), v.WindowTitle} {
				for _, r := range s {
					if r < 0x20 && r != '\n' || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0x200b {
						t.Fatalf("after %s: %U on the screen", k, r)
					}
				}
			}
			if strings.Contains(v.Content, "\x1b]") {
				t.Fatalf("after %s: an operating system command on the screen", k)
			}
		}
	})
}

func TestProfilesAndThemes(t *testing.T) {
	for _, p := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256, colorprofile.ANSI, colorprofile.ASCII} {
		at(120, 36, func(d *tuitest.Driver) {
			before := d.Screen()
			d.Send(tea.ColorProfileMsg{Profile: p})
			if d.Screen() != before {
				t.Errorf("%v: the text depends on the colours", p)
			}
			if p <= colorprofile.ANSI && strings.Contains(d.View().Content, ";38;") {
				t.Errorf("%v: rich colours", p)
			}
			if d.Press("?"); p <= colorprofile.ANSI {
				d.See("╭")
			}
		})(t)
	}
}

func TestKeysCanBeChanged(t *testing.T) {
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: tui.Options{Keys: map[string][]string{"archive": {"y"}}}}, func(d *tuitest.Driver) {
		d.See("y archive")
		d.Press("y")
		d.See("Archived 1 conversation")
	})
}

// What is said of a key on a screen is said of the user's key.
func TestKeysInWordsAreTheUsers(t *testing.T) {
	keys := map[string][]string{"fold": {"f2"}, "add-contact": {"f3"}, "next-identity": {"f4"}, "next-field": {"f5"}, "search-scope": {"f6"}}
	tuitest.Run(t, tuitest.Setup{Width: 160, Height: 36, Options: tui.Options{Keys: keys}}, func(d *tuitest.Driver) {
		d.Press("/")
		d.Type("from")
		d.See("f6 takes it")
		d.Press("esc", "esc", "g", "c")
		d.Type("nobody like that")
		d.See("f3 puts an address into the address book.")
		d.Press("esc", "esc", "c", "up")
		d.Type("x")
		d.See("right goes to your next address, f5 to whom you write")
		d.Press("esc", "g", "i", "enter")
		d.See("f2 to unfold")
	})
}

func TestExternalEditor(t *testing.T) {
	dir := t.TempDir()
	edit := func(c *exec.Cmd) error {
		path := c.Args[1]
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("the draft's file can be read by others: %v", info.Mode())
		}
		return os.WriteFile(path, []byte("From the editor.\n"), 0o600)
	}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Exec: edit, Options: tui.Options{TempDir: dir}}, func(d *tuitest.Driver) {
		d.Press("c", "ctrl+e")
		d.See("From the editor.")
		left, err := os.ReadDir(dir)
		if err != nil || len(left) > 0 {
			t.Errorf("left behind: %v %v", left, err)
		}
		d.Press("ctrl+z")
		d.See("Analytical Society")
	})
}
