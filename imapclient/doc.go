// Package imapclient is an IMAP session (RFC 9051, and RFC 3501 for the servers
// that know nothing newer).
//
// [Connect] dials, encrypts and signs in; what it returns is ready for use.
// [Client.List] gives the folders with their roles, [Client.Select] opens one.
// With a folder open, [Client.UIDs] and [Client.Search] name messages,
// [Client.FetchHeaders], [Client.FetchFlags] and [Client.FetchBody] read them
// ([Client.FetchSections] and [Client.FetchWindow] in pieces),
// [Client.AddFlags], [Client.RemoveFlags], [Client.Move] and [Client.Expunge]
// change them, and [Client.Idle] waits for news. [Client.Append], [Client.Create]
// and [Client.Status] need no open folder. [Client.Logout] ends the session
// politely, [Client.Close] at once.
//
// Who keeps a mirror of an account asks in few round trips: [Client.Overview]
// lists the folders and looks into some of them, [Client.Look] into several at
// once, for what has changed since a [Mirror]. [Client.Notify] makes Idle tell of
// all folders, [Client.Compress] is for long reading.
//
// A folder goes by its wire name ([Mailbox.Wire]), the spelling of the server;
// [Mailbox.Name] is for people.
//
// Every command has a deadline and honours its context; both end the connection,
// for a command cannot be taken back. Every failure is an [Error]. After one, the
// client is still of use unless [Error.Fatal] says otherwise.
//
// What a server sends is not trusted: sizes, counts and depths are bounded, an
// answer that makes no sense costs that answer and not the connection, and only
// broken framing ends it.
package imapclient
