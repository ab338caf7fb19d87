// Package demo is a mail server inside the process: IMAP and SMTP submission on
// the loopback interface, with TLS, two accounts and sample mail. "postea demo"
// runs on it, and so do tests that need a server that behaves.
//
// The order of calls:
//
//  1. [Start] makes a certificate authority, writes its certificate to a
//     directory, fills the mailboxes and listens on free ports.
//  2. [Server.Info] tells where the services are and who may sign in;
//     [Server.Users] has the names to make account profiles of.
//  3. Clients do the rest. Tests may look behind the wire with
//     [Server.Deliver], [Server.Messages] and [Server.Accepted], and break the
//     line with the methods of [Service].
//  4. [Server.Close] ends all connections and goroutines. Nothing is kept.
//
// # Who answers
//
// Mail to the two users is delivered at once. echo@ either domain answers with
// what was written to it, and the people of the sample mail write back too.
// refused@ is refused for good at RCPT and later@ for now; every other name of
// the two domains is accepted and bounces with a report as in RFC 3464. Mail to
// any other domain is refused, because this server delivers nowhere else.
//
// # How it is built
//
// The protocols are spoken by go-imap's imapserver and by go-smtp. The mailboxes
// are our own: those of imapmemserver cannot be read or given a special use from
// outside, write flags in small letters, announce what was moved away twice, and
// hold a mailbox's lock while they write to its clients.
package demo
