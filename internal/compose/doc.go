// Package compose turns a draft into the bytes of a message, and a message
// that was read into the draft of an answer.
//
// The order of calls:
//
//	d := compose.Reply(original, self)      // or ReplyAll, ReplyList, Forward, or an empty draft
//	…the user writes…
//	b, err := compose.Build(d, compose.Options{})
//
// Build reads every attachment at that moment, so a file that is gone is told
// while the composer is still open, and what is queued can be sent whatever
// happens to the files later. Its result is final: Built.Wire is what goes to
// the server, byte for byte, and BccHeader followed by Wire is the copy for
// the Sent folder.
//
// The bytes are valid for any server: CRLF, lines of at most 998 octets, and
// no octet above 127, unless a forwarded message holds some (EightBit) or an
// address has such a local part (UTF8). SevenBit makes of the first what a server
// without 8BITMIME takes. Nothing in them tells about the
// machine: the date is in UTC, boundaries and Message-ID are random, files have
// no paths.
//
// The package keeps no state; its functions may be called from several
// goroutines, if Options.Rand may.
package compose
