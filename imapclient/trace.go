package imapclient

import (
	"strings"
	"time"

	"postea/internal/sasl"
)

// Direction says who spoke a traced line.
type Direction string

const (
	FromClient Direction = "client"
	FromServer Direction = "server"
	Info       Direction = "info" // not part of the conversation
)

// Line is one line of the conversation. Secrets are blanked, literals are
// replaced by their size, and Text holds no control characters.
type Line struct {
	Time time.Time
	From Direction
	Text string
}

// String returns the line the way transcripts are printed.
func (l Line) String() string {
	switch l.From {
	case FromClient:
		return "Client: " + l.Text
	case FromServer:
		return "Server: " + l.Text
	}
	return "        " + l.Text
}

const (
	blank = sasl.Blank
	// tracedLine keeps a search result from filling the log.
	tracedLine = 2000
)

// tracer hands lines to the caller's function. While signing in it also takes
// out secrets that a server repeats.
type tracer struct {
	emit    func(Line)
	secrets sasl.Secrets
}

func (t *tracer) line(from Direction, text string) {
	if t.emit != nil {
		t.emit(Line{Time: time.Now(), From: from, Text: printable(t.secrets.Scrub(text))})
	}
}

func (t *tracer) server(raw []byte) {
	if t.emit == nil {
		return
	}
	t.line(FromServer, withoutLiterals(raw))
}

// withoutLiterals shows a response as one line.
func withoutLiterals(raw []byte) string {
	var b strings.Builder
	for len(raw) > 0 && b.Len() < tracedLine {
		line, rest, _ := cutLine(raw)
		size, _, ok := literalAt(line)
		if !ok {
			b.Write(line)
			break
		}
		b.Write(line)
		b.WriteString("…")
		raw = rest[min(size, int64(len(rest))):]
	}
	text := b.String()
	if len(text) > tracedLine {
		text = text[:tracedLine] + "…"
	}
	return text
}

// printable makes text from outside fit for one line.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
