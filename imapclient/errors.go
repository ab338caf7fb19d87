package imapclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/internal/dial"
)

// Kind is what a caller decides on.
type Kind int

// The kinds.
const (
	KindNetwork     Kind = iota // the connection broke, or was never there
	KindTimeout                 // the server was silent for too long
	KindCanceled                // the context was cancelled
	KindAuth                    // signing in is refused, or impossible as configured
	KindNo                      // the server said NO; see Code
	KindBad                     // the server did not understand the command
	KindBye                     // the server ended the session
	KindProtocol                // the server does not speak IMAP as it should
	KindTooLarge                // larger than allowed, by the caller or the server
	KindUnsupported             // the server, or IMAP, cannot do this
)

// Reasons found without an answer of the server; errors.Is sees them through
// Error.
var (
	ErrClosed      = errors.New("the connection is closed")
	ErrSilent      = errors.New("the server did not greet in time; its port may be one for tls = \"implicit\"")
	ErrNoSTARTTLS  = errors.New("the server does not offer encryption (STARTTLS)")
	ErrInjection   = errors.New("the server sent more than its answer before encryption began; someone may be tampering")
	ErrPreauth     = errors.New("the server claims to have signed in already, without encryption; someone may be tampering")
	ErrNoSelection = errors.New("no folder is open")
	ErrNotFound    = errors.New("the message is not in the folder")
	ErrArgument    = errors.New("holds a character that IMAP cannot carry")
	ErrTooMany     = errors.New("the server names more messages than the folder can hold")
)

// Error is the one error type of this package.
type Error struct {
	Op   string // the command, or what was being done
	Kind Kind
	Code imap.ResponseCode // of the server's answer; "" without
	Text string            // of the server's answer; from outside, one line without control characters
	Err  error             // the cause when it is not the answer, else nil

	fatal bool
}

// Error tells in one line what failed and why.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Text != "" || e.Code != "" {
		b.WriteString(": the server said")
		switch e.Kind {
		case KindNo, KindAuth:
			b.WriteString(" no")
		case KindBad:
			b.WriteString(" that it did not understand")
		case KindBye:
			b.WriteString(" goodbye")
		}
		if e.Code != "" {
			b.WriteString(" [" + printable(string(e.Code)) + "]")
		}
		if e.Text != "" {
			b.WriteString(": " + printable(e.Text))
		}
	}
	if e.Err != nil {
		b.WriteString(": " + printable(e.Err.Error()))
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// Fatal reports whether the connection is gone.
func (e *Error) Fatal() bool { return e.fatal }

// Temporary reports whether trying again later may succeed without anybody
// changing anything.
func (e *Error) Temporary() bool {
	switch e.Kind {
	case KindNetwork:
		return !isConfiguration(e.Err)
	case KindTimeout, KindBye:
		return true
	case KindNo, KindBad:
		return temporaryCode(e.Code) || temporaryText(e.Text)
	}
	return false
}

func isConfiguration(err error) bool {
	var d *dial.Error
	return errors.As(err, &d) && (d.Kind == dial.KindCertificate || d.Kind == dial.KindConfig)
}

// temporaryCode follows RFC 5530 §3.
func temporaryCode(code imap.ResponseCode) bool {
	switch code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit, imap.ResponseCodeServerBug, "THROTTLED":
		return true
	}
	return false
}

// temporaryText knows the words of servers that give no code.
func temporaryText(text string) bool {
	text = strings.ToLower(text)
	if _, what, _ := strings.Cut(text, "too many "); slices.ContainsFunc([]string{"flags", "keywords", "labels", "folders"}, func(s string) bool { return strings.Contains(what, s) }) {
		return false // as Cyrus says of keywords: so it stays until some are taken away
	}
	for _, sign := range []string{"too many", "not connected", "try again", "temporar", "unavailable",
		"throttl", "backoff", "bandwidth limit", "rate limit", "connection limit", "maximum number of connections",
		"system error", "server error", "internal error", "server busy", "server is busy", "mailbox is locked", "locked by pop", "waiting for lock", "timed out", "timeout"} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}

// Throttled tells of a refusal that is about the account and not about what was asked for:
// whatever else is asked for is refused too, and makes it last longer.
func (e *Error) Throttled() bool {
	if e.Kind != KindNo && e.Kind != KindBad {
		return false
	}
	if e.Code != "" && e.Code != imap.ResponseCodeAlert && e.Code != imap.ResponseCodeOverQuota && !temporaryCode(e.Code) {
		return false // the text may hold the name of a folder
	}
	text := strings.ToLower(e.Text)
	return e.Code == "THROTTLED" || slices.ContainsFunc(throttling, func(sign string) bool { return strings.Contains(text, sign) })
}

// throttling is how servers say so that give no code.
var throttling = []string{"throttled", "backoff time", "bandwidth limit", "rate limit", "authenticated but not connected"}

const (
	usualBackoff   = time.Minute
	longestBackoff = 15 * time.Minute // bounds what a server may ask for
)

// Backoff is how long a server that throttles is best left alone: as long as it says, in
// the words of Exchange, which else counts each new connection against the account; 0
// where it does not throttle.
func (e *Error) Backoff() time.Duration {
	if !e.Throttled() {
		return 0
	}
	var ms int64
	_, at, _ := strings.Cut(e.Text, "Backoff Time: ")
	if n, _ := fmt.Sscanf(at, "%d milliseconds", &ms); n != 1 || ms < 0 {
		return usualBackoff
	}
	return time.Duration(min(ms, longestBackoff.Milliseconds())) * time.Millisecond
}

// invalid is for what is wrong before anything was sent.
func invalid(op string, err error) *Error {
	return &Error{Op: op, Kind: KindUnsupported, Err: err}
}

// ended is for a context that ended while nothing was under way.
func ended(op string, err error) *Error {
	return &Error{Op: op, Kind: contextKind(err), Err: err}
}

func contextKind(err error) Kind {
	if errors.Is(err, context.DeadlineExceeded) {
		return KindTimeout
	}
	return KindCanceled
}

// lost is for the end of the connection. The context is asked first: its end
// surfaces as all sorts of I/O errors.
func lost(ctx context.Context, op string, err error) *Error {
	e := &Error{Op: op, Kind: KindNetwork, Err: err, fatal: true}
	var framing *framingError
	switch {
	case ctx.Err() != nil:
		e.Kind = contextKind(ctx.Err())
		if !errors.Is(err, ctx.Err()) {
			e.Err = fmt.Errorf("%w (%w)", ctx.Err(), err)
		}
	case errors.As(err, &framing):
		e.Kind = KindProtocol
		if framing.tooLarge {
			e.Kind = KindTooLarge
		}
	case errors.Is(err, os.ErrDeadlineExceeded):
		e.Kind, e.Err = KindTimeout, fmt.Errorf("no answer in time: %w", err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.Err = fmt.Errorf("the server hung up: %w", err)
	}
	return e
}

func dialFailed(err error) *Error {
	e := &Error{Op: "connect", Kind: KindNetwork, Err: err, fatal: true}
	var d *dial.Error
	if errors.As(err, &d) {
		switch d.Kind {
		case dial.KindTimeout:
			e.Kind = KindTimeout
		case dial.KindCanceled:
			e.Kind = KindCanceled
		}
	}
	return e
}
