package smtpclient

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
)

const (
	groupMessage = 256 << 10 // a larger message travels alone
	groupBytes   = 1 << 20   // on the way at most
	groupSize    = 128       // messages on the way at most
)

// Message is what SendGroup sends.
type Message struct {
	Envelope Envelope
	Body     io.Reader
	Options  SendOptions
}

// SendGroup submits messages one behind the other, and yields their outcomes in
// the same order, each as Send would. The next message is asked for as soon as
// there is room for it.
//
// With Options.Groups it does not wait for the answer to one message before it
// sends the next, so that a queue takes a few round trips in all. Two things are
// lost by that: RFC 2920 §3.1 does not allow it, and some servers die of it; and
// when the line is lost, the outcome of all messages on the way is unknown. Set
// it only for servers that are known to bear it (Postfix and Exim do). Without
// it, and where the server is not fit for one flight, SendGroup is Send in a
// loop. The sequence ends with the first error after which the client is of no
// use, when the outcome of everything on the way has been told. To break off
// while messages are on the way drops the connection.
func (c *Client) SendGroup(ctx context.Context, messages iter.Seq[Message]) iter.Seq2[*Result, error] {
	return func(yield func(*Result, error) bool) {
		defer c.watch(ctx)()
		g := group{client: c, yield: yield}
		for m := range messages {
			if !g.add(ctx, m) {
				return
			}
		}
		g.settle(ctx, 0, 0)
	}
}

// group is what is on the way.
type group struct {
	client *Client
	yield  func(*Result, error) bool
	queue  []*transaction // the oldest first; all have been written to the end
	bytes  int

	stopped bool // by the caller
}

// add sends a message, or has it wait for those on the way; false ends the group.
func (g *group) add(ctx context.Context, m Message) bool {
	c := g.client
	fit := c.opts.Groups && c.chunks() && c.learned.Discards == Yes && !m.Options.AllOrNothing
	var head []byte
	if fit {
		var err error
		if head, err = io.ReadAll(io.LimitReader(m.Body, groupMessage+1)); err != nil {
			return g.settle(ctx, 0, 0) && g.tell(nil, invalid(PhaseBody, "", fmt.Errorf("reading the message: %w", err)))
		}
		m.Body = io.MultiReader(bytes.NewReader(head), m.Body)
		fit = len(head) <= groupMessage
	}
	if !fit {
		return g.settle(ctx, 0, 0) && g.tell(c.Send(ctx, m.Envelope, m.Body, m.Options))
	}
	if !g.settle(ctx, groupSize-1, groupBytes-len(head)) {
		return false
	}
	tx, err := g.begin(ctx, m)
	if err != nil {
		return g.settle(ctx, 0, 0) && g.tell(nil, err)
	}
	err = tx.upload(ctx)
	if err == nil {
		err = tx.commitLater(ctx)
	}
	if err != nil {
		// Told in its turn: what went before may have an answer still.
		return g.settle(ctx, 0, 0) && g.finish(tx, err)
	}
	g.queue = append(g.queue, tx)
	g.bytes += len(tx.held)
	return true
}

// begin is Client.begin for a connection on which answers are due.
func (g *group) begin(ctx context.Context, m Message) (*transaction, error) {
	c := g.client
	if len(g.queue) == 0 {
		tx, err := c.begin(ctx, m.Envelope, m.Body, m.Options, false)
		if err == nil {
			tx.mode, tx.plan.chunked = modeOneFlight, true
		}
		return tx, err
	}
	if c.gone.Load() {
		return nil, lost(ctx, PhaseMail, "", ErrClosed)
	}
	if err := c.exhausted(ctx); err != nil {
		return nil, err
	}
	tx, err := c.newTransaction(m.Envelope, m.Body, m.Options)
	if err == nil {
		// Whether the message before is refused is not known yet.
		tx.mode, tx.plan.chunked, tx.plan.reset = modeOneFlight, true, true
	}
	return tx, err
}

// commitLater is commit without waiting for the answer.
func (tx *transaction) commitLater(ctx context.Context) error {
	if err := tx.tellCaller(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return lost(ctx, PhaseBody, "", err)
	}
	steps := append(tx.plan.head(), tx.client.chunkStep(len(tx.held), true))
	return tx.put(ctx, tx.held, steps...)
}

// settle takes answers until no more than so many messages and bytes are on the
// way; false ends the group.
func (g *group) settle(ctx context.Context, count, size int) bool {
	for len(g.queue) > 0 && (len(g.queue) > count || g.bytes > size) {
		tx := g.queue[0]
		g.queue = g.queue[1:]
		g.bytes -= len(tx.held)
		err := tx.drain(ctx)
		if err == nil {
			err = tx.judgeChunks()
		}
		if !g.finish(tx, err) {
			return false
		}
	}
	return true
}

// finish tells the outcome of a message. With the connection goes the certainty
// about those behind it, whatever replies are left.
func (g *group) finish(tx *transaction, err error) bool {
	tx.finish(err)
	if g.tell(tx.result, err) {
		return true
	}
	if err == nil || g.stopped {
		return false
	}
	for _, tx := range g.queue {
		e := &Error{Phase: PhaseCommit, Command: "BDAT", Temporary: true, Err: ErrClosed}
		tx.finish(e)
		if !g.yield(tx.result, e) {
			break
		}
	}
	return false
}

func (g *group) tell(result *Result, err error) bool {
	if g.yield(result, err) {
		return err == nil || !g.client.gone.Load() && !g.client.spent()
	}
	g.stopped = true
	if len(g.queue) > 0 {
		g.client.abandon()
	}
	return false
}
