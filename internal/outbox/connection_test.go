package outbox

import (
	"testing"
	"time"

	"postea/internal/transcript"
)

// Whoever reads a conversation that was too long for the store sees that it goes on.
func TestLongConversationSaysThatItGoesOn(t *testing.T) {
	var c connection
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for range maxTranscript + 3 {
		c.trace(transcript.Line{At: at, From: transcript.Client, Text: "RCPT"})
	}
	lines := c.transcript()
	if len(lines) != maxTranscript+1 || lines[maxTranscript] != (transcript.Line{At: at, From: transcript.Info, Text: "3 more lines were not kept"}) {
		t.Errorf("%d lines, the last %+v", len(lines), lines[len(lines)-1])
	}
	c.trace(transcript.Line{At: at, From: transcript.Client, Text: "QUIT"})
	if lines := c.transcript(); len(lines) != 1 {
		t.Errorf("the next has %d lines", len(lines))
	}
}
