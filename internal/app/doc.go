// Package app is what the user can do: one method per use case. The terminal
// interface and the command line call it and nothing else.
//
//	a, err := app.Open(ctx, app.Options{Config: cfg, Dir: dir})
//	defer a.Close()
//	a.Start(ctx)            // send and sync in the background, if this process may
//	page, err := a.List(ctx, place, app.Window{Limit: 50})
//
// A change is one transaction in the store and is seen at once; workers carry
// it to the servers later. Events tells what changed, whoever changed it.
//
// Everything that leaves for a screen is Text, made safe by internal/reading.
// All methods may be called from several goroutines.
//
// # Rules
//
// Rules ([[rule]]) are asked where the words of new mail have become part of the index
// (rules.go): a rule is a search among those messages. Up to where they were asked stands
// in ruled, and moves on in the transaction that does what they want; notices wait for it.
// The interface lets words wait for the end of a round (search.go), so that headers and
// bodies go in together.
//
// # What this package adds to lists
//
// What is due comes back by due.go; what a verb does to a message that lies in several
// folders, as where folders are labels, is in labelfolders.go. The list of Drafts has a row
// for each draft that no copy at the server stands for yet, under a number above those of
// messages (keptdrafts.go), and shows the draft in the row of a copy that is older. When
// the machine has slept, or its clock was set, clock.go wakes everybody.
package app
