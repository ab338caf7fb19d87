// Package tuitest drives the interface without a terminal, for tests.
//
// A Driver runs in a bubble of testing/synctest: commands run in goroutines of
// their own, and after every step the driver waits until all of them are done
// or wait for time to pass. Time passes only in Advance.
//
//	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: tuitest.Sample()}, func(d *tuitest.Driver) {
//		d.Press("j", "e")
//		d.See("Archived 1 conversation")
//	})
//
// Backend is a mail store in memory that behaves as the real one does towards
// the interface.
package tuitest
