// Package event carries the news of the store to whoever shows it.
//
// A change is first committed to the store, then published. A subscriber that
// is slow loses no news and holds nobody up: equal events are merged while they
// wait, and when too many wait the subscriber gets one Overflow instead, which
// means "look at everything again". Events hold no mail, only names.
//
//	sub := bus.Subscribe()
//	defer sub.Close()
//	for {
//		batch, err := sub.Next(ctx)
//		…
//	}
package event

import "postea/internal/mail"

// Event is one of the types below; all are comparable, which is how equal ones merge.
type Event interface{ event() }

// MessagesChanged says that messages of a folder came, went or changed flags.
type MessagesChanged struct {
	Account string
	Folder  mail.FolderID
}

// BodyArrived says that the body of a message is now in the store, or that it
// could not be had (Failed holds why, in words).
type BodyArrived struct {
	ID     mail.ID
	Failed string
}

// PartsChanged says that more of a message that is here in part has come, was asked
// for, or could not be had; ask the store which.
type PartsChanged struct{ ID mail.ID }

// FoldersChanged says that the folders of an account, or their counts, changed.
type FoldersChanged struct{ Account string }

// DraftsChanged says that a draft was saved, sent or discarded.
type DraftsChanged struct{}

// ContactsChanged tells that the address book has changed.
type ContactsChanged struct{}

// OutboxChanged says that an outgoing message changed.
type OutboxChanged struct{ ID mail.OutboxID }

// Progress tells how far the upload of an outgoing message is.
type Progress struct {
	ID          mail.OutboxID
	Sent, Total int64
}

// AccountChanged says that the connection state of an account changed; ask the
// app for it.
type AccountChanged struct{ Account string }

// Notice is news for the user that fits one line.
type Notice struct {
	Account string
	Error   bool
	Text    string
}

// ConfigChanged says that the configuration file says something else than what this
// process works by.
type ConfigChanged struct{}

// ZoneChanged says that the machine's time zone is another than this process began with.
type ZoneChanged struct{}

// IndexReady says that messages which waited for it can now be found by their words.
type IndexReady struct{}

// MarksChanged says that something was snoozed, pinned, muted or to be reminded of.
type MarksChanged struct{}

// Returned says that a message has come back: it was snoozed, or nobody has
// answered it.
type Returned struct{ ID mail.ID }

// Ruled says that the rules of the user have been asked about what had come.
type Ruled struct{}

// RulesChanged says that there are other rules of the user than before.
type RulesChanged struct{}

// Arrived says that new mail has come that the user wants to know of.
type Arrived struct {
	First, Newest mail.ID
	Count         int
}

// SearchesChanged says that a search was saved or forgotten, or how a folder is
// shown was changed.
type SearchesChanged struct{}

// Overflow says that events were dropped: look at everything again.
type Overflow struct{}

func (MessagesChanged) event() {}
func (BodyArrived) event()     {}
func (PartsChanged) event()    {}
func (FoldersChanged) event()  {}
func (DraftsChanged) event()   {}
func (ContactsChanged) event() {}
func (OutboxChanged) event()   {}
func (Progress) event()        {}
func (AccountChanged) event()  {}
func (Notice) event()          {}
func (ConfigChanged) event()   {}
func (ZoneChanged) event()     {}
func (IndexReady) event()      {}
func (MarksChanged) event()    {}
func (Returned) event()        {}
func (SearchesChanged) event() {}
func (Ruled) event()           {}
func (RulesChanged) event()    {}
func (Arrived) event()         {}
func (Overflow) event()        {}
