package config

import (
	"cmp"
	"slices"
	"time"

	"postea/internal/mail"
)

// Config is a configuration file as read: accounts in their order, defaults
// filled in. It is not changed after Load.
type Config struct {
	Path      string
	Accounts  []Account
	UI        UI
	Reading   Reading
	Contacts  Contacts
	Compose   Compose
	Notify    Notify
	Rules     []Rule              // asked in their order
	Keys      map[string][]string // action id → keys; replaces that action's default keys
	KeyPlaces map[string][]Place  // action id → where it stands in the file, and then each of its keys

	lock  *locker
	files []namedFile
	said  uint64
}

// Place is a place in the file; both count from 1.
type Place struct{ Line, Column int }

// Account is a profile: one person's address, where its mail is read and where
// it is submitted.
type Account struct {
	Name          string
	Address       string
	RealName      string
	Aliases       []string
	Signature     string
	SignatureFile string
	More          []Identity // addresses with a name or signature of their own
	Drafts        string     // where drafts are kept: "" here and on the server, "local" only here
	Color         string     // of its name in the sidebar and in lists over several accounts: green, yellow, blue, violet, red; "" is none of its own
	Bodies        string     // which bodies are fetched beforehand, as Reading.Bodies; "" is as there
	Depth         Depth      // how far back folders are kept here
	AuthServID    string     // under which the own server writes Authentication-Results; "" is not known
	IMAP          Server
	SMTP          Server
	OAuth2        OAuth2
	Folders       map[mail.Role]string // folders whose role the user knows better than the server
	Send          Send
	Sent          Sent
}

// Server is one end of an account. One that is not Used has an empty Host: an
// account without IMAP only sends.
type Server struct {
	Host      string
	Port      int
	TLS       string // implicit, starttls, none
	Username  string
	Auth      string // password, strong, oauth2, none or a mechanism's name
	Password  Secret
	Token     Secret
	CAFile    string
	Pin       string
	Proxy     string
	Insecure  bool
	Transport string // SMTP only: "" is submission, or Direct
	Helo      string // SMTP only: the name given in EHLO; "" is one that tells nothing
}

// Send is how an account's messages leave.
type Send struct {
	Hold      time.Duration   // undo window of the TUI; 10 s
	Retry     []time.Duration // waits after the first, second, … failed try; the last repeats
	Warn      time.Duration   // pending recipients are told of after this; 4 h
	GiveUp    time.Duration   // pending recipients become failed after this
	Reconcile []time.Duration // when an unsure message is looked for
	OnUnsure  string          // ask, resend
	Track     bool            // ask for reports of success too
}

// Sent says whether a copy is filed: auto (learned per server), always, never.
type Sent struct {
	Copy string
}

// UI is how postea looks.
type UI struct {
	Theme  string // the name of one; which there are is known to who draws
	Glyphs string // auto, unicode, ascii, nerd
	Rows   string // auto, compact, comfortable
	Keys   string // default, gmail, aerc, mutt

	Pictures string // auto, cells, off
	Motion   string // full, reduced
	Plain    bool   // for a screen reader
	Clock    string // auto, 24h, 12h
	Dates    string // auto, day, month, iso
	Week     string // the day that work begins with: auto, monday, sunday, saturday
	// RightToLeft is who puts in order what is written from the right: auto, terminal, postea.
	RightToLeft string
	Title       bool   // of the terminal's window
	Progress    string // shown in the terminal's tab: auto, on, off

	ThemeLine int // of the file; 0 where it does not say
}

// Contacts is where addresses come from, besides what is read and sent.
type Contacts struct {
	Files []string // address books, or directories of vCard files
	Query []string // a command that prints addresses for what is typed, in the place of %s
}

// Notify is how new mail is told of.
type Notify struct {
	Desktop string // auto, terminal, system, off
	Bell    bool
	Content bool     // who has written and about what
	Folders []string // names or roles
	Quiet   Hours
	Hook    []string // argv; nil: none
}

// Hours is a part of the day, which may go over midnight. The zero value is none.
type Hours struct{ From, To time.Duration } // since midnight

// Holds tells whether a time lies in it.
func (h Hours) Holds(t time.Time) bool {
	at := time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	if h.From <= h.To {
		return h.From <= at && at < h.To
	}
	return at >= h.From || at < h.To
}

// Reading is how mail is shown and kept.
type Reading struct {
	Downloads  string        // where attachments are saved
	MarkRead   time.Duration // how long a message is beside the list before it counts as read
	KeepUnread bool          // showing a message marks nothing as read
	PreferHTML bool
	Bodies     string // prefetch: recent, all, none

	WebPictures string // ask, never
}

// Proxy is the one behind which the account is kept, "" for none: whatever is
// asked for it goes that way.
func (a Account) Proxy() string { return cmp.Or(a.IMAP.Proxy, a.SMTP.Proxy) }

// Own tells whether an address is one of the account's own.
func (a Account) Own(address string) bool {
	if sameAddress(a.Address, address) {
		return true
	}
	for _, own := range a.Aliases {
		if sameAddress(own, address) {
			return true
		}
	}
	return slices.ContainsFunc(a.More, func(id Identity) bool { return sameAddress(id.Address, address) })
}

// FolderName is the name of the folder of a role: the configured one, else the
// usual one.
func (a Account) FolderName(role mail.Role, usual string) string {
	return cmp.Or(a.Folders[role], usual)
}

// Account gives the account of a name.
func (c *Config) Account(name string) (Account, bool) {
	for _, a := range c.Accounts {
		if a.Name == name {
			return a, true
		}
	}
	return Account{}, false
}
