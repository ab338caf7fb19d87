// Package reader shows a conversation: older messages folded to a line, the
// unread and the newest open.
//
// Bodies are fetched and laid out in commands, never while drawing:
//
//	m := reader.New(backend, asker, reader.Options{Rest: 2 * time.Second})
//	cmd := m.Open(place, row)      // heads first, then the bodies of what is open
//	m.SetBeside(true)              // in a pane beside the list: marks as read after a rest
//
// A piece of a message's text is selected by keys or the mouse; what is done then
// is about that piece alone, until the selection ends:
//
//	m.EndSelection()               // tells whether there was one
//
// A message that has been open on the screen is marked as read; in a pane that
// only follows the cursor, after it has rested there.
package reader
