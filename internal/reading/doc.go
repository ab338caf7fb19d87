// Package reading makes the bytes of a message into something that can be
// read, without danger, on a terminal.
//
// The order of calls:
//
//	m := reading.Parse(raw)            // never fails; m.Defects tells what was wrong
//	m.Header.Subject                   // decoded, but still what the sender wrote
//	reading.Line(m.Header.Subject)     // one line that may be shown
//	m.Lines(80, reading.LayoutOptions{}) // the body, laid out for 80 cells
//	m.Links()                          // what the numbers in the body open
//	for _, a := range m.Attachments {  // the files
//		io.Copy(f, m.Open(a))      // decoded, byte for byte
//	}
//	m.Report()                         // not nil if this is a delivery report
//
// A list that only has header fields uses ParseHeader.
//
// Two kinds of text leave this package. A Text, and the text in a Span, is
// safe for the screen. Every plain string (Header.Subject, Attachment.Name,
// Message.Text) is the true text, for the store, for JSON and for quoting; it
// has to go through Line or Block before it is shown.
//
// The input is hostile by assumption. Depth, parts, header fields, parameters
// and addresses are bounded, and the time taken grows linearly with the size
// of the message. The multipart walker is our own because a bound has to hold
// before the structure is built: one that is checked in front of another
// parser holds only as long as both agree on what a boundary is.
//
// A Message is immutable and may be used from several goroutines.
package reading
