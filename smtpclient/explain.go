package smtpclient

import (
	"context"
	"errors"
	"strings"

	gosasl "github.com/emersion/go-sasl"

	"postea/internal/dial"
	"postea/internal/sasl"
)

// sentences maps enhanced codes to plain words, RFC 3463 and the registry's
// later entries. An x stands for any class.
var sentences = map[string]string{
	"5.1.0":   "The address was refused.",
	"5.1.1":   "There is no such mailbox.",
	"5.1.10":  "There is no such mailbox.",
	"5.1.2":   "The domain has no mail server.",
	"4.4.4":   "The domain has no mail server.",
	"5.4.4":   "The domain has no mail server.",
	"5.1.3":   "The address is malformed.",
	"5.1.6":   "The mailbox has moved.",
	"5.1.7":   "Your sender address is refused.",
	"5.1.8":   "Your sender address is refused.",
	"5.2.1":   "The mailbox is disabled.",
	"x.2.2":   "The mailbox is full.",
	"x.2.3":   "The message is too large.",
	"5.3.4":   "The message is too large.",
	"4.3.2":   "The server is busy; it will be tried again.",
	"5.1.90":  overLimit,                           // Microsoft
	"5.2.252": "You may not send as this address.", // Microsoft
	"5.4.5":   overLimit,                           // Google
	"4.4.1":   "The next mail server cannot be reached.",
	"4.4.2":   "The connection to the next mail server broke.",
	"x.4.7":   "It could not be delivered in the time allowed.",
	"5.4.6":   "The message runs in a mail loop.",
	"x.5.3":   "There are too many recipients.",
	"5.7.0":   "The server's policy refuses the message.",
	"5.7.1":   "The server's policy refuses the message.",
	"5.7.3":   "The user name or password is wrong.",
	"5.7.8":   "The user name or password is wrong.",
	"5.7.9":   "The server wants an app password or OAuth sign-in.",
	"5.7.10":  "The server wants an encrypted connection.",
	"5.7.11":  "The server wants an encrypted connection.",
	"5.7.20":  "The message fails the receiver's DKIM check.",
	"5.7.21":  "The message fails the receiver's DKIM check.",
	"5.7.22":  "The message fails the receiver's DKIM check.",
	"5.7.23":  "The message fails the receiver's SPF check.",
	"5.7.24":  "The message fails the receiver's SPF check.",
	"5.7.25":  "The sending server has no valid reverse name.",
	"5.7.26":  "The message fails the receiver's sender checks (SPF, DKIM, DMARC).",
	"5.7.27":  "The sender's domain accepts no mail.",
	"x.7.28":  overLimit,
	"5.7.30":  "The server no longer takes passwords for sending; use OAuth sign-in.",
	"5.7.139": "Sending by password is switched off for this account.",
	"5.7.60":  "You may not send as this address.",
	"4.7.0":   "The server defers unknown senders for a while (greylisting).",
	"5.10.0":  "The domain accepts no mail.",
}

// subjects has the words for a whole subject where the detail says nothing.
var subjects = map[string]string{
	"4.3": "The server is busy; it will be tried again.",
	"4.7": "The server's policy says not now; it will be tried again.",
	"x.1": "The address was refused.",
	"x.2": "The mailbox cannot take the message.",
	"x.3": "The server cannot take the message.",
	"x.4": "The message could not be routed.",
	"x.5": "The server and postea misunderstood each other.",
	"x.6": "The server does not accept the content.",
	"x.7": "The server's policy refuses the message.",
}

// Explain says in one plain sentence what the error means for the user. The
// server's own words are in Text.
func (e *Error) Explain() string {
	switch {
	case errors.Is(e.Err, ErrWrongEnvelope):
		return sentence(ErrWrongEnvelope.Error())
	case e.Unknown():
		return "The connection was lost before the server confirmed the message; it may or may not have been sent."
	case e.Code != 0:
		return e.explainReply()
	case e.Err != nil:
		return e.explainCause()
	}
	return "Something went wrong while talking to the server."
}

const overLimit = "As much was sent as the server allows for now."

func (e *Error) inTransaction() bool {
	switch e.Phase {
	case PhaseMail, PhaseRcpt, PhaseData, PhaseBody, PhaseCommit:
		return true
	}
	return false
}

func (e *Error) explainReply() string {
	if failure := e.SignIn(); failure != "" && e.Code != codeClosing {
		return signInSentences[failure]
	}
	if e.inTransaction() && (Reply{Code: e.Code, Enhanced: e.Enhanced, Text: e.Text}).OverLimit() {
		return overLimit
	}
	if s, ok := e.explainOpening(); ok {
		return s
	}
	switch {
	case e.Code == codeSignInFirst && strings.Contains(strings.ToUpper(e.Text), "STARTTLS"): // RFC 3207 §4
		return "The server wants an encrypted connection."
	case e.WantsSignIn():
		return "The server wants you to sign in first."
	}
	if s, ok := explainEnhanced(e.Enhanced); ok {
		return s
	}
	switch {
	case e.Code == codeClosing:
		return "The server is busy or closing; it will be tried again."
	case e.Code == codeTooMuch && e.Phase != PhaseRcpt:
		return "The message is too large."
	case e.Code == codeTooMuch, e.Code == 452 && e.Phase == PhaseRcpt:
		return "The mailbox is full, or there are too many recipients."
	case e.Temporary && e.Phase == PhaseRcpt:
		return "The server does not take mail for this address at the moment."
	case e.Temporary:
		return "The server cannot take the message at the moment."
	case e.Phase == PhaseRcpt:
		return "The server refused the recipient."
	case e.Phase == PhaseMail:
		return "The server refused the sender."
	}
	return "The server refused the message."
}

// explainOpening is for what is said before there is a message that could be meant.
func (e *Error) explainOpening() (string, bool) {
	switch {
	case e.Phase == PhaseTLS && e.Temporary:
		return "The server cannot encrypt the connection at the moment.", true
	case e.Phase == PhaseTLS:
		return "The server refuses to encrypt the connection.", true
	case e.Code == codeClosing && e.Enhanced == "4.7.0" && e.Phase != PhaseGreeting: // Google says it about much else than unknown senders
		return "The server is busy or closing; it will be tried again.", true
	case e.Phase == PhaseHello && (e.Code == 500 || e.Code == 502):
		return "The server does not know EHLO, without which nobody can sign in.", true
	case e.Phase != PhaseGreeting && e.Phase != PhaseHello:
		return "", false
	case strings.Contains(strings.ToLower(e.Text), "too many") || strings.HasSuffix(e.Enhanced, ".7.28"):
		return "The server has too many connections from here; it will be tried again.", true
	case e.Temporary:
		return "The server takes no connections from here at the moment; it will be tried again.", true
	}
	return "The server refuses connections from here.", true
}

func explainEnhanced(code string) (string, bool) {
	class, rest, ok := strings.Cut(code, ".")
	if !ok {
		return "", false
	}
	subject, detail, _ := strings.Cut(rest, ".")
	if len(detail) == 2 && detail[0] == '5' && subject == "7" && class == "5" {
		return "The message fails the receiver's sender checks (SPF, DKIM, DMARC).", true
	}
	for _, key := range []string{code, "x." + rest} {
		if s, ok := sentences[key]; ok {
			return s, true
		}
	}
	for _, key := range []string{class + "." + subject, "x." + subject} {
		if s, ok := subjects[key]; ok {
			return s, true
		}
	}
	return "", false
}

func (e *Error) explainCause() string {
	var d *dial.Error
	var offer *sasl.UnsupportedError
	switch {
	case errors.As(e.Err, &d):
		return sentence(d.Error())
	case errors.As(e.Err, &offer) && len(offer.Offered) == 0:
		return sentence(offer.Error() + ` at this port; 465 or 587 may, and a server that takes mail without one needs auth = "none" in [account.smtp]`)
	case errors.As(e.Err, &offer):
		return sentence(offer.Error())
	case errors.Is(e.Err, gosasl.ErrUnexpectedServerChallenge):
		return "The server asks for more than this way to sign in has."
	case errors.Is(e.Err, context.Canceled):
		return "Sending was broken off from here; the message was not sent."
	case errors.Is(e.Err, ErrSilent):
		return sentence(ErrSilent.Error())
	case errors.Is(e.Err, errTimeout), errors.Is(e.Err, context.DeadlineExceeded):
		return "The server did not answer in time."
	case dial.Alert(e.Err) != "":
		return "The server ended the encrypted connection (" + dial.Alert(e.Err) + ")."
	}
	for _, known := range []error{
		ErrNoSTARTTLS, ErrInjection, ErrDesync, ErrNoSMTPUTF8, ErrNoEightBit, ErrTooLarge, ErrAddress,
		ErrWrongEnvelope, ErrNotAll, ErrNoRequireTLS, ErrNoHold, ErrNoDeadline, ErrNoRecipients, ErrNUL, ErrLineTooLong, ErrClosed, errMalformed,
		sasl.ErrCleartext, sasl.ErrCredentials, sasl.ErrServerProof,
	} {
		if errors.Is(e.Err, known) {
			return sentence(known.Error())
		}
	}
	if e.Temporary {
		return "The connection to the server broke before the message was sent."
	}
	return sentence(e.Err.Error())
}

func sentence(s string) string {
	s = printable(s)
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}
