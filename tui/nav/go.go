package nav

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/when"
	"postea/tui/keys"
)

// Where a screen may ask to go, and what it may ask the root to do.
type (
	// OpenPlace shows a list; Focus puts the cursor there, where it is not zero.
	OpenPlace struct {
		Place app.Place
		Focus mail.ThreadID
	}
	// Compose opens a draft in the composer.
	Compose struct{ Draft mail.Draft }
	// OpenOutbox shows the outbox.
	OpenOutbox struct{}
	// OpenContacts shows the address book.
	OpenContacts struct{}
	// OpenJourney shows what happened to an outgoing message.
	OpenJourney struct{ ID mail.OutboxID }
	// Archived says that the conversation of a message has left the inbox.
	Archived struct{ ID mail.ID }
	// Back leaves the screen that says it.
	Back struct{}
	// Dismiss closes the overlay on top, then says Then where it is not nil.
	Dismiss struct{ Then tea.Msg }
	// Menu asks the user to pick one of several things.
	Menu struct {
		Title string
		Hint  string // what enter does
		Items []Item
		Extra []Extra // further keys
		// Other makes an item of what is typed, where that is none of the others;
		// nil: only those can be picked.
		Other func(text string) (Item, bool)
		// Beside leaves what lies behind as it is, for a choice that is seen there;
		// At is the item to begin with, and Cancel is said when none is chosen.
		Beside bool
		At     int
		Cancel tea.Msg
	}
	// Confirm asks the user one question.
	Confirm struct {
		Question, Detail string
		Yes, No          string // what the keys y and n do, in words
		Careful          bool   // enter is not enough for a yes
		Then             tea.Msg
	}
	// Prompt asks for a line of text. Choices are texts that can be taken
	// instead; Preview says what a text means, and whether it means anything.
	Prompt struct {
		Title, Hint, Help string
		Text              string   // to begin with
		Selected          bool     // what is typed first takes the place of Text
		Choices           []string // those whose Preview says what an earlier one's does, or no, are left out
		Preview           func(text string, now time.Time, dates when.Style) (string, bool)
		Then              func(text string) tea.Msg
	}
	// Pager shows lines to be read, with a note below them.
	Pager struct {
		Title string
		Lines []app.Text
		Empty string // said where there are no lines
		Note  string
	}
	// PickFolder asks for a folder of an account; Then makes the message for it.
	PickFolder struct {
		Title   string // "Move to"
		Hint    string
		Account string // "": of all accounts
		Several bool   // what goes there may be of several accounts: only what each of them has is offered, by its role
		Except  mail.FolderID
		Then    func(app.FolderItem) tea.Msg
	}
	// Run does an action as if its key had been pressed.
	Run struct{ Action keys.Action }
	// Toast says something on the bottom line for a while.
	Toast struct {
		Text  app.Text
		Error bool
		Stay  bool      // until the next key
		Until time.Time // counts down to it; zero: no countdown
		After app.Text  // follows the text or the countdown
		Away  app.Text  // said instead, without a countdown, where the user is offline
		Path  app.Text  // of a file, behind the text
		Link  string    // its address
	}
	// EndCountdown takes back a Toast that counts down.
	EndCountdown struct{}
	// AddAccount opens the wizard.
	AddAccount struct{}
	// AccountAdded says that the configuration has a new account.
	AccountAdded struct{ Name string }
	// Quit ends the program once every screen has left.
	Quit struct{}
)

// Item is one line of a Menu.
type Item struct {
	Label  string
	Detail string
	Also   string // words that find it and are not shown
	Key    string // shown at the right
	Msg    tea.Msg
	Hover  tea.Msg            // said when the cursor comes to it; may be nil
	More   map[string]tea.Msg // by the names of Menu.Extra's keys
}

// Extra is a further key of a Menu.
type Extra struct{ Key, Label string }

// Done is a toast of what has been done.
func Done(words string) Cmd {
	if words == "" {
		return nil
	}
	return Say(Toast{Text: reading.Line(words)})
}

// Failed is a toast of what went wrong; nil for a nil error.
func Failed(err error) Cmd {
	if err == nil {
		return nil
	}
	return Say(Toast{Text: reading.Line(said(err)), Error: true})
}

// said is the words of an error. What was shown and is not there any more has gone a moment ago.
func said(err error) string {
	if err.Error() == app.ErrNotFound.Error() {
		return "This is there no longer"
	}
	return err.Error()
}

// Words makes an error into words for the screen.
func Words(err error) app.Text {
	if err == nil {
		return app.Text{}
	}
	return reading.Line(strings.ReplaceAll(said(err), "\n", "; ")) // of several at once
}

// Line makes a string that is not known to be safe into one line for the screen.
func Line(s string) string { return reading.Line(s).String() }
