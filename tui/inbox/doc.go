// Package inbox is the list of conversations of a place, and everything that
// can be done to them from there.
//
// The model holds a window of rows around what is visible; the rest of the
// list, however long, is only a number. What the user does to rows is seen at
// once: they leave the window before the backend has answered, and the window
// is asked for again afterwards.
//
//	m := inbox.New(backend, asker)
//	cmd := m.Open(place, 0)
//	m.Do(keys.Archive, 3)
//
// Whenever the cursor comes to stand on another conversation the model says
// so with Cursor, which is how a reader beside the list follows.
package inbox
