package smtpclient

import (
	"slices"
	"strings"
	"time"
)

// leastRcptMax is what a server must have taken before "too many" is understood as
// a limit for the transactions that follow: to offer it all others again each time
// is refused as often, for which servers hang up.
const leastRcptMax = 10

// note files the reply to a recipient.
func (tx *transaction) note(s step, r Reply) {
	result := &tx.result.Recipients[s.rcpt]
	if tx.mail.refusal() && r.refusal() {
		// One put in the same flight behind a sender that was refused only hears
		// that there is none (503): nothing has been said of the recipient, as if
		// it had never been named, and the reply to the sender holds for it.
		result.Unanswered, tx.refusals = false, true
		return
	}
	result.Reply, result.Unanswered = &r, false
	if r.positive() {
		result.Accepted = true
		tx.accepted++
		return
	}
	tx.refusals = true
	result.Limited = tx.accepted > 0 && isRecipientLimit(r)
	if result.Limited && tx.accepted >= leastRcptMax { // fewer may be about these recipients
		tx.client.rcptMax = tx.accepted
		if saysTooMany(r.Enhanced, r.Text) { // without that word it may have been about a mailbox
			tx.client.learned.RcptMax, tx.client.learned.At = tx.accepted, time.Now()
		}
	}
	result.Temporary = r.temporary() || result.Limited || tx.client.refusesDSN(s.line, r)
}

// isRecipientLimit finds "too many recipients", also said as a permanent
// failure, which RFC 5321 §4.5.3.1.10 has clients take for a temporary one.
func isRecipientLimit(r Reply) bool {
	return saysTooMany(r.Enhanced, r.Text) ||
		r.Enhanced == "" && (r.Code == codeTooMuch || r.Code == codeTooMany)
}

// onlyTooMany tells that a message was refused for good because of recipients beyond the
// limit, which were refused already: Exim can be set up so. With as many as the server
// has taken it will go.
func (tx *transaction) onlyTooMany(e *Error) bool {
	return e.Code/100 == 5 && tx.client.rcptMax > 0 && tx.accepted >= tx.client.rcptMax && tx.result.Limited() &&
		saysTooMany(e.Enhanced, e.Text)
}

func saysTooMany(enhanced, text string) bool {
	return strings.HasSuffix(enhanced, ".5.3") || strings.Contains(strings.ToLower(text), "too many recipients")
}

// verdict files the reply to the message; in LMTP there is one for each
// accepted recipient (RFC 2033 §4.2).
func (tx *transaction) verdict(s step, r Reply) {
	if s.rcpt >= 0 {
		tx.result.Recipients[s.rcpt].Final = &r
		if r.refusal() {
			rcpt := &tx.result.Recipients[s.rcpt]
			rcpt.Accepted, rcpt.Temporary, rcpt.Reply = false, r.temporary(), &r
			tx.refusals = true
		}
		if tx.last.positive() && !r.positive() {
			return // one success makes the message accepted
		}
	}
	tx.last = r
	tx.result.Reply = r
	if r.positive() {
		tx.result.QueueID = queueID(r.Text)
	} else {
		tx.refusals = true
	}
}

func (tx *transaction) afterReset(r Reply) error {
	if r.positive() {
		return nil
	}
	// Without it the server may go on with the transaction before.
	tx.client.abandon()
	e := refused(PhaseMail, resetStep.line, r)
	e.Temporary = true
	return tx.atEnd(e)
}

// atEnd corrects an error that ends the connection for what may have happened
// behind the reply it is about: once the end of the message has left, a command
// without a reply leaves the outcome unknown, whichever it was (RFC 1047).
// A refusal that the server still sent, 421 above all, is an answer: it has not
// taken the message (RFC 5321 §3.8).
func (tx *transaction) atEnd(err error) error {
	e := asError(err)
	if e == nil || !tx.ended || e.Code != 0 {
		return err
	}
	if known := tx.nobody(); known != nil {
		return known
	}
	e.Phase = PhaseCommit
	return e
}

// nobody returns the refusal if sender or all recipients are known to have been
// refused, in which case the message cannot have been taken; else nil.
func (tx *transaction) nobody() error {
	switch {
	case tx.accepted > 0:
		return nil
	case tx.mail.refusal():
		return refused(PhaseMail, tx.plan.mail.line, tx.mail)
	case tx.mail.positive() && tx.allAnswered():
		return tx.allRefused()
	}
	return nil
}

func (tx *transaction) allAnswered() bool {
	return !slices.ContainsFunc(tx.plan.rcpts, func(s step) bool { return tx.result.Recipients[s.rcpt].Reply == nil })
}

// envelopeError returns why the message may not follow, nil if it may.
func (tx *transaction) envelopeError() error {
	switch {
	case tx.mail.refusal():
		return refused(PhaseMail, tx.plan.mail.line, tx.mail)
	case tx.accepted == 0:
		return tx.allRefused()
	case tx.opts.AllOrNothing && tx.refusals:
		return tx.notAll()
	}
	return nil
}

// allRefused speaks for all recipients with the reply that leaves most hope.
func (tx *transaction) allRefused() error {
	chosen := tx.plan.rcpts[0]
	for _, s := range tx.plan.rcpts {
		if tx.result.Recipients[s.rcpt].Temporary {
			chosen = s
			break
		}
	}
	return refused(PhaseRcpt, chosen.line, *tx.result.Recipients[chosen.rcpt].Reply)
}

// notAll speaks with the first refusal, for a message that all were to get.
func (tx *transaction) notAll() error {
	for _, s := range tx.plan.rcpts {
		if r := tx.result.Recipients[s.rcpt]; !r.Accepted && r.Reply != nil {
			e := refused(PhaseRcpt, s.line, *r.Reply)
			e.Err = ErrNotAll
			return e
		}
	}
	return invalid(PhaseRcpt, "", ErrNotAll)
}

// refusal returns the refusal that ended a broken transaction, if one did.
func (tx *transaction) refusal() error {
	switch {
	case tx.chunkErr != nil:
		return tx.chunkErr
	case tx.last.refusal():
		return refused(PhaseCommit, tx.plan.body(), tx.last)
	}
	return tx.nobody()
}
