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
// texts and parts that the user has asked for (beside.go). Between rounds the account follows INBOX by IDLE, and all folders
// where the server offers NOTIFY, and a quick round does what has come up. State of a folder is recorded only after the data it
// speaks of.
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
