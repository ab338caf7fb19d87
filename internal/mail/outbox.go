package mail

import (
	"strconv"
	"strings"
	"time"

	"postea/internal/transcript"
)

// OutboxID names an outgoing message; it begins with "o".
type OutboxID string

// RecipientState is what is known about one recipient of an outgoing message.
type RecipientState string

// The states of a recipient.
const (
	RecipientPending   RecipientState = "pending"   // not accepted yet
	RecipientUnsure    RecipientState = "unsure"    // the line was lost after the committing byte
	RecipientAccepted  RecipientState = "accepted"  // the submission server has taken responsibility
	RecipientDelayed   RecipientState = "delayed"   // a report says that delivery is late
	RecipientRelayed   RecipientState = "relayed"   // handed to a server that sends no reports
	RecipientExpanded  RecipientState = "expanded"  // handed to a list
	RecipientDelivered RecipientState = "delivered" // in the mailbox
	RecipientFailed    RecipientState = "failed"    // refused (Source reply or message), bounced (Source report) or given up by the user
)

// Source tells who said the last thing about a recipient.
type Source string

// The sources; "" where nobody has said anything.
const (
	SourceReply   Source = "reply"   // the submission server
	SourceMessage Source = "message" // the same, about the message: nobody's address is at fault
	SourceReport  Source = "report"  // a delivery report or bounce
)

// Recipient is one envelope recipient of an outgoing message.
type Recipient struct {
	Address  string
	State    RecipientState
	Source   Source
	Code     int    // reply code of the last answer, 0 for none
	Enhanced string // enhanced status code, "" for none
	Text     string // the server's words
	Settled  bool   // the user has dealt with this failure
}

// Plain is the server's text without the codes that the other fields hold;
// reports often repeat them.
func (r Recipient) Plain() string {
	text := strings.TrimSpace(r.Text)
	if r.Code != 0 {
		text = strings.TrimSpace(strings.TrimPrefix(text, strconv.Itoa(r.Code)))
	}
	if r.Enhanced != "" {
		text = strings.TrimSpace(strings.TrimPrefix(text, r.Enhanced))
	}
	return text
}

// Taken tells whether a server has taken the message for the recipient: what is reported,
// also a failure, was accepted before.
func (r Recipient) Taken() bool { return r.State == RecipientAccepted || r.Source == SourceReport }

// ItemState is the state of an outgoing message as a whole.
type ItemState string

// The states of an item.
const (
	ItemQueued    ItemState = "queued"
	ItemHeld      ItemState = "held"
	ItemSending   ItemState = "sending"
	ItemDeferred  ItemState = "deferred"
	ItemBlocked   ItemState = "blocked"
	ItemUnsure    ItemState = "unsure"
	ItemRejected  ItemState = "rejected"
	ItemAccepted  ItemState = "accepted"
	ItemDone      ItemState = "done"
	ItemCancelled ItemState = "cancelled"
)

// HeldFor tells why an item waits for a time.
type HeldFor string

// The reasons; "" for an item that is not held.
const (
	HeldForUndo     HeldFor = "undo"
	HeldForSchedule HeldFor = "schedule"
)

// BlockedBy is of which kind the thing is that only the user can mend.
type BlockedBy string

// The kinds; "" where nothing is in the way, and for what an older program recorded.
const (
	BlockedBySignIn     BlockedBy = "sign-in"    // refused, or there is no password
	BlockedByConnection BlockedBy = "connection" // nobody may sign in over it: a certificate, no encryption
	BlockedBySettings   BlockedBy = "settings"   // the account is not configured
)

// Copy is the state of the copy in Sent, a step of its own.
type Copy string

// The states of the copy.
const (
	CopyNone    Copy = "none"    // nothing accepted yet
	CopyPending Copy = "pending" // to be looked for, then filed
	CopyFiled   Copy = "filed"   // in Sent
	CopySkipped Copy = "skipped" // no IMAP, no Sent folder, or switched off
)

// Outgoing is a message in the outbox. State, HeldFor and NextAttempt follow
// from the rest by Derive and are filled in by the store.
type Outgoing struct {
	ID          OutboxID
	Account     string
	State       ItemState
	HeldFor     HeldFor
	Created     time.Time
	NotBefore   time.Time // hold or schedule ends; zero: at once
	NextAttempt time.Time // after a 4xx or network fault; zero: none planned
	Attempts    int
	MessageID   string // without <>
	EnvID       string
	From        string // envelope sender
	FromHeader  Address
	To          []Address // header addresses, for display
	Subject     string
	Size        int64
	Recipients  []Recipient
	Blocked     string // sign-in or certificate: what the user must mend; "" for none
	BlockedBy   BlockedBy
	Cancelled   bool
	Sending     bool      // an attempt is under way
	Began       time.Time // when it began; zero: none is
	Copy        Copy
	QueueID     string
	LastText    string // the last thing a server or the network said
	ReportsOpen bool   // delivery reports were asked for and some are outstanding
	ReplacedBy  OutboxID
	Replaces    OutboxID
	Release     time.Time // until then the server is asked to hold it back; zero: not
	HoldReason  HeldFor
	ReplyTo     ID
	Forwards    ID
	UnsureSince time.Time
	Reconciled  int       // how often the message was looked for since it became unsure
	Finished    time.Time // zero: not finished
	// Tried is since when it is tried, without what it waited for a time of day, for the
	// user or for somebody to try it; zero: not yet.
	Tried time.Time
}

// Due is when the message was first to leave.
func (o Outgoing) Due() time.Time {
	due := o.Created
	for _, t := range []time.Time{o.NotBefore, o.Release} {
		if t.After(due) {
			due = t
		}
	}
	return due
}

// Derive gives the state of an item: the first that fits, in the order of the
// table in the documentation of outbox states. now decides whether a hold has ended.
func Derive(o Outgoing, now time.Time) (ItemState, HeldFor) {
	pending, unsure, failed, open := 0, 0, 0, 0
	for _, r := range o.Recipients {
		switch r.State {
		case RecipientPending:
			pending++
		case RecipientUnsure:
			unsure++
		case RecipientFailed:
			if !r.Settled {
				failed++
			}
		case RecipientAccepted, RecipientDelayed:
			open++
		}
	}
	switch {
	case o.Cancelled:
		return ItemCancelled, ""
	case o.Sending:
		return ItemSending, ""
	case pending > 0 && o.NotBefore.After(now):
		return ItemHeld, o.HoldReason
	case o.Blocked != "" && pending > 0:
		return ItemBlocked, ""
	case unsure > 0:
		return ItemUnsure, ""
	case pending > 0 && !o.NextAttempt.IsZero():
		return ItemDeferred, ""
	case pending > 0:
		return ItemQueued, ""
	case failed > 0:
		return ItemRejected, ""
	case o.Copy == CopyPending || (o.ReportsOpen && open > 0):
		return ItemAccepted, ""
	}
	return ItemDone, ""
}

// Shown is the state of a recipient for people: whoever is unsure only because
// the message is just being sent is pending.
func (o Outgoing) Shown(r Recipient) RecipientState {
	if o.Sending && r.State == RecipientUnsure {
		return RecipientPending
	}
	return r.State
}

// Attempt is one try to hand an item to a server, kept for good.
type Attempt struct {
	N          int
	Started    time.Time
	Ended      time.Time // zero: cut off by a crash, or under way
	Server     string    // host:port
	TLS        string    // "TLS 1.3", "" for none
	Committed  bool      // the committing byte may have left
	Outcome    string    // one line in words
	Transcript []transcript.Line
}

// LogEntry is one line of an item's journey.
type LogEntry struct {
	At     time.Time
	Kind   string // queued, scheduled, sent, accepted, deferred, blocked, late, rejected, unsure, copied, reported, cancelled, settled
	Text   string
	Detail string
}

// NewOutboxID makes the id of an item from its number in the store.
func NewOutboxID(n int64) OutboxID { return OutboxID("o" + ID(n).String()) }

// Number is the item's number in the store.
func (id OutboxID) Number() (int64, bool) {
	rest, ok := strings.CutPrefix(string(id), "o")
	if !ok {
		return 0, false
	}
	n, ok := ParseID(rest)
	return int64(n), ok
}
