package smtpclient

import (
	"context"
	"strings"
)

var reset = command{phase: PhaseMail, line: "RSET"}

// transaction is one message on its way. open leads to the point where the
// server waits for the content; data carries the content.
type transaction struct {
	client   *Client
	plan     plan
	result   *Result
	accepted int
	refusals bool
}

// postpone marks the recipients this transaction has no room for.
func (tx *transaction) postpone() {
	for i := len(tx.plan.rcpts); i < len(tx.result.Recipients); i++ {
		tx.result.Recipients[i].Temporary = true
	}
}

// open names sender and recipients, and returns nil when the server has said
// 354 for at least one recipient.
func (tx *transaction) open(ctx context.Context) error {
	if tx.client.caps.Offers("PIPELINING") {
		return tx.openPipelined(ctx)
	}
	return tx.openSequential(ctx)
}

func (tx *transaction) openSequential(ctx context.Context) error {
	c := tx.client
	if tx.plan.reset {
		r, err := c.exchange(ctx, reset)
		if err != nil {
			return err
		}
		if err := tx.afterReset(r); err != nil {
			return err
		}
	}
	r, err := c.exchange(ctx, tx.plan.mail)
	if err != nil {
		return err
	}
	if err := tx.afterMail(r); err != nil {
		return err
	}
	for i, rcpt := range tx.plan.rcpts {
		r, err := c.exchange(ctx, rcpt)
		if err != nil {
			return err
		}
		if err := tx.afterRcpt(i, r); err != nil {
			return err
		}
	}
	if tx.accepted == 0 {
		return tx.allRefused()
	}
	if r, err = c.exchange(ctx, tx.plan.data); err != nil {
		return err
	}
	return tx.afterData(r)
}

// openPipelined sends RSET, MAIL, RCPT and DATA in one flight, RFC 2920 §3.1.
// All replies are read before any is judged, or the next flight would take them
// for its own; only the end of the connection cuts that short.
func (tx *transaction) openPipelined(ctx context.Context) error {
	c := tx.client
	flight := make([]command, 0, len(tx.plan.rcpts)+3)
	if tx.plan.reset {
		flight = append(flight, reset)
	}
	flight = append(flight, tx.plan.mail)
	flight = append(flight, tx.plan.rcpts...)
	flight = append(flight, tx.plan.data)
	if err := c.fly(ctx, flight...); err != nil {
		return err
	}
	replies, err := tx.collect(ctx, flight)
	if err != nil {
		return err
	}
	mailErr := tx.afterMail(replies.mail)
	if mailErr == nil {
		for i, r := range replies.rcpts {
			if err := tx.afterRcpt(i, r); err != nil {
				return err
			}
		}
	}
	if mailErr == nil && tx.accepted > 0 {
		return tx.afterData(replies.data)
	}
	return tx.unwanted(ctx, replies, mailErr)
}

type replies struct {
	mail, data Reply
	rcpts      []Reply
}

func (tx *transaction) collect(ctx context.Context, flight []command) (replies, error) {
	var got replies
	for i, cmd := range flight {
		r, err := tx.client.answer(ctx, cmd)
		if err != nil {
			tx.salvage(got)
			return got, err
		}
		switch {
		case tx.plan.reset && i == 0:
			err = tx.afterReset(r)
		case cmd.phase == PhaseMail:
			got.mail = r
		case cmd.phase == PhaseRcpt:
			got.rcpts = append(got.rcpts, r)
		default:
			got.data = r
		}
		if err != nil {
			return got, err
		}
	}
	return got, nil
}

// salvage keeps the refusals that came before the connection ended.
func (tx *transaction) salvage(got replies) {
	if !got.mail.positive() {
		return
	}
	for i, r := range got.rcpts {
		if r.positive() || r.refusal() {
			tx.note(i, r)
		}
	}
}

// unwanted ends a flight whose DATA must come to nothing. A server that is
// ready for content anyway gets none: the lone dot of RFC 2920 §3.1 while all
// recipients are refused, and a closed connection when it has taken recipients
// without a sender, where the dot would send them an empty message.
func (tx *transaction) unwanted(ctx context.Context, got replies, mailErr error) error {
	err := mailErr
	if err == nil {
		err = tx.allRefused()
	}
	if got.data.class() != 3 {
		if got.data.positive() {
			return tx.client.desync(PhaseData, tx.plan.data.line, got.data)
		}
		return err
	}
	for _, r := range got.rcpts {
		if r.positive() {
			tx.client.abandon()
			return err
		}
	}
	end := command{phase: PhaseData, line: ".", wait: tx.client.opts.Timeouts.Final}
	r, endErr := tx.client.exchange(ctx, end)
	if endErr == nil && r.positive() {
		if e := asError(err); e != nil && e.Err == nil {
			e.Err = ErrEmptyAccepted
		}
	}
	return err
}

func (tx *transaction) afterReset(r Reply) error {
	if r.positive() {
		return nil
	}
	// Without it the server may go on with the transaction before.
	tx.client.abandon()
	e := refused(reset.phase, reset.line, r)
	e.Temporary = true
	return e
}

func (tx *transaction) afterMail(r Reply) error {
	switch {
	case r.positive():
		return nil
	case r.refusal():
		return refused(PhaseMail, tx.plan.mail.line, r)
	}
	return tx.client.desync(PhaseMail, tx.plan.mail.line, r)
}

func (tx *transaction) afterRcpt(i int, r Reply) error {
	if !r.positive() && !r.refusal() {
		return tx.client.desync(PhaseRcpt, tx.plan.rcpts[i].line, r)
	}
	tx.note(i, r)
	return nil
}

func (tx *transaction) note(i int, r Reply) {
	result := &tx.result.Recipients[i]
	result.Reply = &r
	if r.positive() {
		result.Accepted = true
		tx.accepted++
		return
	}
	tx.refusals = true
	result.Temporary = r.temporary() || tx.accepted > 0 && isRecipientLimit(r)
}

// isRecipientLimit finds "too many recipients" said as a permanent failure,
// which RFC 5321 §4.5.3.1.10 has clients take for a temporary one.
func isRecipientLimit(r Reply) bool {
	return r.class() == 5 && strings.HasSuffix(r.Enhanced, ".5.3") ||
		r.Code == codeTooMuch && r.Enhanced == ""
}

func (tx *transaction) afterData(r Reply) error {
	switch {
	case r.class() == 3:
		return nil
	case r.refusal():
		return refused(PhaseData, tx.plan.data.line, r)
	}
	return tx.client.desync(PhaseData, tx.plan.data.line, r)
}

// allRefused speaks for all recipients with the reply that leaves most hope.
func (tx *transaction) allRefused() error {
	chosen := 0
	for i, r := range tx.result.Recipients[:len(tx.plan.rcpts)] {
		if r.Temporary {
			chosen = i
			break
		}
	}
	return refused(PhaseRcpt, tx.plan.rcpts[chosen].line, *tx.result.Recipients[chosen].Reply)
}
