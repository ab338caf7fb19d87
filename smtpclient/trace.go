package smtpclient

import (
	"fmt"
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

// Line is one line of the conversation. Secrets are blanked, message bodies are
// replaced by their size, and Text holds no control characters.
type Line struct {
	Time time.Time // when it was written, or had been read
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

const blank = sasl.Blank

// tracer hands lines to the caller's function. While signing in it also takes
// out secrets that a server repeats.
type tracer struct {
	emit    func(Line)
	secrets sasl.Secrets
}

func (t *tracer) client(text string) { t.line(time.Now(), FromClient, text) }

func (t *tracer) info(format string, args ...any) {
	t.line(time.Now(), Info, fmt.Sprintf(format, args...))
}

func (t *tracer) server(r Reply) {
	if t.emit == nil {
		return
	}
	for _, line := range r.lines {
		t.line(r.at, FromServer, line)
	}
}

func (t *tracer) line(at time.Time, from Direction, text string) {
	if t.emit != nil {
		t.emit(Line{Time: at, From: from, Text: printable(t.secrets.Scrub(text))})
	}
}

// printable replaces control characters and invalid UTF-8; LF and TAB stay in
// the texts of multi-line replies.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
