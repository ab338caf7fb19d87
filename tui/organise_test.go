package tui_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/tuitest"
)

func TestLabelsArePutOnAndTakenOff(t *testing.T) {
	play(t, nil, func(d *tuitest.Driver) {
		d.Press("l")
		d.See("There is none yet: type its name.")
		d.Type("Travel")
		d.See("a new label")
		d.Press("enter")
		d.See("‹Travel›", "Labelled 1 conversation Travel")
		d.Press("j", ".")
		if n := strings.Count(d.Screen(), "‹Travel›"); n != 2 {
			t.Errorf("%d rows have the label", n)
		}
		d.Press("k", "l", "enter")
		d.See("Took Travel off 1 conversation")
		d.Press("u", "u", "u")
		d.SeeNot("‹Travel›")
	})
}

func TestPinnedStandsOnTop(t *testing.T) {
	play(t, nil, func(d *tuitest.Driver) {
		d.Press("3 j", "P")
		if l := line(d, "The boss"); !strings.Contains(l, "◆") {
			t.Errorf("no pin in %q", l)
		}
		screen := d.Screen()
		if strings.Index(screen, "The boss") > strings.Index(screen, "Grace Hopper") {
			t.Error("the pinned one is not on top")
		}
		d.Press("u")
		d.SeeNot("◆")
	})
}

// What another client has taken away is no longer selected.
func TestWhatIsGoneIsNotSelected(t *testing.T) {
	play(t, nil, func(d *tuitest.Driver) {
		d.Press("3 x")
		d.See("3 selected")
		d.Backend.Do(func() {
			d.Backend.Messages = slices.DeleteFunc(d.Backend.Messages, func(m *tuitest.Message) bool { return m.From.Name == "Stripe" })
		})
		d.Press("j")
		d.See("2 selected")
		d.Press("e")
		d.See("Archived 2 conversations")
	})
}

// What is muted leaves an inbox, and no other list where that is repeated.
func TestMutingIsRepeatedInAnotherList(t *testing.T) {
	play(t, nil, func(d *tuitest.Driver) {
		d.Press("e", "M", "g r")
		if l := line(d, "Grace Hopper"); !strings.Contains(l, "▌") {
			t.Errorf("the cursor is not on %q", l)
		}
		d.Press(".")
		if l := line(d, "Grace Hopper"); !strings.Contains(l, "▌∅") {
			t.Errorf("no longer on what was muted: %q", l)
		}
		d.Press(".")
		if l := line(d, "Grace Hopper"); strings.Contains(l, "∅") {
			t.Errorf("still muted: %q", l)
		}
	})
}

func TestSnoozeTakesWhatIsOffered(t *testing.T) {
	play(t, nil, func(d *tuitest.Driver) {
		d.Press("b", "down", "down", "enter")
		d.See("Snoozed 1 conversation until Wed 09:00")
		d.SeeNot("Grace Hopper")
		d.Press("u")
		d.See("Grace Hopper")
		d.Press("b")
		d.Type("someday")
		d.See("not understood yet")
		d.Press("enter")
		d.See("someday", "not understood yet")
		d.Press("ctrl+u")
		d.Type("tomorrow")
		d.Press("enter")
		d.See("Snoozed 1 conversation")
	})
}

func TestSelectAllAndMatching(t *testing.T) {
	play(t, nil, func(d *tuitest.Driver) {
		d.Press("*")
		d.See("30 selected")
		d.Press("*")
		d.SeeNot("selected")
		d.Press("T", "enter") // what is offered first: is:unread
		d.See("4 selected")
		d.Press("U")
		d.SeeNot("● Stripe")
		d.Press("u")
		d.See("● Stripe")
		d.Press("esc", "T")
		d.Type("is:unread is:purple")
		d.Press("enter")
		d.See(`not "purple"`)
		d.SeeNot(" selected")
	})
}

func TestSingleMessagesAndOrder(t *testing.T) {
	play(t, nil, func(d *tuitest.Driver) {
		d.Press("O")
		d.See("only a folder keeps how it is shown")
		d.Press("g i", "O")
		d.Type("single")
		d.Press("enter")
		if n := strings.Count(d.Screen(), "Re: the talk on Thursday"); n < 2 {
			t.Errorf("%d messages of the conversation are listed:\n%s", n, d.Screen())
		}
		d.Press("O")
		d.Type("oldest")
		d.Press("enter")
		if l := line(d, "▌"); strings.Contains(l, "09:41") {
			t.Errorf("the newest is on top: %q", l)
		}
		d.Press("g s", "g i", "O")
		d.See("now single messages")
	})
}

func TestSavedSearchStandsAmongTheFolders(t *testing.T) {
	play(t, nil, func(d *tuitest.Driver) {
		d.Press("/")
		d.Type("numbers")
		d.Press("ctrl+s")
		d.See("Save as")
		d.Type("The figures")
		d.Press("enter")
		d.See("Saved the search The figures", "SEARCHES")
		d.Press("esc", "esc", "g i")
		d.See("Grace Hopper")
		d.ClickOn("The figures")
		d.See("/ numbers", "2 found", "The boss")
		d.SeeNot("Grace Hopper")
		d.Press("esc")
		d.See("Grace Hopper")
		d.Press(":")
		d.Type("forget a saved")
		d.Press("enter", "enter")
		d.See("Forgot the search")
		d.SeeNot("SEARCHES")
		d.Press(":")
		d.Type("forget a saved")
		d.Press("enter")
		d.See("No search is saved")
	})
}

func TestSearchIsCompletedAndRemembered(t *testing.T) {
	b := tuitest.Sample()
	b.History = []string{"an older one"}
	play(t, b, func(d *tuitest.Driver) {
		d.Press("/")
		d.Type("fr")
		d.See("from:", "takes it")
		d.Press("tab")
		d.See("/ from:")
		d.Press("esc", "/")
		d.Press("up", "up")
		d.See("an older one")
	})
}

func TestOfflineAndOnline(t *testing.T) {
	play(t, nil, func(d *tuitest.Driver) {
		d.Press("ctrl+o")
		d.See("You are offline: what you do waits")
		d.Press("ctrl+o")
		d.See("Online again")
	})
}

func TestSendingOfflineSaysThatItWaits(t *testing.T) {
	b := tuitest.Sample()
	b.Hold = 10 * time.Second
	play(t, b, func(d *tuitest.Driver) {
		d.Press("ctrl+o")
		write(d, "grace@example.net", "Moth", "Found.")
		d.Press("ctrl+s")
		d.See("Queued, goes out when you are online again", "u undo")
		d.SeeNot("goes out in")
		d.Press("u")
		d.See("Sending taken back", "Subject  Moth")
	})
}

// A long address does not cut off how many others there are.
func TestTheOutboxCountsRecipients(t *testing.T) {
	b := tuitest.Sample()
	b.Outgoing = []app.OutboxItem{{ID: "o1", State: mail.ItemQueued, Subject: reading.Line("To both"), To: reading.Line(strings.Repeat("long.", 12) + "name@example.net"), More: 1}}
	for _, width := range []int{80, 140} {
		tuitest.Run(t, tuitest.Setup{Width: width, Height: 30, Backend: b}, func(d *tuitest.Driver) {
			d.Press("g o")
			d.See("long.", "… +1")
		})
	}
}

func TestOfflineTheOutboxSaysThatItWaits(t *testing.T) {
	b := tuitest.Sample()
	b.Outgoing = []app.OutboxItem{{ID: "o1", State: mail.ItemQueued, Subject: reading.Line("Into the blue"), To: reading.Line("grace@example.net")}}
	play(t, b, func(d *tuitest.Driver) {
		d.Press("g o")
		d.See("NOW", "Into the blue")
		d.Press("ctrl+o")
		d.See("WAITING", "Into the blue", "goes out when you are online again")
		d.SeeNot("NOW")
		d.Press("S")
		d.See("Goes out when you are online again")
		d.SeeNot("Sending now")
		d.Press("ctrl+o")
		d.See("NOW")
		d.SeeNot("goes out when", "WAITING")
	})
}

// Where no account has a server, the line names none of them.
func TestOfflineIsSaidOfTheAccountThatIs(t *testing.T) {
	b := tuitest.Sample()
	b.States = []app.Status{{Kind: app.StatusOffline, Account: "ada", Pending: 1}, {Kind: app.StatusOffline, Account: "work"}}
	play(t, b, func(d *tuitest.Driver) {
		d.See("○ offline, 1 change waiting")
		d.Backend.Do(func() { d.Backend.States[1] = app.Status{Kind: app.StatusOnline, Account: "work"} })
		d.Advance(time.Second)
		d.See("○ ada offline, 1 change waiting")
	})
}

func TestFoldersByKeys(t *testing.T) {
	b := tuitest.Sample()
	play(t, b, func(d *tuitest.Driver) {
		d.Press("g i", "shift+tab", "n")
		d.See("New folder")
		d.Type("Recipes")
		d.Press("enter")
		d.See("Made the folder Recipes", "Recipes")
		d.Press("u")
		d.SeeNot("  Recipes")
		d.Press("r")
		d.See("The inbox stays where it is")
		d.ClickOn("go-dev")
		d.Press("shift+tab", "f")
		d.See("FAVOURITES")
		d.Press("g i", "shift+tab", ":")
		d.Type("rename")
		d.See("Rename the folder")
	})
	if v := b.Views[tuitest.WorkGoDev]; v != (app.View{Favourite: true}) {
		t.Errorf("the view is %+v", v)
	}
	if !slices.Contains(b.Calls, "MakeFolder") {
		t.Error("no folder was made")
	}
}

// Also the first message that the store ever had is shown beside the list where it stands singly.
func TestTheFirstMessageStandsSingly(t *testing.T) {
	b := tuitest.Sample()
	only := *b.Messages[2]
	only.ID, only.Thread, only.Files, only.Body = 1, 1, nil, "It was the first."
	b.Messages = []*tuitest.Message{&only}
	b.Views = map[mail.FolderID]app.View{only.Folder: {Single: true}}
	tuitest.Run(t, tuitest.Setup{Width: 180, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.Press("g s", "g i")
		d.Advance(time.Second)
		d.See("   It was the first.")
	})
}

// Another order is shown from its top; where the rows stay in their places, the cursor does.
func TestAnotherOrderBeginsAtItsTop(t *testing.T) {
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 20, Backend: sampleOf(90)}, func(d *tuitest.Driver) {
		for _, tt := range []struct{ choose, at string }{{"oldest", "letter 89 "}, {"newest", "letter 0 "}, {"comfortable", "letter 2 "}} {
			d.Press("g i", "j", "j", "O")
			d.Type(tt.choose)
			d.Press("enter")
			if _, list, _ := strings.Cut(line(d, tt.at), "│"); !strings.HasPrefix(list, "▌") && !strings.Contains(d.Screen(), "│▌    "+tt.at) {
				t.Errorf("%s: the cursor is not on %s\n%s", tt.choose, tt.at, d.Screen())
			}
		}
	})
}

// What has not come yet is not said to be read and put away, nor a folder not to be there.
func TestNothingFetchedYet(t *testing.T) {
	b := tuitest.Empty()
	b.Awaited, b.Accounts[0].Folders = true, b.Accounts[0].Folders[:1]
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.See("Nothing fetched yet")
		d.See("once it is fetched")
		d.SeeNot("put away")
		for _, key := range []string{"e", "*", "+"} {
			d.Press(key)
			d.See("Nothing has been fetched yet")
		}
		d.Press("g d")
		d.See("The folders of this account are not known yet")
		d.Backend.Do(func() { d.Backend.Awaited = false })
		d.Advance(time.Second)
		d.See("All read and put away")
		d.Press("e")
		d.See("There is no message here")
	})
}

// A menu of folders that was opened before they were known fills, and the cursor keeps its place.
func TestFoldersComeWhileOneIsPicked(t *testing.T) {
	b := tuitest.Empty()
	all := b.Accounts[0].Folders
	last := all[len(all)-1]
	b.Accounts[0].Folders = all[len(all)-1:]
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.Press("g f")
		d.See("2 of 2", "Starred")
		d.Backend.Do(func() { d.Backend.Accounts[0].Folders = all })
		d.Advance(time.Second)
		d.See(fmt.Sprintf("%d of %d", len(all)+1, len(all)+1))
		d.Press("enter")
		d.See("› " + last.Name)
	})
}

// The list of a folder that is no more gives way to the inbox, but not to the loss of what is read.
func TestListOfADeletedFolder(t *testing.T) {
	play(t, nil, func(d *tuitest.Driver) {
		d.Press("e", "g r", "enter")
		d.See("Archive › Re: the talk on Thursday")
		d.Backend.Do(func() {
			for i, a := range d.Backend.Accounts {
				d.Backend.Accounts[i].Folders = slices.DeleteFunc(slices.Clone(a.Folders), func(f mail.Folder) bool { return f.Role == mail.RoleArchive })
			}
		})
		d.Advance(time.Second)
		d.See("Re: the talk on Thursday")
		d.Press("esc")
		d.Backend.Do(func() {})
		d.Advance(time.Second)
		d.See("ada@example.org › Inbox", "Margaret Hamilton")
	})
}

// What the folders list beside folders can be gone to as they are.
func TestGoToWhatIsNoFolder(t *testing.T) {
	b := tuitest.Sample()
	b.Searches = []app.SavedSearch{{Name: reading.Line("Figures"), Raw: "Figures", Query: "numbers"}}
	play(t, b, func(d *tuitest.Driver) {
		d.Press("g f")
		d.Type("starred")
		d.Press("enter")
		d.See("Margaret Hamilton", "  Starred  ")
		d.SeeNot("Grace Hopper")
		d.Press("g f")
		d.Type("figures")
		d.Press("enter")
		d.See("/ numbers", "2 found")
		d.Press("m") // and nothing can be put there
		d.Type("starred")
		d.See("Nothing matches")
	})
}

// In an empty list there is nothing to select.
func TestNothingToSelect(t *testing.T) {
	for _, key := range []string{"x", "V", "*", "T"} {
		at(120, 36, func(d *tuitest.Driver) {
			d.Press("g s", key)
			d.See("There is no message here")
			d.SeeNot("selected")
		})(t)
	}
}
