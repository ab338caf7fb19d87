package app

import (
	"time"

	"postea/internal/mail"
	"postea/internal/reading"
	"postea/internal/transcript"
)

// Text is text made safe for a screen. Only internal/reading makes it; the
// zero value is empty.
type Text = reading.Text

// PlaceKind tells what kind of list a Place is.
type PlaceKind int

// The kinds of places.
const (
	PlaceFolder     PlaceKind = iota // one folder of one account
	PlaceAllInboxes                  // the inboxes of all accounts
	PlaceStarred                     // \Flagged messages of all accounts
	PlaceEverywhere                  // every folder of all accounts; a list only with a Query
)

// Place is what a message list shows. With a Query it shows what a search for
// that finds there, newest first.
type Place struct {
	Kind    PlaceKind
	Query   string
	Account string
	Folder  mail.FolderID
	Name    string // decoded folder name, for looking it up again
	Role    mail.Role
	Kept    mail.ID // stays among what a search finds, as long as it is read, though it is found no more
}

// Row is one line of a message list: a conversation, shown by its newest
// message in that place.
type Row struct {
	Thread      mail.ThreadID
	ID          mail.ID   // newest message of the conversation in this place
	Hits        []mail.ID // those that a search found, as far as it has looked, newest first
	Account     string
	Folder      mail.FolderID
	Role        mail.Role
	Who         Text // sender; in Sent and Drafts the recipients
	Subject     Text
	Snippet     Text
	Date        time.Time
	Count       int // messages of the conversation in this place
	Unread      bool
	Starred     bool
	Answered    bool
	Failed      bool // of one's own: it did not reach somebody, and nobody has dealt with that
	Muted       bool
	Pinned      bool
	Returned    bool // it stands higher than by its date: it was snoozed, or nobody has answered
	Attachments bool
	Labels      []Text
	Where       Text   // the folder, in a list of what was found everywhere; in others over several accounts the name of one that has a colour
	Color       string // of the account: config.Account.Color
}

// Window asks for a part of a list. Where Anchor is set and still in the list,
// the page is moved so that Anchor lies Offset rows below its top, so that a
// cursor stays on its conversation while others arrive above.
type Window struct {
	Offset, Limit int
	Anchor        mail.ThreadID
}

// Page is a part of a list.
type Page struct {
	Offset int // index of Rows[0] in the whole list
	Rows   []Row
	Total  int // conversations in the list
	View   View
	Unread int // unread messages in the place
	Count  int // messages in the place
	Older  int // messages of the place that are at the server only

	Awaited bool // nothing is here, and what the server has is not known yet

	// Of a search:
	More    bool  // there is more than Total, and it comes when it is scrolled to
	Problem Text  // what could not be understood; empty where all was, or more may be typed
	Marks   Marks // what to mark in rows and in the text of a hit
}

// Sort is the order of a list.
type Sort string

// The orders; pinned conversations come first in that of SortNewest.
const (
	SortNewest  Sort = ""
	SortOldest  Sort = "oldest"
	SortSender  Sort = "sender"
	SortSubject Sort = "subject"
	SortLargest Sort = "largest"
	SortUnread  Sort = "unread" // unread first, then the newest
)

// SavedSearch is a search that is kept under a name.
type SavedSearch struct {
	Name  Text
	Raw   string // the name, for forgetting it
	Query string
}

// FolderItem is one line of the sidebar.
type FolderItem struct {
	Place      Place
	Label      Text
	Depth      int
	Unread     int
	Total      int
	Older      int // messages at the server only
	Drafts     int // that no message stands for yet
	Selectable bool
	Subscribed bool // other mail programs show it
	View       View
}

// AccountItem is one account with its folders, in the order of the configuration.
type AccountItem struct {
	Name    string
	Label   Text
	Color   string // config.Account.Color
	Folders []FolderItem
	Used    int64 // of the room for mail, in bytes
	Room    int64 // 0: not known
	Awaited bool  // the server has not told its folders yet
}

// Sidebar is everything that the sidebar shows.
type Sidebar struct {
	InboxUnread int // over all accounts
	Outbox      OutboxCounts
	Favourites  []FolderItem
	Searches    []SavedSearch
	Accounts    []AccountItem
	Offline     bool // the user has gone offline
	Undo        bool // there is something to undo
}

// StatusKind is the state of an account's connection.
type StatusKind int

// The kinds of status.
const (
	StatusIdle       StatusKind = iota // not started yet, or nothing to say
	StatusConnecting                   // signing in
	StatusSyncing                      // pulling or replaying
	StatusOnline                       // up to date, following
	StatusOffline                      // no network; trying again at Retry
	StatusNeedsYou                     // sign-in or certificate: the user must act
)

// Status tells what an account is doing.
type Status struct {
	Kind    StatusKind
	Account string
	Synced  time.Time // last complete round; zero: never
	Retry   time.Time // next try when offline
	Text    Text      // what is wrong and what to do, one line; empty when all is well
	Done    int       // messages pulled so far in this round, of Of (0: not known)
	Of      int
	Pending int // local changes waiting to be carried out
}

// OutboxCounts are the numbers that the status line and the sidebar show.
type OutboxCounts struct {
	Sending, Waiting, NeedsYou int
	Soon                       int // of those that wait: this process sends them within moments
}

// Message is a message opened in the reader.
type Message struct {
	ID          mail.ID
	Thread      mail.ThreadID
	Account     string
	Folder      mail.FolderID
	Role        mail.Role
	From        []Person
	To, Cc, Bcc []Person
	Subject     Text
	Date        time.Time
	Flags       []string
	Unread      bool
	Starred     bool
	Mine        bool // sent by one of the user's own addresses
	Snippet     Text
	Verdict     Text   // what the own server found out about the sender, in words; empty where it is not known
	Confirmed   bool   // and that is good
	FirstTime   bool   // nothing else has come from this address, or gone to it
	Warnings    []Text // quiet, one line each: Reply-To differs, links that lie …
	Protection  Text   // signed or encrypted, and not checked; empty for neither
	Invitation  *Invitation
	Bounce      *Bounce
	List        *List
	Contacts    []reading.ContactCard // people whom it introduces
	Outgoing    *OutboxItem           // what became of one's own message; nil where the outbox does not list it
	HasPictures bool                  // Pictures may give some
	ReceiptTo   Text                  // who asks to be told that it was read, which is never done; empty for nobody
	Here        bool                  // its text is in the store
	Unreached   bool                  // it is not, and nobody fetches it before the account is connected
	Partial     bool                  // but not all of it: attachments may be away
	Parts       []PartState           // of a Partial message, those that were asked for
	Attachments []Attachment
	Body        Body // nil while the body is not here
}

// Person is an address on the screen: the address is always visible.
type Person struct {
	Name    Text
	Address Text
	Me      bool
}

// Attachment is a file of a message.
type Attachment struct {
	Index int // from 1
	Name  Text
	Type  Text
	Size  int64
	Part  string // path of the part
	Away  bool   // it was left at the server; Size is an estimate
}

// Body is a message's readable text, laid out on demand. LayoutOptions with
// PreferHTML gives the version that is not shown at first. It is safe for
// concurrent use.
type Body interface {
	Lines(width int, o reading.LayoutOptions) []reading.TextLine
	// Links lists what the numbers in the text open; other is for the version
	// that is not shown at first.
	Links(other bool) []reading.Link
	// Versions tells whether there is both a plain and an HTML version.
	Versions() bool
}

// Conversation is a thread opened in the reader, oldest message first. Bodies
// are only loaded by Open; the heads carry a snippet.
type Conversation struct {
	Subject  Text
	Messages []Message // without Body
}

// OutboxItem is one line of the outbox view.
type OutboxItem struct {
	ID          mail.OutboxID
	Account     string
	State       mail.ItemState
	HeldFor     mail.HeldFor
	Subject     Text
	To          Text // one recipient, or "n recipients"
	More        int  // recipients beside that one
	Recipients  []OutboxRecipient
	Created     time.Time
	NotBefore   time.Time
	NextAttempt time.Time
	Finished    time.Time // zero: not finished
	Began       time.Time // of the attempt under way; zero: none is
	Attempts    int
	Size        int64
	Sent        int64 // upload progress while sending
	Detail      Text  // what happened last, in words
	QueueID     Text
	MessageID   Text
}

// OutboxRecipient is one recipient of an outgoing message.
type OutboxRecipient struct {
	Address  Text
	Settled  bool // the failure was dealt with
	State    mail.RecipientState
	Sending  bool // it is pending because the server is being talked to
	Source   mail.Source
	Code     int
	Enhanced Text
	Words    Text // plain words for the reason
	Text     Text // the server's own words
}

// Journey is everything known about an outgoing message.
type Journey struct {
	Item     OutboxItem
	Log      []LogLine
	Attempts []AttemptView
}

// LogLine is one step of a journey.
type LogLine struct {
	At     time.Time
	Kind   string // as mail.LogEntry.Kind
	Text   Text
	Detail Text
}

// AttemptView is one try to hand over, with its conversation.
type AttemptView struct {
	N           int
	Started     time.Time
	Server, TLS Text
	Outcome     Text
	Lines       []TraceView
}

// TraceView is one line of a conversation with a server.
type TraceView struct {
	At   time.Time
	From transcript.Speaker
	Text Text
}

// Contact is an address that the composer offers, or a group of them.
type Contact struct {
	Name, Address Text
	Raw           mail.Address // of a group only the name
	Uses          int
	Last          time.Time
	Kept          bool           // put into the address book by the user
	Members       []mail.Address // of a group; nil for a person
}

// Identity is an address to write from.
type Identity struct {
	Account   string
	Address   mail.Address
	Server    string // submission host, for the composer's last line
	SizeLimit int64  // of the server, 0 unknown
	Signature string
}

// Undone tells what Undo took back.
type Undone struct {
	What  string        // "Archive of 3 messages taken back"
	Draft *mail.Draft   // set where a send was taken back
	Place *Place        // where the messages are again
	Focus mail.ThreadID // the conversation of the newest of them
	ID    mail.ID       // and that itself
}
