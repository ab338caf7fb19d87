package smtpclient

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"time"
)

// Result is what became of a message.
type Result struct {
	Recipients []RecipientResult // those of Envelope.To, in its order
	Reply      Reply             // to the message; zero if it was not sent
	QueueID    string            // the server's name for the message, "" if it gave none
	Tracked    bool              // the server took the request for delivery reports
}

// Limited reports whether recipients are left that fit into no transaction with
// the others: send the message to them again, at once (see SendParts).
func (r *Result) Limited() bool {
	return slices.ContainsFunc(r.Recipients, func(rcpt RecipientResult) bool { return rcpt.Limited })
}

// RecipientResult is the reply to one recipient. Accepted recipients have the
// message only if Send returned no error.
type RecipientResult struct {
	Index     int    // of the recipient in Envelope.To
	Accepted  bool   // the server took the recipient
	Temporary bool   // refused, but not for good: 4yz, OverLimit, or Limited
	Limited   bool   // left out, or refused, only because the transaction had enough of them
	Reply     *Reply // nil if the server did not get to it
	Final     *Reply // LMTP only: the verdict on the message for this recipient

	// Unanswered means that recipient and message travelled together, and no
	// reply to the recipient is known (yet).
	Unanswered bool
}

// MayHave reports whether the recipient has the message if the server took it:
// whom BeforeCommit should write down as at risk, and who is in doubt after an
// Unknown error.
func (r RecipientResult) MayHave() bool {
	if r.Final != nil {
		return r.Final.positive()
	}
	return r.Accepted || r.Unanswered
}

// SendOptions are the hooks into a Send; the zero value has none.
type SendOptions struct {
	// BeforeCommit is called just before the bytes that can commit the message
	// leave, once for each transaction, with what is known about its recipients.
	// With a message that travels in one flight nothing is known yet: all are
	// Unanswered. An error, or a context that ends meanwhile, keeps those bytes
	// back, so the server does not take the message.
	BeforeCommit func([]RecipientResult) error
	// Progress is told how much of the message has been written; total is
	// Envelope.BodySize.
	Progress func(sent, total int64)
	// SevenBit gives the message for a server without 8BITMIME, to which one that
	// is EightBit cannot go as it is; nil, or ok false: there is no such form.
	SevenBit func() (message []byte, ok bool)
	// AllOrNothing sends the message only if no recipient is refused. It costs a
	// round trip.
	AllOrNothing bool
}

// Send submits one message in one transaction. Recipients that are refused do
// not keep it from the others; those beyond the server's limits are Limited.
// The Result is not nil once the server was asked, also with an error, which is
// an *Error: ask its Unknown before sending again. After an error the client is
// still usable if Alive says so.
//
// If ctx ends before the end of the message has left, the connection is dropped
// and the message is not sent; if it ends later, the outcome is unknown.
func (c *Client) Send(ctx context.Context, env Envelope, body io.Reader, opts SendOptions) (*Result, error) {
	defer c.watch(ctx)()
	tx, err := c.begin(ctx, env, body, opts, false)
	if err != nil {
		return nil, err
	}
	err = tx.upload(ctx)
	if err == nil {
		err = tx.commit(ctx)
	}
	tx.finish(err)
	return tx.result, err
}

// begin checks everything that can be checked beforehand and picks the road.
func (c *Client) begin(ctx context.Context, env Envelope, body io.Reader, opts SendOptions, hold bool) (*transaction, error) {
	if err := c.usable(ctx, PhaseMail); err != nil {
		return nil, err
	}
	if err := c.exhausted(ctx); err != nil {
		return nil, err
	}
	tx, err := c.newTransaction(env, body, opts)
	if err != nil {
		return nil, err
	}
	if env.BodySize > chunkSize && c.unproven() {
		// Two round trips are little beside such an upload, and by BDAT it is
		// faster and can be called off.
		if err := c.probe(ctx, env.From); err != nil {
			return nil, err
		}
	}
	tx.mode = c.mode(opts, hold)
	tx.plan.chunked = tx.mode.chunked()
	// RSET is a wasted round trip after success, but a must after any refusal:
	// some servers keep the old transaction open.
	tx.plan.reset, c.dirty = c.dirty, true
	return tx, nil
}

func (c *Client) newTransaction(env Envelope, body io.Reader, opts SendOptions) (*transaction, error) {
	if env.EightBit && !c.caps.Offers("8BITMIME") && opts.SevenBit != nil {
		if message, ok := opts.SevenBit(); ok {
			env.EightBit, env.BodySize, body = false, int64(len(message)), bytes.NewReader(message)
		}
	}
	plan, err := c.plan(env)
	if err != nil {
		return nil, err
	}
	return &transaction{
		client: c, plan: plan, opts: opts, result: newResult(env, plan, c.caps),
		fresh:  time.Since(c.heard) <= idleLimit,
		source: &source{body: body, total: env.BodySize, progress: opts.Progress},
	}, nil
}

// upload brings the server everything but what commits the message.
func (tx *transaction) upload(ctx context.Context) error {
	if tx.mode.chunked() {
		return tx.uploadChunks(ctx)
	}
	return tx.uploadData(ctx)
}

// commit tells the caller, then the server. From here on a lost connection
// leaves the outcome unknown (RFC 1047).
func (tx *transaction) commit(ctx context.Context) error {
	if err := tx.tellCaller(); err != nil {
		return tx.drop(ctx, err)
	}
	if err := tx.interrupted(ctx); err != nil {
		return tx.drop(ctx, err)
	}
	if tx.mode.chunked() {
		return tx.commitChunks(ctx)
	}
	return tx.commitData(ctx)
}

func (tx *transaction) tellCaller() error {
	if tx.opts.BeforeCommit == nil {
		return nil
	}
	if err := tx.opts.BeforeCommit(slices.Clone(tx.result.Recipients)); err != nil {
		e := invalid(PhaseBody, "", fmt.Errorf("before the end of the message: %w", err))
		e.Temporary = true
		return e
	}
	return nil
}

// drop leaves a transaction that the server must not carry out. Behind DATA
// only the end of the connection says so (RFC 5321 §4.1.1.4); between chunks
// the next RSET does, once all replies are in.
func (tx *transaction) drop(ctx context.Context, err error) error {
	switch {
	case !tx.begun:
	case tx.mode.chunked():
		if tx.drain(ctx) != nil {
			tx.client.abandon()
		}
	default:
		tx.client.abandon()
	}
	return err
}

func newResult(env Envelope, p plan, caps Capabilities) *Result {
	result := &Result{
		Recipients: make([]RecipientResult, len(env.To)),
		Tracked:    env.asksForReports() && caps.Offers("DSN"),
	}
	for i := range result.Recipients {
		result.Recipients[i] = RecipientResult{Index: i, Temporary: true, Limited: true}
	}
	for _, s := range p.rcpts {
		result.Recipients[s.rcpt] = RecipientResult{Index: s.rcpt}
	}
	return result
}
