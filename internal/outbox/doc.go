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
// What leaves is what was stored, byte for byte, but for a server without 8BITMIME,
// for which it is encoded (compose.SevenBit), and for one without SMTPUTF8, which gets
// it for those whom it can reach (compose.ASCIIHeader); the others are told of as refused.
//
// What smtpclient learns about a server is stored by host and port, and so are
// the policies of domains for accounts with transport = "direct", whose messages
// go to the recipients' own servers, domain by domain within one attempt.
package outbox
