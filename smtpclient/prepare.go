package smtpclient

import (
	"context"
	"io"
)

// Prepared is a message of which the server has everything but the end. The
// client belongs to it until Commit or Discard is called.
type Prepared struct {
	tx   *transaction
	done bool
}

// Prepare brings a message to the server and stops before its end: refused
// recipients are known early, and Commit takes one round trip whatever the size
// of the message. With CHUNKING on a server that has proved itself (see Learn)
// Discard keeps the connection, else it closes it.
//
// Errors and the Result are those of Send, except that no error is Unknown.
func (c *Client) Prepare(ctx context.Context, env Envelope, body io.Reader, opts SendOptions) (*Prepared, *Result, error) {
	defer c.watch(ctx)()
	tx, err := c.begin(ctx, env, body, opts, true)
	if err != nil {
		return nil, nil, err
	}
	if err := tx.upload(ctx); err != nil {
		tx.finish(err)
		return nil, tx.result, err
	}
	return &Prepared{tx: tx}, tx.result, nil
}

// Commit has the server take the message; SendOptions.BeforeCommit is called
// first.
func (p *Prepared) Commit(ctx context.Context) (*Result, error) {
	tx := p.tx
	defer tx.client.watch(ctx)()
	if p.done {
		return tx.result, invalid(PhaseBody, "", ErrClosed)
	}
	p.done = true
	err := tx.commit(ctx)
	tx.finish(err)
	return tx.result, err
}

// Discard makes the server forget the message.
func (p *Prepared) Discard(ctx context.Context) error {
	c := p.tx.client
	defer c.watch(ctx)()
	if p.done {
		return nil
	}
	p.done = true
	if !p.tx.mode.chunked() {
		c.abandon()
		return nil
	}
	cmd := resetStep.command
	if err := c.usable(ctx, PhaseIdle); err != nil {
		return err
	}
	r, err := c.exchange(ctx, cmd)
	if err != nil {
		return err
	}
	if !r.positive() {
		c.abandon()
		return refused(cmd.phase, cmd.line, r)
	}
	c.dirty = false
	return nil
}
