package syncer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/config"
	"postea/imapclient"
	"postea/internal/mail"
)

// Drop puts messages into one folder of an account, over a connection of its
// own: what it puts there comes back by the sync, as everything else does. It is
// for one goroutine.
type Drop struct {
	profile config.Account
	folder  string // a name or a role
	client  *imapclient.Client
	wire    string
	opened  bool
	plain   bool     // keywords are left out: the server takes none
	next    imap.UID // when it was opened
}

// NewDrop names the folder; nothing is connected yet.
func NewDrop(p config.Account, folder string) *Drop { return &Drop{profile: p, folder: folder} }

// Open connects, and makes the folder where it is missing. It does nothing where
// a connection stands.
func (d *Drop) Open(ctx context.Context) error {
	if d.client != nil && d.client.Alive() {
		return nil
	}
	d.Close()
	c, err := imapclient.Connect(ctx, ClientOptions(d.profile))
	if err != nil {
		return err
	}
	d.client, d.opened = c, false
	list, err := c.List(ctx)
	if err != nil {
		return err
	}
	best := 0
	for _, m := range list {
		if !m.Selectable { // it holds only folders until it is made
			continue
		}
		f := mail.Folder{Name: m.Name, Role: m.Role, Selectable: true}
		if fits := f.Answers(d.folder, c.OwnPrefix()); fits > best {
			best, d.wire = fits, m.Wire
		}
	}
	if best > 0 {
		return nil
	}
	if role, ok := mail.ParseRole(d.folder); ok {
		return fmt.Errorf("the account has no folder that is its %s", role)
	}
	d.wire, err = c.Create(ctx, d.folder)
	return err
}

// Dropped is a message to be put.
type Dropped struct {
	Flags []string
	At    time.Time
	Raw   []byte
}

func (m Dropped) message() imapclient.NewMessage {
	n := imapclient.NewMessage{At: m.At, Raw: m.Raw, Flags: make([]imap.Flag, len(m.Flags))}
	for i, f := range m.Flags {
		n.Flags[i] = imap.Flag(f)
	}
	return n
}

// TakesMany tells whether the server to which the connection stands takes several
// messages at once.
func (d *Drop) TakesMany() bool {
	return d.client != nil && d.client.AppendsMany()
}

// Put appends a message, or several where TakesMany is true, all of them or none. It
// gives the highest UID, 0 where the server does not tell it. The error is an
// *imapclient.Error: by Rejected the server has answered and has none of them, else it
// is not known.
func (d *Drop) Put(ctx context.Context, list ...Dropped) (mail.UID, error) {
	messages := make([]imapclient.NewMessage, len(list))
	for i, m := range list {
		messages[i] = m.message()
	}
	if d.plain {
		dropKeywords(messages)
	}
	uid, err := d.client.Append(ctx, d.wire, messages...)
	if d.plain || !takesNoKeywords(err) || !dropKeywords(messages) {
		return mail.UID(uid), err
	}
	uid, again := d.client.Append(ctx, d.wire, messages...)
	if d.plain = again == nil; refused(again) {
		again = err
	}
	return mail.UID(uid), again
}

// takesNoKeywords tells whether an APPEND may have been refused for its keywords: some
// servers say BAD to flags that they do not know, and nobody has said which they do.
func takesNoKeywords(err error) bool {
	var e *imapclient.Error
	return refused(err) && errors.As(err, &e) && (e.Kind == imapclient.KindBad || e.Kind == imapclient.KindNo && e.Code == "")
}

// dropKeywords leaves the flags that every server knows, and tells whether there were others.
func dropKeywords(messages []imapclient.NewMessage) (others bool) {
	for i, m := range messages {
		system := slices.DeleteFunc(m.Flags, func(f imap.Flag) bool { return !strings.HasPrefix(string(f), `\`) })
		others = others || len(system) < len(m.Flags)
		messages[i].Flags = system
	}
	return others
}

// Fields are lines of a header by which a message is known: HEADER searches of
// RFC 9051 §6.4.4.
type Fields = []imap.SearchCriteriaHeaderField

// Sought is what is known of a message that may be there.
type Sought struct {
	Fields Fields
	Size   int64    // 0: any
	After  mail.UID // it came after this one
}

// Found are messages of the folder.
type Found []imap.UID

// Find gives the messages that are as is sought, oldest first.
func (d *Drop) Find(ctx context.Context, s Sought) (Found, error) {
	if !d.opened {
		data, err := d.client.Select(ctx, d.wire, false)
		if err != nil {
			return nil, err
		}
		d.opened, d.next = true, data.UIDNext
	} else if err := d.client.Noop(ctx); err != nil {
		return nil, err
	}
	after := imap.UID(s.After)
	if after >= d.next {
		after = 0 // that was another folder of this name
	}
	criteria := &imap.SearchCriteria{Header: s.Fields}
	if s.Size > 0 {
		criteria.Larger, criteria.Smaller = s.Size-1, s.Size+1
	}
	if after > 0 {
		criteria.UID = []imap.UIDSet{{{Start: after + 1, Stop: 0}}}
	}
	var found Found
	sized := s.Size > 0 // by the server
	keep := func(m imapclient.Message) error {
		if m.UID > after && s.among(m.Header) && (sized || s.Size == 0 || m.Size == s.Size) {
			found = append(found, m.UID)
		}
		return nil
	}
	uids, err := d.client.Search(ctx, criteria)
	switch {
	case refused(err) && after > 0: // as at Yahoo
		sized = false
		err = d.client.FetchNewest(ctx, maxCarrying, keep)
	case err == nil:
		// n:* has the last one, whatever n is (RFC 9051 §9).
		uids = slices.DeleteFunc(uids, func(u imap.UID) bool { return u <= after })
		if len(uids) > maxCarrying {
			return nil, errHeedless
		}
		err = d.client.FetchHeaders(ctx, imap.UIDSetNum(uids...), keep)
	}
	slices.Sort(found)
	return found, err
}

// among tells whether a header has the fields, for some servers take no notice of them and
// find all there is: what is found is not put, or deleted.
func (s Sought) among(header []byte) bool {
	flat := strings.NewReplacer("\r\n ", " ", "\r\n\t", " ").Replace(string(header))
	return !slices.ContainsFunc(s.Fields, func(f imap.SearchCriteriaHeaderField) bool {
		return f.Key != "Received" && !strings.Contains(flat, f.Value) // which is not fetched
	})
}

// RemoveTorn deletes those messages that are no more than the beginning of raw: what
// some servers store of one whose transfer was cut. It gives those that stay.
func (d *Drop) RemoveTorn(ctx context.Context, found Found, raw []byte) (Found, error) {
	return removeTorn(ctx, d.client, found, raw)
}

// Remove deletes messages for good. The error is ErrOnlyMarked where the server can no
// more than mark them as deleted.
func (d *Drop) Remove(ctx context.Context, found Found) error {
	set := imap.UIDSetNum(found...)
	if err := d.client.Expunge(ctx, set); err != nil {
		return err
	}
	left, err := d.client.Search(ctx, &imap.SearchCriteria{UID: []imap.UIDSet{set}})
	if err == nil && len(left) > 0 {
		err = ErrOnlyMarked
	}
	return err
}

// ErrOnlyMarked says that messages are marked as deleted and are there still.
var ErrOnlyMarked = errors.New("the server only marks single messages as deleted")

// Rejected tells of an error that is about the one message: it is too large, or
// the server does not like it.
func Rejected(err error) bool {
	var e *imapclient.Error
	if !errors.As(err, &e) || e.Fatal() || e.Temporary() || full(e) {
		return false
	}
	switch e.Kind {
	case imapclient.KindNo, imapclient.KindBad, imapclient.KindTooLarge, imapclient.KindUnsupported:
		return true
	}
	return false
}

// Close hangs up.
func (d *Drop) Close() {
	if d.client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	if d.client.Alive() {
		_ = d.client.Logout(ctx) // a courtesy
	}
	d.client.Close()
	d.client = nil
}
