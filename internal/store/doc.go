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
// # Messages
//
// A message has two places and two sets of flags: what the user sees, and what
// the server is known to have. The difference is the pending operation, which
// the syncer carries out. So operations merge by themselves, an undo before the
// replay costs nothing, and none is applied twice; when the server refuses, the
// first is set back to the second (Refuse).
//
// Body gives the bytes of a message, or says that they are not here. A large one may
// be here without some of its parts: Partial gives what there is, which is enough to
// read it and never the message, and WantPart asks for more.
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
