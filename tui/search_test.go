package tui_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/demo"
	"postea/internal/mail"
	"postea/tui"
	"postea/tui/tuitest"
)

func play(t *testing.T, b *tuitest.Backend, f func(*tuitest.Driver)) {
	t.Helper()
	tuitest.Run(t, tuitest.Setup{Backend: b, Width: 120, Height: 36}, f)
}

// line is the first line of the screen with a text.
func line(d *tuitest.Driver, text string) string {
	for l := range strings.Lines(d.Screen()) {
		if strings.Contains(l, text) {
			return l
		}
	}
	return ""
}

func TestSearchFollowsTheTypingAndGoesBack(t *testing.T) {
	play(t, nil, func(d *tuitest.Driver) {
		d.Press("j", "j", "j")
		before := d.Screen()
		d.Press("/")
		d.See("everywhere", "all 34 messages here", "bodies of 1 are not here")
		d.Type("numbers")
		d.See("2 found", "The boss", "Katherine Johnson")
		d.SeeNot("Grace Hopper")
		d.Type(" re-entry")
		d.See("1 found", "Katherine Johnson")
		d.SeeNot("The boss")
		d.Press("esc")
		if d.Screen() != before {
			t.Errorf("not where it began:\n%s\nbefore:\n%s", d.Screen(), before)
		}
	})
}

// What is typed ahead of the results waits for them and for no others.
func TestSearchTypedAhead(t *testing.T) {
	play(t, nil, func(d *tuitest.Driver) {
		d.Burst("/", "r", "e", "-", "e", "n", "t", "r", "y", "enter", "enter")
		d.See("Numbers for the re-entry window", "I ran them twice by hand.")
		d.Press("esc")
		d.See("/ re-entry", "1 found")
		d.Press("esc")
		d.SeeNot("1 found")
		d.See("All inboxes", "unread")
	})
}

func TestVerbsOnResults(t *testing.T) {
	b := tuitest.Sample()
	play(t, b, func(d *tuitest.Driver) {
		d.Press("/")
		d.Type("numbers re-entry")
		d.Press("enter", "s")
		if !strings.Contains(line(d, "Katherine"), "★") {
			t.Errorf("no star:\n%s", d.Screen())
		}
		d.Press("e") // it goes to the archive, where a search still finds it
		d.See("Archived 1 conversation")
		if l := line(d, "Katherine"); !strings.Contains(l, "archive") {
			t.Errorf("after archiving: %q", l)
		}
		d.Press("u")
		if l := line(d, "Katherine"); !strings.Contains(l, "inbox") {
			t.Errorf("after undo: %q", l)
		}
		d.Press("esc")
		d.See("Katherine Johnson", "unread")
	})
}

func TestFilterKeepsToThePlace(t *testing.T) {
	play(t, nil, func(d *tuitest.Driver) {
		d.Press(`\`)
		d.See("only All inboxes", "Grace Hopper") // nothing is filtered yet
		d.Type("gone")
		d.See("Nothing found") // it lies in the trash
		d.Press("tab")
		d.See("everywhere", "In the bin")
		d.Press("tab")
		d.SeeNot("In the bin")
		d.Press("backspace", "backspace", "backspace", "backspace")
		d.See("Grace Hopper")
		d.Type("is:unread")
		d.Press("enter")
		d.See("4 found")
		d.Press("e") // what is archived leaves the place
		d.See("3 found")
		d.Press("u")
		d.See("4 found")
		d.Press("g t")
		d.SeeNot("is:unread")
	})
}

func TestSearchHistory(t *testing.T) {
	play(t, nil, func(d *tuitest.Driver) {
		for _, s := range []string{"numbers", "patch"} {
			d.Press("/")
			d.Type(s)
			d.Press("enter", "esc")
		}
		d.Press("/")
		d.Type("bo")
		d.Press("up")
		d.See("/ patch")
		d.Press("up")
		d.See("/ numbers", "2 found")
		d.Press("up")
		d.See("There is no earlier search")
		d.Press("down", "down")
		d.See("/ bo ")
		d.Press("down")
		d.See("reply") // the list has the keys now
		d.Press("/")   // and the search goes on
		d.Type("ss")
		d.See("/ boss", "1 found")
		d.Press("ctrl+u", "backspace")
		d.SeeNot("everywhere")
	})
}

func TestMatchesInTheReader(t *testing.T) {
	b := tuitest.Sample()
	text := "first line\n" + strings.Repeat("nothing of note\n\n", 40) + "the numbers again\n" + strings.Repeat("still nothing\n\n", 40) + "last Numbers\n"
	for _, m := range b.Messages {
		if strings.HasPrefix(m.Subject, "Numbers for") {
			m.Body = text
		}
	}
	play(t, b, func(d *tuitest.Driver) {
		d.Press("n")
		d.See("Nothing is searched for")
		d.Press("/")
		d.Type("numbers")
		d.Press("enter", "n", "enter")
		d.See("first line")
		d.Press("n")
		d.See("the numbers again")
		d.SeeNot("last Numbers")
		d.Press("n")
		d.See("last Numbers")
		d.Press("N")
		d.See("the numbers again")
		d.SeeNot("last Numbers")
		if !strings.Contains(d.View().Content, ";4m") && !strings.Contains(d.View().Content, "[4m") && !strings.Contains(d.View().Content, ";4;") {
			t.Error("what was searched for is not underlined")
		}
		d.Press("n", "n")
		d.See("This is the last conversation")
		d.Press("g g", "N")
		d.See("Please have a look")
	})
}

// What goes over the end of a line is found there, once.
func TestMatchesOverLines(t *testing.T) {
	b := tuitest.Sample()
	for _, m := range b.Messages {
		if strings.HasPrefix(m.Subject, "Numbers for") {
			m.Body = "first line\n\n"
			for n, end := range []string{"one", "two", "three"} {
				m.Body += strings.Repeat("nothing of note\n\n", 40) + strings.Repeat("都", 32+n) + "東京塔 " + end + "\n\n"
			}
		}
	}
	tuitest.Run(t, tuitest.Setup{Width: 100, Height: 30, Backend: b}, func(d *tuitest.Driver) {
		d.Press("/")
		d.Type("東京塔")
		d.Press("enter", "n", "enter")
		d.See("first line")
		for _, end := range []string{"one", "two", "three"} {
			d.Press("n")
			d.See(end)
		}
		d.Press("n")
		d.See("This is the last conversation")
		d.Press("N")
		d.See("two")
	})
}

// A quote is unfolded where it is what was found.
func TestFoundInAQuote(t *testing.T) {
	b := tuitest.Sample()
	for _, m := range b.Messages {
		if strings.HasPrefix(m.Subject, "Numbers for") {
			m.Body = "Agreed.\n\nOn Monday Ada wrote:\n" + strings.Repeat("> nothing of note\n", 12) + "> the gyroscope drifts\n"
		}
	}
	play(t, b, func(d *tuitest.Driver) {
		for search, shown := range map[string]bool{"gyroscope": true, "agreed": false} {
			d.Press("/")
			d.Type(search)
			d.Press("enter", "enter")
			d.See("Agreed.")
			if shown {
				d.See("the gyroscope drifts")
			} else {
				d.See("13 quoted lines")
			}
			d.Press("esc", "esc", "esc")
		}
	})
}

// A key of a search that is slow is not held up by it, and its answer does not
// come after that of a later key.
func TestSlowSearchIsDropped(t *testing.T) {
	b := tuitest.Sample()
	play(t, b, func(d *tuitest.Driver) {
		d.Burst("/", "x", "y", "backspace", "backspace", "b", "o", "s", "s")
		d.See("/ boss", "1 found", "The boss")
		if n := len(slices.DeleteFunc(slices.Clone(b.Calls), func(s string) bool { return s != "List" })); n > 12 {
			t.Errorf("%d lists were asked for", n)
		}
	})
}

// On the real thing: what is found in the store is acted upon at the server.
func TestStorySearch(t *testing.T) {
	s := startDemo(t, demo.Options{})
	p := newPerson(t, demoProfiles(t, s)...)
	p.Press("/")
	p.Type("🦆 duck")
	p.See("ducks!!!", "1 found", "home/Inbox")
	p.Press("enter", "enter")
	p.See("1 of 1")
	p.Press("esc", "d")
	p.See("Deleted 1 conversation", "home/Trash")
	p.Press("u")
	p.See("Taken back", "home/Inbox")
	p.Press("/", "ctrl+u")
	p.Type("in:trash 🦆")
	p.See("nothing found")
	p.Press("ctrl+u")
	p.Type("🦆 duck")
	p.See("1 found")
	p.Press("enter", "d")
	p.See("Deleted 1 conversation")
	p.Until("the server has it in Trash", func(string) bool {
		for _, u := range s.Users {
			list, err := s.Messages(u.Address, "Trash")
			if err == nil && slices.ContainsFunc(list, func(m demo.Stored) bool { return strings.Contains(string(m.Raw), "nnabella") }) {
				return true
			}
		}
		return false
	})
	p.Press("esc")
	p.See("All inboxes")
	hits, err := p.app.SearchMessages(t.Context(), "🦆 in:trash", "", 10)
	if err != nil || len(hits) != 1 || hits[0].FolderRole != mail.RoleTrash {
		t.Errorf("in the store: %v, %v", hits, err)
	}
}

// What a search found of a long conversation is what is opened, and the keys for
// matches open the rest of it.
func TestStoryFoundInALongConversation(t *testing.T) {
	s := startDemo(t, demo.Options{Empty: true})
	for i := range 40 {
		from := "Everybody"
		if i == 7 || i == 12 {
			from = "Zoe"
		}
		raw := fmt.Sprintf("From: %s <p@example.org>\nSubject: Re: The walk\nDate: 1 Nov 2026 10:%02d:00 +0000\nMessage-ID: <%d@example.org>\nReferences: <0@example.org>\n\nLetter %d, in which.\n\nMuch is said.\n", from, i, i, i)
		if err := s.Deliver(s.Users[0].Address, "INBOX", []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	p := newPerson(t, demoProfiles(t, s)...)
	p.Press("g", "a")
	p.See("The walk", "40")
	p.Press("A")
	p.See("Marked 40 messages as read")
	p.Press("/")
	p.Type("from:zoe walk")
	p.See("1 found", "2 ")
	p.Press("enter", "enter")
	opened := func(letter string) func(string) bool {
		return func(screen string) bool {
			return slices.ContainsFunc(strings.Split(screen, "\n"), func(line string) bool { return strings.HasSuffix(strings.TrimRight(line, " "), letter+", in which.") })
		}
	}
	p.Until("the newest that was found is open", opened("Letter 12"))
	p.Press("N")
	p.Until("the other one is", opened("Letter 7"))
	p.Press("N")
	p.See("This is the first conversation")
}

// What is read stays where a search for unread mail found it until something else is
// read, so that keys mean it, and the next one is the next one.
func TestStoryReadingWhatIsUnread(t *testing.T) {
	s := startDemo(t, demo.Options{Empty: true})
	for i, letter := range []string{"third", "second", "first"} {
		raw := fmt.Sprintf("From: Eve <eve@example.org>\nSubject: The %s\nDate: 1 Nov 2026 10:%02d:00 +0000\n\nLetter.\n", letter, i)
		if err := s.Deliver(s.Users[0].Address, "INBOX", []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	p := newPerson(t, demoProfiles(t, s)...)
	p.Press("/")
	p.Type("is:unread in:inbox")
	p.See("3 found")
	p.Press("enter", "enter")
	p.See("The first", "1 of 3")
	p.See("All inboxes       2") // it is read
	p.Press("]")
	p.See("The second", "All inboxes       1")
	p.Press("e")
	p.See("Archived 1 conversation")
	if hits, err := p.app.SearchMessages(t.Context(), "in:archive", "", 10); err != nil || len(hits) != 1 || hits[0].Subject != "The second" {
		t.Errorf("archived are %v, %v", hits, err)
	}
	p.See("1 of 1") // it has left the list, and the next one stands in its place
	p.Press("]")
	p.See("The third")
}

// So it is beside the list, and where the search is typed faster than anything is found.
func TestStoryFoundWithoutWaiting(t *testing.T) {
	d := newDesk(t)
	d.other.deliver("INBOX", letter("Carl <carl@x.example>", d.account.Address, "Re: Anvil", "Anvil", "It has been dropped.", time.Now()))
	d.Press("ctrl+r")
	d.See("It has been dropped.")
	d.Press("A", "j")
	d.See("▌    Bellows", "   About the bellows.")
	d.Press("k")
	d.See("▸ Smith", "▌ Carl <carl@x.example>")
	d.Press("/")
	d.Type("from:smith0")
	d.Press("enter")
	d.See("1 found", "▌ Smith <smith0@x.example>")
}

// In a window in which more rows of a search are seen than are asked for on one side
// of the cursor, the list is not asked for ever.
func TestSearchInATallWindow(t *testing.T) {
	b := tuitest.Sample()
	for i := range 100 {
		m := *b.Messages[5]
		m.ID, m.Thread, m.Subject = mail.ID(1000+i), mail.ThreadID(1000+i), fmt.Sprintf("Engine %d", i)
		b.Messages = append(b.Messages, &m)
	}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 90, Backend: b, Options: tui.Options{Rows: "compact"}}, func(d *tuitest.Driver) {
		d.Press("/")
		d.Type("engine")
		d.Press("enter")
		d.Press("8 0 j")
		d.See("Engine 81")
		asked := len(d.Backend.Calls)
		d.Send(tea.MouseWheelMsg{X: 60, Y: 30, Button: tea.MouseWheelDown})
		d.Press("G", "k")
		if n := len(d.Backend.Calls) - asked; n > 20 {
			t.Errorf("asked %d times", n)
		}
		d.Resize(120, 40)
		d.Resize(120, 90)
		d.Press("g g", "G")
	})
}

// A search finds no more than a bound; who scrolls there asks once.
func TestSearchWithMoreThanItFinds(t *testing.T) {
	b := tuitest.Sample()
	b.Bound = 100
	for i := range 300 {
		m := *b.Messages[5]
		m.ID, m.Thread, m.Subject = mail.ID(1000+i), mail.ThreadID(1000+i), fmt.Sprintf("Engine %d", i)
		b.Messages = append(b.Messages, &m)
	}
	play(t, b, func(d *tuitest.Driver) {
		d.Press("/")
		d.Type("engine")
		d.Press("enter")
		d.See("60+ found")
		d.Press("G", "G")
		d.See("100+ found")
		asked := len(d.Backend.Calls)
		d.Press("G", "k", "G")
		d.See("100+ found")
		if n := len(d.Backend.Calls) - asked; n > 20 {
			t.Errorf("asked %d times", n)
		}
	})
}
