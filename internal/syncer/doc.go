// Package syncer keeps the store and the IMAP servers in line: one Account per
// profile, one goroutine each.
//
//	a := syncer.New(syncer.Options{Store: s, Account: profile, Bus: bus})
//	err := a.Run(ctx)   // as the owner of the data directory: until ctx ends
//	a.Wake()            // a local change, or a body the user waits for
//
// A command that syncs and exits calls Round instead of Run.
//
// A round first replays what the user changed, then pulls the folders in which
// something is new, newest messages first, in windows; then it does what the
// outbox asks for by rows (the copy in Sent, looking for a message whose sending
// ended in doubt), and fetches bodies; of large messages the texts, for the other parts
// come when somebody wants them. Windows are as large as the line carries in half a second,
// or in a few times the way there and back (windows.go). Between them it does what the user
// waits for; where the connection is longer at something else, a second one fetches the
// texts and parts that the user has asked for (beside.go). Between rounds the account
// follows INBOX by IDLE, and all folders where the server offers NOTIFY, and a quick round
// does what has come up. State of a folder is recorded only after the data it speaks of.
//
// A folder is asked for what has changed since its last pull, by what the server
// can tell: with QRESYNC everything comes with the SELECT, several folders in one
// flight, INBOX before the list of all; with CONDSTORE flags and new messages do,
// and only counting shows that something has vanished; else all UIDs are listed
// (imapclient.Look). Whatever the way, the mirror must have as many messages as the
// folder in the end, or the UIDs are listed after all. Of a folder that is not kept
// whole (depth.go) all this is asked of its upper part, and what is left below is
// counted. Where a server can tell nothing of all this and has many folders, they are
// counted by STATUS, and those looked at whose counts are others.
//
// An account with a depth keeps what is above a floor, a UID, of each folder (depth.go,
// store.Reach): the server's count must be that of the messages here and of those left
// there, or the UIDs are listed again. A floor is only lowered, by the setting or by the
// user; what a search finds below it is kept apart.
//
// # Large messages
//
// Of a message larger than 256 KB, what the reader shows comes first: by the structure
// that the server told with the headers, one flight asks for the header and the texts
// (plan.go). They are put together as a message in which the other parts are empty
// (reading.Assemble), which is compared with the structure; where the two do not agree, or
// the message is signed or encrypted, all of it is fetched. What was put together lies in
// a table of its own, has a type of its own (mail.Partial) and no source, so that nothing
// that promises the bytes of a message can give it. Which parts are missing stands beside
// it and not in it, where a sender could write the same. A part is fetched when something
// is done with its file, in windows that are kept as they come: what is stopped or cut off
// goes on from there. The path "" stands for the whole message, which takes the place of
// its parts.
//
// # Where folders are labels
//
// At Gmail a message lies in each of its labels and among all mail, and is a row in each.
// Its body comes once: it is read from the row that has it (store.copyOfMsg), copied to
// those of labels, of all mail fetched only where there is no other, and passed on when
// the row that has it goes. What changes in one folder has the others pulled (labels.go),
// and what is deleted for good goes by way of Trash; these two wherever there is a folder
// of all mail, as at Proton. To delete a row for good deletes the message in all of them:
// undo of a copy moves it among all mail instead (store.Change.BackTo), or, where folders
// are no labels, deletes it in its own folder only (store.Pending.HereOnly). A label is a
// flag that no keyword can be (% and its name), and so takes the way of flags.
//
// # Drafts
//
// A draft that has rested is copied to the Drafts folder. Each copy has a Message-ID of
// its own, which is written down before it is made; all known copies but the newest are
// taken away, so that a line cut at any moment leaves one. What another program puts in
// the place of a copy, under its Message-ID, is told by the mark that it does not have, and
// stays, if the server was seen to keep marks. What was sent or discarded leaves its copies
// to be taken away, out of the lists at once. A draft of another program is read, and what
// becomes of it replaces it.
//
// # What may be lost, and is not
//
// That a change is sent is recorded before it is sent, that it is done after the
// server's OK. A line that is lost in between leaves the change in doubt: while
// the user still wants it, it is done again, which does no harm; when they have
// changed their mind, the pulls and settleMoves find out what has become of it.
// Servers say OK to changing messages that are not there, so replay asks first.
// A message keeps its id over moves by other clients, renamed folders and a new
// UIDVALIDITY (see store.AddHeaders).
//
// # Servers that misbehave
//
// The network may do anything: every command has a deadline, a lost connection
// is taken up again after a growing pause, and what the account is doing is in
// Status and told by event.AccountChanged. A folder, body or answer that cannot
// be had costs itself and not the rest, nor does a message that is refused among
// others. No search is believed where something is deleted for what it finds or does not
// find. A folder that one list leaves out stays until it is known to be gone. A server
// that throttles the account is left alone, and nothing is given up for it. A refused
// sign-in waits for the user.
package syncer
