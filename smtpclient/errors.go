package smtpclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"postea/internal/dial"
)

// Phase is where in the conversation something failed.
type Phase string

const (
	PhaseConnect  Phase = "connect"
	PhaseGreeting Phase = "greeting"
	PhaseHello    Phase = "hello"
	PhaseTLS      Phase = "tls"
	PhaseAuth     Phase = "auth"
	PhaseMail     Phase = "mail"
	PhaseRcpt     Phase = "rcpt"
	PhaseData     Phase = "data"
	PhaseBody     Phase = "body"   // the message was being sent; without its end the server must drop it
	PhaseCommit   Phase = "commit" // the end of the message may have left
	PhaseIdle     Phase = "idle"   // NOOP, and use of a closed client
)

// Reasons found without a reply of the server; errors.Is sees them through Error.
var (
	ErrClosed        = errors.New("the connection is closed")
	ErrSilent        = errors.New("the server did not greet in time; its port may be one for tls = \"implicit\"")
	ErrNoSTARTTLS    = errors.New("the server does not offer encryption (STARTTLS)")
	ErrInjection     = errors.New("the server sent more than its answer before encryption began; someone may be tampering")
	ErrDesync        = errors.New("the server's replies do not match the commands")
	ErrNoSMTPUTF8    = errors.New("the server does not take addresses or headers beyond ASCII (SMTPUTF8)")
	ErrNoEightBit    = errors.New("the server does not take 8-bit text (8BITMIME)")
	ErrTooLarge      = errors.New("the message is larger than the server takes")
	ErrAddress       = errors.New("not a usable mail address")
	ErrParameter     = errors.New("not a usable envelope parameter")
	ErrNoRecipients  = errors.New("there is no recipient")
	ErrNUL           = errors.New("the message holds a NUL byte")
	ErrLineTooLong   = errors.New("the message has a line of more than 998 bytes")
	ErrNotAll        = errors.New("the message was to go to all recipients or none")
	ErrWrongEnvelope = errors.New("the server refused the sender and took the message; it may have gone out under another one")
	ErrNoRequireTLS  = errors.New("the server cannot promise encryption on the whole way (REQUIRETLS)")
	ErrNoHold        = errors.New("the server cannot hold a message back for that time (FUTURERELEASE)")
	ErrNoDeadline    = errors.New("the server cannot deliver by a deadline (DELIVERBY)")
	ErrEmptyAccepted = errors.New("the server accepted an empty message for recipients it had refused")
)

// Error is the one error type of this package.
type Error struct {
	Phase     Phase
	Command   string // the command that failed, without secrets; "" if there was none
	Code      int    // the reply's code, 0 if there was no reply
	Enhanced  string // the reply's enhanced code, "" if there was none
	Text      string // the reply's text
	Temporary bool   // trying again later may succeed; also after a 5yz that is OverLimit
	Err       error  // the cause when it is not the reply, else nil
}

// Error tells phase, command and reply or cause.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Phase))
	if e.Command != "" {
		b.WriteString(" (" + printable(e.Command) + ")")
	}
	if e.Code != 0 {
		b.WriteString(": " + Reply{Code: e.Code, Enhanced: e.Enhanced, Text: e.Text}.String())
	}
	if e.Err != nil {
		b.WriteString(": " + printable(e.Err.Error()))
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// Unknown reports whether the server may have taken the message although it did
// not say so: the line was lost, or made no sense, after the end of the message
// had left (RFC 1047). Sending again may then deliver twice.
func (e *Error) Unknown() bool { return e.Phase == PhaseCommit && e.Code == 0 }

func refused(phase Phase, command string, r Reply) *Error {
	return &Error{
		Phase: phase, Command: command,
		Code: r.Code, Enhanced: r.Enhanced, Text: r.Text,
		Temporary: r.temporary(),
	}
}

// invalid is for what is wrong before anything was sent.
func invalid(phase Phase, command string, err error) *Error {
	return &Error{Phase: phase, Command: command, Err: err}
}

// lost is for the end of the connection.
func lost(ctx context.Context, phase Phase, command string, err error) *Error {
	if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
		err = fmt.Errorf("%w (%w)", ended, err)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("the server hung up: %w", err)
	}
	return &Error{Phase: phase, Command: command, Temporary: true, Err: err}
}

func dialFailed(err error) *Error {
	e := &Error{Phase: PhaseConnect, Temporary: true, Err: err}
	var d *dial.Error
	if errors.As(err, &d) {
		if d.Op == "tls" {
			e.Phase = PhaseTLS
		}
		e.Temporary = d.Kind != dial.KindCertificate && d.Kind != dial.KindConfig
	}
	return e
}
