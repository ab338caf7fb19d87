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
package app
