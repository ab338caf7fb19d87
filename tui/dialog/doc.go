// Package dialog holds the overlays that ask something: a menu of things to
// pick from, narrowed by typing, and a question with two answers.
//
// An overlay is opened by a message of package nav and closes itself with
// nav.Dismiss, which carries what was chosen:
//
//	d := dialog.NewMenu(nav.Menu{Title: "Move to", Items: items})
//	d.Press("enter", "")       // nav.Dismiss{Then: items[0].Msg}
package dialog
