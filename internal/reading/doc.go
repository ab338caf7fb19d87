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
//	m.Sender(TrustOptions{})           // who it is from, and what is odd about that
//	m.Protection()                     // signed, encrypted; never checked
//	m.Invitation(time.Local, when.Style{})           // not nil if there is a calendar in it
//	m.List()                           // not nil if it came over a mailing list
//	m.FileText(a, 1<<20)               // a text file, decoded
//	m.WebPage()                        // the HTML for a browser, without what runs or is fetched
//
// A list that only has header fields uses ParseHeader. Of a large message that is
// here without its files, Assemble makes what ParsePartial reads.
//
// Two kinds of text leave this package. A Text, and the text in a Span, is
// safe for the screen. Every plain string (Header.Subject, Attachment.Name,
// Message.Text) is the true text, for the store, for JSON and for quoting; it
// has to go through Line or Block before it is shown.
//
// The input is hostile by assumption. Depth, parts, header fields, parameters
// and addresses are bounded, and the time taken grows linearly with the size
// of the message.
//
// Mail is read by enmime, behind a guard. enmime forgives most of what senders
// do wrong, but it follows a structure before it bounds it: 1 KB of multiparts
// left open takes it minutes. So the walker finds the structure first, in one
// pass and within bounds, and writes it down again without faults. From that
// mended form enmime builds the tree of parts and decodes the texts. A bound
// checked in front of a parser holds only as long as both agree on what a
// boundary is; here every boundary that enmime sees is ours.
//
// That is what Lines, Text and Links show. The sync asks thousands of messages
// for their first words and for reports, and shows none of them; Parse, Snippet
// and Report therefore use our own decoders, which cost a quarter and agree with
// enmime on all that it is given.
//
// Three more things enmime does not do. Files are read as streams, so that a
// large one is never in memory. Bodies that break the rules of their encoding
// are decoded by us, because enmime makes garbage or nothing of them. And header
// fields, parameters and charsets are ours: in a large collection of mails
// enmime reads few of them otherwise, and worse wherever it does.
//
// What is an art of its own is a package below this one: bounce (notices of
// failure in words), tnef (winmail.dat), rtf (texts in RTF), cms (signed data), invite (calendars),
// trust (Authentication-Results, the looks of a domain), preview (files as lines). The package corpus holds
// the tests that compare us with others over a collection of mails.
//
// A Message is immutable and may be used from several goroutines.
package reading
