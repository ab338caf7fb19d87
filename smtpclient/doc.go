// Package smtpclient submits mail over SMTP (RFC 5321, RFC 6409).
//
// The order of calls:
//
//  1. [Connect] dials, reads the greeting, says EHLO, upgrades to TLS, says
//     EHLO again and signs in. [New] does the same on a connection you have.
//  2. [Client.Send] carries one message: MAIL, RCPT for each recipient, DATA.
//     With PIPELINING they travel in one flight. A refused recipient does not
//     keep the message from the others; [Result] has the reply for each.
//  3. Send again for the next message, or [Client.Quit].
//
// Every error is an [Error]. The question that decides what to do next is
// [Error.Unknown]: true means the line was lost after the message had been
// handed over and before the server said what it did with it, so sending it
// again may deliver it twice. [SendOptions.BeforeCommit] is called just before
// that window opens. For all other errors the server has not taken the message.
//
// A message body is streamed; it leaves with CRLF line ends, stuffed dots and
// one final CRLF whatever it came with. Secrets are never sent without TLS
// except where dial.Config says so, and never appear in a [Line] of the trace.
//
// A Client belongs to one goroutine at a time, except for Alive and Close.
package smtpclient
