package imapclient

import (
	"strings"
	"time"

	"postea/internal/sasl"
	"postea/internal/transcript"
)

const (
	blank = sasl.Blank
	// tracedLine keeps a search result from filling the log.
	tracedLine = 2000
)

// tracer hands lines to the caller's function. While signing in it also takes
// out secrets that a server repeats.
type tracer struct {
	emit    func(transcript.Line)
	secrets sasl.Secrets
}

func (t *tracer) line(from transcript.Speaker, text string) {
	if t.emit != nil {
		t.emit(transcript.Line{At: time.Now(), From: from, Text: printable(t.secrets.Scrub(text))})
	}
}

func (t *tracer) server(raw []byte) {
	if t.emit == nil {
		return
	}
	t.line(transcript.Server, withoutLiterals(raw))
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
