// Package tui is the terminal interface.
//
//	err := tui.Run(ctx, app, tui.Options{Theme: "auto"})
//
// The root knows five things: the size of the terminal, which keys mean which
// action, which screens are open, the overlay on top of them, and what time the
// last message came. It knows no screen's insides. A key becomes an action
// (package keys), the action a call of the Backend in a command, the change
// comes back as an event, and the screens ask again for what they show.
//
//	tui             root, desk (folders, list and reader beside each other)
//	tui/inbox       the list of conversations        tui/reader   a conversation
//	tui/composer    a draft                          tui/outbox   outgoing messages and their journeys
//	tui/sidebar     accounts and folders             tui/status   the bottom line
//	tui/wizard      a new account                    tui/dialog, tui/palette, tui/help   overlays
//	tui/nav         how screens speak with the root  tui/keys     the table of actions
//	tui/widget, tui/theme, tui/words                 what everything is drawn with
//
// Screens do not import each other. Update and View do no I/O and read no
// clock; the time is that of the last message that carried one.
package tui
