package smtpclient

import (
	"context"
	"io"
)

// Result is what became of a message.
type Result struct {
	Recipients []RecipientResult // in the order of Envelope.To
	Reply      Reply             // to the message; zero if it was not sent
	QueueID    string            // the server's name for the message, "" if it gave none
	Tracked    bool              // the server took the request for delivery reports
}

// RecipientResult is the reply to one recipient. Accepted recipients have the
// message only if Send returned no error.
type RecipientResult struct {
	Accepted  bool
	Temporary bool   // refused, but not for good: 4yz, or the server's limit of recipients
	Reply     *Reply // nil if the server did not get to it
}

// SendOptions are the hooks into a Send; the zero value has none.
type SendOptions struct {
	// BeforeCommit is called when all of the message but its end has been
	// written, just before the bytes that can commit it leave, with what the
	// server has said about the recipients, in the order of Envelope.To. An
	// error, or a context that ends meanwhile, drops the connection without
	// them, so the server does not take the message.
	BeforeCommit func([]RecipientResult) error
	// Progress is told how much of the message has been written; total is
	// Envelope.BodySize.
	Progress func(sent, total int64)
}

// Send submits one message. Recipients that are refused do not keep it from the
// others. The Result is not nil once the server was asked, also with an error,
// which is an *Error: ask its Unknown before sending again. After an error the
// client is still usable if Alive says so.
//
// If ctx ends before the end of the message has left, the connection is dropped
// and the message is not sent; if it ends later, the outcome is unknown.
func (c *Client) Send(ctx context.Context, env Envelope, body io.Reader, opts SendOptions) (*Result, error) {
	defer c.watch(ctx)()
	if err := c.usable(ctx, PhaseMail); err != nil {
		return nil, err
	}
	plan, err := c.plan(env)
	if err != nil {
		return nil, err
	}
	// A wasted round trip after success, but a must after any refusal: some
	// servers keep the old transaction open.
	plan.reset, c.dirty = c.dirty, true
	tx := &transaction{client: c, plan: plan, result: newResult(env, c.caps)}
	tx.postpone()
	if err := tx.open(ctx); err != nil {
		return tx.result, err
	}
	if err := tx.data(ctx, env, body, opts); err != nil {
		return tx.result, err
	}
	c.dirty = tx.refusals
	return tx.result, nil
}

func newResult(env Envelope, caps Capabilities) *Result {
	return &Result{
		Recipients: make([]RecipientResult, len(env.To)),
		Tracked:    env.asksForReports() && caps.Offers("DSN"),
	}
}

// plan has the commands of one transaction; recipients beyond the server's
// limit have none.
type plan struct {
	reset bool
	mail  command
	rcpts []command
	data  command
}

// plan checks the envelope against what the server offers.
func (c *Client) plan(env Envelope) (plan, error) {
	var p plan
	if len(env.To) == 0 {
		return p, invalid(PhaseRcpt, "", ErrNoRecipients)
	}
	limit := c.caps.maxRecipients()
	for i, rcpt := range env.To {
		line, err := rcpt.rcptCommand(env.asksForReports(), c.caps)
		if err != nil {
			return p, invalid(PhaseRcpt, "RCPT", err)
		}
		if limit == 0 || i < limit {
			p.rcpts = append(p.rcpts, command{phase: PhaseRcpt, line: line})
		}
	}
	line, err := env.mailCommand(c.caps)
	if err != nil {
		return p, invalid(PhaseMail, "MAIL", err)
	}
	p.mail = command{phase: PhaseMail, line: line}
	p.data = command{phase: PhaseData, line: "DATA", wait: c.opts.Timeouts.Data}
	return p, nil
}
