// Package screen puts frames on the terminal as soon as they are made.
//
// The renderer of Bubble Tea draws at the beats of a clock, so that a key waits
// for the next one: half a beat on average, and a whole one where it is missed by
// a hair. A [Screen] takes the content of every view and draws it at once; what
// comes within a few milliseconds of a frame waits for that time, and of several
// frames only the last is drawn. Modes, title and progress stay with Bubble Tea,
// whose output runs through the Screen, so that it knows when the terminal is
// somebody else's and when it was cleared.
//
//	s := screen.New(os.Stdout, os.Environ(), profile)
//	go s.Run(ctx)
//	p := tea.NewProgram(model, tea.WithOutput(s), tea.WithColorProfile(profile))
//	s.Hear(msg)          // in Update, before anything else
//	return s.Show(view)  // in View
//
// Update and View never wait for the terminal.
package screen
