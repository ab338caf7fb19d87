package mail

import (
	"slices"
	"time"
)

// DraftID names a draft in the store. Zero is a draft not saved yet.
type DraftID int64

// Draft is a message being written. It holds everything the composer shows,
// so that it can be taken up again as it was left.
type Draft struct {
	ID        DraftID
	Account   string
	From      Address
	To        string // as typed; read by ParseAddressList when it is sent
	Cc        string
	Bcc       string
	Subject   string
	Body      string // UTF-8, LF, as shown in the editor, signature and quote included
	Markdown  bool   // Body is Markdown, and an HTML version of it goes along
	Cursor    int    // where the cursor of the editor stands in Body, in bytes
	Attach    []AttachmentRef
	InReplyTo string    // Message-ID of the answered message, without <>
	Refs      []string  // References, oldest first, without <>
	ReplyTo   ID        // message to be marked \Answered once this is accepted
	Forwards  ID        // message to be marked $Forwarded once this is accepted
	Author    string    // in an answer that the list has drawn to itself: who wrote; "" once that is decided
	Redirects ID        // message that is sent on as it is: only the recipients are the draft's
	Copy      string    // Message-ID of what lies in a Drafts folder and is to be replaced by copies of this
	Continues ID        // message of a Drafts folder that this took over; it goes once this is queued
	MessageID string    // fixed when the bytes are built; "" before
	ReplacesO OutboxID  // outbox item that this draft corrects; "" for none
	Again     bool      `json:",omitzero"` // it was sent before, and goes out once more all the same
	Scheduled time.Time `json:",omitzero"` // when it was to go out before it was taken up again; zero: at once
	Created   time.Time
	Updated   time.Time
}

// AttachmentRef is a file to be attached. Either Path or Data is set: Data for
// attachments taken over from a forwarded message or from standard input.
type AttachmentRef struct {
	Path      string
	Name      string // file name for the recipient; "" takes the base of Path
	Type      string // media type; "" is found from the name and the content
	Size      int64  // as seen when it was added, for display
	Data      []byte
	Inline    bool
	ContentID string

	// Of a picture that was made smaller: where the file lies that it was made of,
	// "" where that is not known any more, and how large that was.
	FullPath string
	FullSize int64
}

// Empty tells whether there is nothing in the draft that a person has written.
func (d Draft) Empty() bool {
	return d.To == "" && d.Cc == "" && d.Bcc == "" && d.Subject == "" && d.Body == "" && len(d.Attach) == 0
}

// OnlyTo leaves of the recipients those of a list, each in the field where it stands, so
// that who got a blind copy still does; whom no field names is in To.
func (d *Draft) OnlyTo(list []Address) {
	rest := slices.Clone(list)
	in := func(a Address) bool { return slices.ContainsFunc(rest, a.Same) }
	for _, field := range []*string{&d.To, &d.Cc, &d.Bcc} {
		named, _ := ParseAddressList(*field)
		if slices.ContainsFunc(named, func(a Address) bool { return !in(a) }) {
			named = slices.DeleteFunc(named, func(a Address) bool { return !in(a) })
			*field = FormatAddresses(named)
		}
		rest = slices.DeleteFunc(rest, func(a Address) bool { return slices.ContainsFunc(named, a.Same) })
	}
	if len(rest) > 0 {
		to, _ := ParseAddressList(d.To)
		d.To = FormatAddresses(append(to, rest...))
	}
}
