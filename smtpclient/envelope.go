package smtpclient

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Envelope is who a message is from and for, and what the server has to know
// about it beforehand.
type Envelope struct {
	From     string // "" is the null reverse-path of reports
	To       []Recipient
	BodySize int64 // in bytes, for SIZE and for progress; 0 if it is not known
	EightBit bool  // the body has bytes above 127
	UTF8     bool  // the header has bytes above 127; addresses are looked at anyway
	DSN      DSN

	// What follows fails where the server does not offer it.

	RequireTLS bool          // encryption on the whole way or a bounce, RFC 8689
	HoldFor    time.Duration // the server keeps the message back for so long, RFC 4865
	HoldUntil  time.Time     // or until then
	Deadline   Deadline
}

// Deadline asks the servers on the way to deliver within a time, RFC 2852.
type Deadline struct {
	Within time.Duration // 0: no deadline
	Return bool          // give the message back when it has passed, instead of sending a notice
	Trace  bool          // have every server on the way report
}

// Recipient is one address of the envelope.
type Recipient struct {
	Address string
	Notify  []string // any of FAILURE, DELAY, SUCCESS, or only NEVER; nil leaves it to the server
	ORcpt   string   // original address for reports; "" is Address if a report is asked for
}

// mailCommand returns the MAIL line, RFC 5321 §4.1.1.2, for a server with caps.
// secure tells whether the connection is encrypted.
func (e Envelope) mailCommand(caps Capabilities, secure bool) (string, error) {
	if e.From != "" {
		if err := checkAddress(e.From); err != nil {
			return "", err
		}
	}
	var b strings.Builder
	b.WriteString("MAIL FROM:<" + e.From + ">")
	if e.BodySize > 0 && caps.Offers("SIZE") {
		if limit := caps.MaxSize(); limit > 0 && e.BodySize > limit {
			return "", fmt.Errorf("%w (%d bytes; the limit is %d)", ErrTooLarge, e.BodySize, limit)
		}
		b.WriteString(" SIZE=" + strconv.FormatInt(e.BodySize, 10))
	}
	if e.EightBit || e.needsUTF8() {
		switch {
		case caps.Offers("8BITMIME"):
			b.WriteString(" BODY=8BITMIME")
		case e.EightBit:
			return "", ErrNoEightBit
		}
	}
	if e.needsUTF8() {
		if !caps.Offers("SMTPUTF8") {
			return "", ErrNoSMTPUTF8
		}
		b.WriteString(" SMTPUTF8")
	}
	params, err := e.DSN.params()
	if err != nil {
		return "", err
	}
	if caps.Offers("DSN") {
		b.WriteString(params)
	}
	wishes, err := e.wishes(caps, secure)
	if err != nil {
		return "", err
	}
	return b.String() + wishes, nil
}

func (e Envelope) needsUTF8() bool {
	return e.UTF8 || !isASCII(e.From) ||
		slices.ContainsFunc(e.To, func(r Recipient) bool { return !isASCII(r.Address) })
}

func (e Envelope) asksForReports() bool {
	return e.DSN != DSN{} || slices.ContainsFunc(e.To, func(r Recipient) bool { return len(r.Notify) > 0 || r.ORcpt != "" })
}

// rcptCommand returns the RCPT line, RFC 5321 §4.1.1.3.
func (r Recipient) rcptCommand(reports bool, caps Capabilities) (string, error) {
	if err := checkAddress(r.Address); err != nil {
		return "", err
	}
	params, err := r.params(reports)
	if err != nil {
		return "", err
	}
	line := "RCPT TO:<" + r.Address + ">"
	if caps.Offers("DSN") {
		line += params
	}
	return line, nil
}
