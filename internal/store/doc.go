// Package store is the only owner of mail state. It keeps two SQLite files in
// the data directory:
//
//	mail.db  the mirror of the servers: folders, messages, bodies, what the
//	         user changed and no server knows yet. It can be rebuilt.
//	own.db   what exists nowhere else: drafts, the outbox with its attempts and
//	         reports, contacts. It is written with full synchronisation.
//
// No transaction spans both. What must cross is a step recorded in own.db that
// may be done twice without harm: the copy in Sent, the \Answered flag.
//
// Use:
//
//	s, err := store.Open(ctx, dir, store.Options{Bus: bus})
//	defer s.Close()
//	page, err := s.List(ctx, store.ListQuery{Folders: []mail.FolderID{inbox}, Limit: 50})
//
// Every method is one transaction, may be called from several goroutines and
// from several processes, and publishes its events after its commit. Times are
// stored in UTC.
//
// # Damage
//
// A damaged file is renamed and told of, never deleted, and by nobody while another
// process has it open; what can be read of own.db is copied into the new one
// (salvage.go). Damage that is found at work leaves the file "damaged", by which the next
// start looks at all of both files. Drafts name messages by ids of mail.db, and that by
// its application_id: to one that was rebuilt they are of messages that are gone.
//
// # The index of words
//
// Package query makes the words, of mail for the index (words.go) and of what is typed,
// so that both agree. The rows of the index are written with the messages. The words of
// many messages (a first synchronisation, a store from before there was an index) are
// gathered beside the writer (gather.go) and become segments of FTS5 that are made
// outside of SQLite (package segment): the writer only inserts their pages, in pieces
// that let others take their turn, and then makes them part of the index (segments.go).
// Until then the messages stand in reindex, so that a process that ends loses nothing;
// who asks for one anew meanwhile counts up its wish, and the old words are left out.
// Pieces of the index are merged while nothing happens, and by commands where there are
// more than a hundred (tidy.go), never by what writes them. A search is brought into
// branches that each give their hits newest first (searchplan.go).
//
// # Lists
//
// A place deep in a list is found by how many conversations lie in each stretch of six
// days (stretch.go), which triggers count; a folder that is listed in another order than
// newest first keeps that order (arranged.go).
//
// # Messages
//
// A message has two places and two sets of flags: what the user sees, and what
// the server is known to have. The difference is the pending operation, which
// the syncer carries out. So operations merge by themselves, an undo before the
// replay costs nothing, and none is applied twice; when the server refuses, the
// first is set back to the second (Refuse).
//
// Folders are kept the same way (folderwish.go): a name, a subscription and whether it is
// wanted, beside those the server has. Where own folders lie below INBOX, a new one has
// that level in its name from the beginning (ownname.go), so that the server's list knows
// it again. A copy is a row that names its original until the server has made it.
//
// Body gives the bytes of a message, or says that they are not here. A large one may
// be here without some of its parts: Partial gives what there is, which is enough to
// read it and never the message, and WantPart asks for more.
//
// Whose mailbox the mirror of an account is of stands in account_state.mailbox. With
// another one it begins anew, as UIDVALIDITY need not differ between two. By it an
// account is known that bears another name in the configuration.
//
// Marks (until when something is snoozed, pins, reminders) are in own.db, named by what a
// message is recognised by: no server keeps them, and they outlive the mirror.
//
// # The order of commits when sending
//
//  1. Queue: bytes, envelope, recipients; the draft retires in the same transaction.
//  2. BeginAttempt: the attempt and the time of the next one, before the network.
//  3. CommitPoint: the recipients the server took become unsure, before the
//     byte that can commit leaves.
//  4. EndAttempt: the outcome. A process that dies between 3 and 4 leaves the
//     recipients unsure, one that dies between 2 and 3 leaves them pending
//     (Recover).
package store
