// Package transcript is the vocabulary of what was said over a connection: a
// client hands out a [Line] for each, the outbox keeps those of an attempt.
package transcript

import "time"

// Speaker says whose line it is. Its values are stored and shown.
type Speaker string

const (
	Client Speaker = "Client"
	Server Speaker = "Server"
	Info   Speaker = "Info" // not part of the conversation
)

// Line is one line of a conversation. Secrets are blanked, what is long is
// replaced by its size, and Text holds no control characters.
type Line struct {
	At   time.Time // when it was written, or had been read
	From Speaker
	Text string
}

// String returns the line the way transcripts are printed.
func (l Line) String() string {
	if l.From == Info {
		return "        " + l.Text
	}
	return string(l.From) + ": " + l.Text
}
