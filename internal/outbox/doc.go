// Package outbox carries messages from the store to their submission servers:
// never lost, never doubled, never in doubt.
//
//	w := outbox.New(outbox.Options{Store: s, Account: cfg.Account})
//	err := w.Run(ctx)   // as the owner of the data directory: until ctx ends
//	w.Wake()            // something was queued
//
// A command that delivers and exits calls Flush instead of Run. Only the owner
// of the data directory may run either.
//
// # States
//
// The state of an item follows from its recipients (mail.Derive):
//
//	    queue
//	      │            cancel, edit
//	┌──▶ held ────────────────────────▶ cancelled
//	│     │ hold ends        ▲
//	│     ▼                  │ cancel, edit
//	│   queued ──────────────┤
//	│     │ attempt          │
//	│     ▼       4xx, lost  │        sign-in,
//	│  sending ──────────▶ deferred   certificate
//	│   │ │ │ ╰───────────────────────▶ blocked
//	│   │ │ ╰─ line lost after ─▶ unsure ── found, settle ─╮
//	│   │ │    the last byte        │                       │
//	│   │ │                         ╰─ retry ─▶ queued      ▼
//	│   │ ╰── 250 ─────────────────────────────────────▶ accepted
//	│   ╰──── 5xx ─▶ rejected ── edit, settle ─▶ done       │ copy filed
//	╰─ send later       ▲                                   ▼
//	                    ╰──── bounce ──────────────────── done
//
// The worker writes down every attempt before it touches the network, and the
// commit point before the byte that can commit leaves; Resolve, a pure function,
// turns what the server said into the next state. Messages of one account leave
// one after another over one connection, which is kept for a while, and while
// somebody writes (Warm); accounts do not wait for each other.
//
// On a kept connection the attempt and the commit point of a message are one transaction,
// which also records the outcomes of the messages before (batch.go); the file turns tells
// after a crash of the process whose turn had come, so that one message is unsure and not
// the batch.
//
// # When it is tried again
//
// A message is given up after give_up of being tried (mail.Outgoing.Tried): what it waited
// for a time of day, for the user or for a machine that was off does not count. A refusal
// for good that only says that the account has sent enough (smtpclient.Reply.OverLimit) is
// no refusal: what is due of the account waits. What needs the user (blocked) goes on by
// itself where that does no harm (blocked.go, syncer.Account): when postea is started, once
// a message of the account was taken, and now and then where a certificate proves nothing
// or a sign-in is refused that has worked before. No wait is for the time of a clock that
// was set back since.
//
// A message for a time of day waits here, where it can be edited, and goes into the keeping
// of a server that holds messages back when the program ends. An unsure message is looked
// for in Sent and INBOX, unless a copy lies there because somebody else got it; found is
// accepted, not found asks the user, who retries or settles. The same bytes go to another
// address when a bad one is corrected. A report of failure moves a recipient also from
// delivered, as an alias reports that for having passed the message on; of whom nobody
// knows which recipient leads there is only told. The bytes of what left the outbox 30
// days ago go from own.db where the copy in Sent was filed.
//
// # What leaves
//
// What leaves is what was stored, byte for byte, but for a server without 8BITMIME,
// for which it is encoded (compose.SevenBit), and for one without SMTPUTF8, which gets
// it for those whom it can reach (compose.ASCIIHeader); the others are told of as refused.
// A redirected message keeps its bytes: it is built from the stored one when it is sent,
// under a Resent-Message-ID by which it is followed, and has no copy in Sent.
//
// What smtpclient learns about a server is stored by host and port, and so are
// the policies of domains for accounts with transport = "direct", whose messages
// go to the recipients' own servers, domain by domain within one attempt.
package outbox
