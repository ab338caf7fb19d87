// Package mailfile reads and writes mail as files: mbox, Maildir, and one
// message a file, and reads MH folders. Flags and the time of arrival go with the messages, and a
// message that was written and is read again is the same, byte by byte.
//
//	r, err := mailfile.Open(path)
//	for m, err := range r.Messages(ctx, 0) { … } // one message in memory at a time
//
// Lines end with CRLF in memory, as on the wire. In mbox files they end with
// LF, and lines that would begin a message are quoted as mboxrd does; flags are
// in fields in front of the header that reading takes away again. Mailboxes of
// other programs are read too: their Status and X-Status fields tell the flags
// and stay where they are.
package mailfile
