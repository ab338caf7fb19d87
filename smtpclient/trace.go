package smtpclient

import (
	"fmt"
	"strings"
	"time"

	"postea/internal/sasl"
	"postea/internal/transcript"
)

const blank = sasl.Blank

// tracer hands lines to the caller's function. While signing in it also takes
// out secrets that a server repeats.
type tracer struct {
	emit    func(transcript.Line)
	secrets sasl.Secrets
}

func (t *tracer) client(text string) { t.line(time.Now(), transcript.Client, text) }

func (t *tracer) info(format string, args ...any) {
	t.line(time.Now(), transcript.Info, fmt.Sprintf(format, args...))
}

func (t *tracer) server(r Reply) {
	if t.emit == nil {
		return
	}
	for _, line := range r.lines {
		t.line(r.at, transcript.Server, line)
	}
}

func (t *tracer) line(at time.Time, from transcript.Speaker, text string) {
	if t.emit != nil {
		t.emit(transcript.Line{At: at, From: from, Text: printable(t.secrets.Scrub(text))})
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
