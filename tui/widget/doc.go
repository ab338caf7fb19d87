// Package widget holds what every screen is made of: a canvas of cells to draw
// on, a list that only draws what is visible, a text field and an editor.
//
// Drawing never measures with anything but a Measure, and a Measure counts
// cells the way the renderer does (code points until the terminal says that it
// keeps grapheme clusters together), so that nothing runs over the right edge:
//
//	canvas := widget.NewCanvas(120, 36, measure)
//	area := canvas.Area(look, now)            // the whole screen
//	side, main := area.SplitLeft(24)
//	main.Text(0, 0, theme.Style{Ink: theme.Strong}, subject.String())
//	content := canvas.Render(look)
//
// A cell can hold no control character, no bidirectional override and nothing
// invisible: the canvas shows those as U+FFFD. Text from outside is made safe
// long before; this is the last wall, for text that must be edited as it is.
//
// Screens draw all text in the order in which it is read. What is written from the right is
// seen to when the canvas is rendered: marks of its own keep it in its column on a terminal
// that puts lines in order (direction.go), and on one that does not it is put in order here
// (bidi.go, arabic.go), where the Look says so.
//
// Nothing in this package is safe for concurrent use.
package widget
