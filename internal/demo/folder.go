package demo

import (
	"slices"
	"strings"
	"time"

	imap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// message is one message in one folder. Only its flags change, and they are
// replaced, never edited, so that a copy of the struct is a snapshot.
type message struct {
	uid      imap.UID
	raw      []byte
	received time.Time
	flags    []imap.Flag // sorted
}

func (m *message) has(flag imap.Flag) bool {
	return slices.ContainsFunc(m.flags, func(f imap.Flag) bool { return strings.EqualFold(string(f), string(flag)) })
}

// cleanFlags gives system flags their usual spelling, drops \Recent, which
// clients cannot set, and what is there twice.
func cleanFlags(flags []imap.Flag) []imap.Flag {
	var out []imap.Flag
	for _, flag := range flags {
		for _, known := range systemFlags() {
			if strings.EqualFold(string(flag), string(known)) {
				flag = known
			}
		}
		double := slices.ContainsFunc(out, func(f imap.Flag) bool { return strings.EqualFold(string(f), string(flag)) })
		if !double && !strings.EqualFold(string(flag), `\Recent`) {
			out = append(out, flag)
		}
	}
	slices.Sort(out)
	return out
}

func systemFlags() []imap.Flag {
	return []imap.Flag{imap.FlagAnswered, imap.FlagDeleted, imap.FlagDraft, imap.FlagFlagged, imap.FlagSeen}
}

// changedFlags is what a STORE makes of the flags of a message.
func changedFlags(have []imap.Flag, change *imap.StoreFlags) []imap.Flag {
	switch change.Op {
	case imap.StoreFlagsAdd:
		return cleanFlags(append(slices.Clone(have), change.Flags...))
	case imap.StoreFlagsDel:
		gone := message{flags: change.Flags}
		return slices.DeleteFunc(slices.Clone(have), gone.has)
	default:
		return cleanFlags(change.Flags)
	}
}

// folder is one mailbox of an account. The account's lock guards all of it.
type folder struct {
	name       string
	use        imap.MailboxAttr // "" for none
	validity   uint32
	subscribed bool
	next       imap.UID
	messages   []*message // in the order of their UIDs
	tracker    *imapserver.MailboxTracker
	changed    chan struct{} // closed, and replaced, by every change
}

func newFolder(name string, validity uint32) *folder {
	return &folder{
		name: name, validity: validity, next: 1,
		tracker: imapserver.NewMailboxTracker(0), changed: make(chan struct{}),
	}
}

// wake tells whoever idles on the folder to look for updates.
func (f *folder) wake() {
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *folder) add(raw []byte, received time.Time, flags []imap.Flag) *message {
	before := len(f.keywords())
	m := &message{uid: f.next, raw: raw, received: received, flags: cleanFlags(flags)}
	f.next++
	f.messages = append(f.messages, m)
	f.tracker.QueueNumMessages(uint32(len(f.messages)))
	f.announceKeywords(before)
	f.wake()
	return m
}

// remove takes out the messages that gone chooses.
func (f *folder) remove(gone func(*message) bool) {
	// From the end, for each EXPUNGE renumbers what comes after it.
	for i := len(f.messages) - 1; i >= 0; i-- {
		if gone(f.messages[i]) {
			f.messages = slices.Delete(f.messages, i, i+1)
			f.tracker.QueueExpunge(uint32(i + 1))
		}
	}
	f.wake()
}

// setFlags changes the i-th message. The session that asked for it is told in
// its own answer and not again; source is nil to tell all.
func (f *folder) setFlags(i int, flags []imap.Flag, source *imapserver.SessionTracker) {
	m := f.messages[i]
	if slices.Equal(m.flags, flags) {
		return
	}
	before := len(f.keywords())
	m.flags = flags
	f.announceKeywords(before)
	f.tracker.QueueMessageFlags(uint32(i+1), m.uid, flags, source)
	f.wake()
}

func (f *folder) announceKeywords(before int) {
	if now := f.keywords(); len(now) > before {
		f.tracker.QueueMailboxFlags(now)
	}
}

// keywords are the flags that exist in the folder: those of the system, some
// everybody knows, and what clients have made up.
func (f *folder) keywords() []imap.Flag {
	all := append(systemFlags(), imap.FlagForwarded, imap.FlagJunk, imap.FlagNotJunk, imap.FlagMDNSent)
	for _, m := range f.messages {
		for _, flag := range m.flags {
			if !slices.Contains(all, flag) {
				all = append(all, flag)
			}
		}
	}
	return all
}

func (f *folder) count(flag imap.Flag) uint32 {
	var n uint32
	for _, m := range f.messages {
		if m.has(flag) {
			n++
		}
	}
	return n
}

func (f *folder) status(*imap.StatusOptions) *imap.StatusData {
	total, deleted := uint32(len(f.messages)), f.count(imap.FlagDeleted)
	unseen, recent := total-f.count(imap.FlagSeen), uint32(0)
	var size, freed int64
	for _, m := range f.messages {
		size += int64(len(m.raw))
		if m.has(imap.FlagDeleted) {
			freed += int64(len(m.raw))
		}
	}
	limit := uint32(maxAppend)
	return &imap.StatusData{
		Mailbox: f.name, NumMessages: &total, NumUnseen: &unseen, NumDeleted: &deleted, NumRecent: &recent,
		UIDNext: f.next, UIDValidity: f.validity, Size: &size, DeletedStorage: &freed, AppendLimit: &limit,
	}
}

func (f *folder) selectData() *imap.SelectData {
	data := &imap.SelectData{
		Flags: f.keywords(), NumMessages: uint32(len(f.messages)),
		UIDNext: f.next, UIDValidity: f.validity,
	}
	data.PermanentFlags = append(slices.Clone(data.Flags), imap.FlagWildcard)
	unseen := slices.IndexFunc(f.messages, func(m *message) bool { return !m.has(imap.FlagSeen) })
	data.FirstUnseenSeqNum = uint32(unseen + 1)
	return data
}
