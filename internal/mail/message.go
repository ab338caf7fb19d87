package mail

import (
	"strconv"
	"strings"
	"time"
)

// ID names a message in the store. It stays the same while the message exists,
// over moves and a change of UIDVALIDITY. Zero is no message.
type ID int64

// String is the form that the command line shows and reads.
func (id ID) String() string { return strconv.FormatInt(int64(id), 10) }

// ParseID reads what ID.String wrote.
func ParseID(s string) (ID, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return ID(n), err == nil && n > 0
}

// draftIDs is the first of the numbers that name drafts kept here in the lists of
// messages; no store has as many messages.
const draftIDs ID = 1 << 62

// DraftAsMessage names a draft that is kept here in a list of messages.
func DraftAsMessage(id DraftID) ID { return draftIDs + ID(id) }

// Draft gives the draft that DraftAsMessage named.
func (id ID) Draft() (DraftID, bool) { return DraftID(id - draftIDs), id > draftIDs }

// ThreadID names a conversation: messages of one account tied by References.
// Zero is no conversation.
type ThreadID int64

// FolderID names a folder in the store. Zero is no folder.
type FolderID int64

// UID is the unique identifier of RFC 9051 §2.3.1.1. It is only meaningful
// beside its folder and that folder's UIDVALIDITY. Zero is "not known yet": a
// message that was moved here and whose server has not said its new UID.
type UID uint32

// Flags of RFC 9051 §2.3.2 and the keywords that postea itself sets or reads,
// written as IMAP writes them.
const (
	FlagSeen      = `\Seen`
	FlagAnswered  = `\Answered`
	FlagFlagged   = `\Flagged`
	FlagDeleted   = `\Deleted`
	FlagDraft     = `\Draft`
	FlagForwarded = `$Forwarded`
	FlagJunk      = `$Junk`
	FlagNotJunk   = `$NotJunk`
	FlagMuted     = `$Muted`   // of a conversation whose answers need not be seen (IANA keyword $muted)
	FlagSnoozed   = `$Snoozed` // it lies in Snoozed until a time that only postea knows
)

// HasFlag tells whether flags hold flag; IMAP compares without case.
func HasFlag(flags []string, flag string) bool {
	for _, f := range flags {
		if strings.EqualFold(f, flag) {
			return true
		}
	}
	return false
}

// Summary is what a list knows of a message without its body.
type Summary struct {
	ID           ID
	Account      string
	Folder       FolderID
	FolderName   string
	FolderRole   Role
	UID          UID
	MessageID    string // without <>
	Thread       ThreadID
	Date         time.Time
	From, To, Cc []Address
	Subject      string
	Flags        []string
	Size         int64
	Attachments  []AttachmentInfo
	Snippet      string
	Muted        bool // its conversation is
	Lifted       bool // a list shows it higher than by its date
}

// AttachmentInfo is what a list knows of a file in a message.
type AttachmentInfo struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"` // in bytes; before it is here, by estimate
	Inline bool   `json:"inline"`
}

// Alone is a message as a conversation of its own, for lists that show single
// messages. Real conversations have positive numbers.
func Alone(id ID) ThreadID { return -ThreadID(id) }

// Single gives the message that Alone made a conversation of.
func (t ThreadID) Single() (ID, bool) { return ID(-t), t < 0 }

// Unread is the absence of \Seen.
func (s Summary) Unread() bool { return !HasFlag(s.Flags, FlagSeen) }
