// Package words puts times, sizes, numbers and the states of outgoing messages
// into the words that every screen uses, so that one thing has one name.
//
// Nothing here reads a clock: now is always an argument, and its location is
// the one that times are shown in.
package words
