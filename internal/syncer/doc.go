// Package syncer keeps the store and the IMAP servers in line: one Account per
// profile, one goroutine each.
//
//	a := syncer.New(syncer.Options{Store: s, Account: profile, Bus: bus})
//	err := a.Run(ctx)   // as the owner of the data directory: until ctx ends
//	a.Wake()            // a local change, or a body the user waits for
//
// A command that syncs and exits calls Round instead of Run.
//
// A round first replays what the user changed, then pulls every folder, newest
// messages first, in windows; then it does what the outbox asks for by rows
// (the copy in Sent, looking for a message whose sending ended in doubt), and
// fetches bodies. Between rounds the account follows INBOX by IDLE. State of a
// folder is recorded only after the data it speaks of.
//
// The network may do anything: every command has a deadline, a lost connection
// is taken up again after a growing pause, and what the account is doing is in
// Status and told by event.AccountChanged.
package syncer
