// Package wizard adds an account: an address, the servers that were found for
// it, one secret, a sign-in at both ends, and only then something is saved.
//
// It is one page that grows: what is known stays on the screen and can be
// corrected. Nothing is asked that can be found out.
package wizard
