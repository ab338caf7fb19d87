// Package mail is the vocabulary of postea: the names that every floor above
// uses for the same thing. It holds plain values and pure functions, does no
// I/O and keeps no state.
//
// Text in these types is what arrived or was typed, not yet safe for a screen.
// Only internal/reading turns it into text that may be shown.
package mail
