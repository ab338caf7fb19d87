// Package smtpclient submits mail over SMTP (RFC 5321, RFC 6409), in as few round
// trips as the server can be trusted with.
//
// The order of calls:
//
//  1. [Connect] dials, reads the greeting, says EHLO, upgrades to TLS, says
//     EHLO again and signs in. [New] does the same on a connection you have.
//  2. [Client.Send] carries one message. A refused recipient does not keep it
//     from the others; [Result] has the reply for each.
//  3. When nobody waits, [Client.Learn] finds out how fast the server may be
//     talked to, once for each server; store what [Client.Learned] returns and
//     give it back in [Options].
//  4. Send again for the next message, or [Client.Quit].
//
// [Client.SendParts] sends to more recipients than the server takes at once,
// [Client.Prepare] has everything but the end of a message there before the user
// has made up his mind, and [Client.SendGroup] empties a queue.
//
// # Errors
//
// Every error is an [Error], with [Error.Explain] for the user. The question
// that decides what to do next is [Error.Unknown]: true means the line was lost
// after the message had been handed over and before the server said what it did
// with it, so sending it again may deliver it twice. [SendOptions].BeforeCommit is
// called just before that window opens. For all other errors the server has not
// taken the message.
//
// # Roads
//
// A message takes the fastest road that is safe with this server:
//
//	one by one    MAIL · RCPT · … · DATA · body           without PIPELINING
//	by DATA       [MAIL RCPT… DATA] · body                2 round trips
//	in two steps  [MAIL RCPT… BDAT body] · [BDAT 0 LAST]  2; may be called off
//	one flight    [MAIL RCPT… BDAT body LAST]             1
//
// In one flight the message is on its way before the recipients are answered. If
// they are all refused, the server must throw the body away (RFC 3030 §2); some
// run it as commands instead, and a body that somebody else wrote and the user
// forwards would then act for the user. So BDAT is used only with servers that
// have proved to discard, by refusing a harmless chunk: that is what Learn does.
// Two steps are taken after a refusal, where the answer to RSET must come first,
// and on a line that has been silent for long, which may be dead. A message over
// one mebibyte goes in chunks of that size, so memory stays constant, and a
// refusal stops the upload.
//
// # Wire
//
// A message body is streamed; it leaves with CRLF line ends, stuffed dots where
// they are called for, and one final CRLF whatever it came with. Addresses and
// parameters that could hold a command are refused. Replies are read all the
// time, so that neither side waits for the other to read and the end of an idle
// connection is known before it is used. Secrets are never sent without TLS
// except where DialConfig says so, and never appear in a [Line] of the trace.
//
// A Client belongs to one goroutine at a time, except for Alive and Close.
package smtpclient
