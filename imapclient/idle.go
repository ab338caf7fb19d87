package imapclient

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	imap "github.com/emersion/go-imap/v2"
)

// longestIdle is below the half hour after which servers may hang up, RFC 2177
// §3.
const longestIdle = 28 * time.Minute

// Idle waits until the server says anything about the open folder, which is
// news, or about others (see Notify), until max has passed (at most and by default 28 minutes), or until ctx
// ends, which leaves the connection in order and is KindCanceled or KindTimeout.
// What the server has said since Select counts too. On servers without IDLE it
// asks every minute.
func (c *Client) Idle(ctx context.Context, max time.Duration) (news bool, err error) {
	const op = "IDLE"
	if err := c.needsFolder(op); err != nil {
		return false, err
	}
	if err := c.usable(ctx, op); err != nil {
		return false, err
	}
	if max <= 0 || max > longestIdle {
		max = longestIdle
	}
	until := time.Now().Add(max)
	if news := c.takeNews(); news || c.elsewhere.news() {
		return news, nil
	}
	if !c.has(imap.CapIdle) || c.noIdle {
		return c.poll(ctx, until)
	}
	news, err = c.idle(ctx, until)
	var e *Error
	if errors.As(err, &e) && !e.fatal && (e.Kind == KindNo || e.Kind == KindBad) {
		c.noIdle = true
		return c.poll(ctx, until)
	}
	return news, err
}

func (c *Client) takeNews() bool {
	news := c.news
	c.news = false
	return news
}

// poll is IDLE for servers without it.
func (c *Client) poll(ctx context.Context, until time.Time) (bool, error) {
	for {
		timer := time.NewTimer(min(c.opts.Timeouts.Poll, time.Until(until)))
		select {
		case <-ctx.Done():
			timer.Stop()
			return false, ended("NOOP", ctx.Err())
		case <-timer.C:
		}
		if err := c.pollOnce(ctx); err != nil {
			return false, err
		}
		if news := c.takeNews(); news || c.elsewhere.news() || !time.Now().Before(until) {
			return news, nil
		}
	}
}

// pollOnce asks for news. As with IDLE, the end of the context leaves the
// connection in order unless the server does not answer.
func (c *Client) pollOnce(ctx context.Context) error {
	patient, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(c.opts.Timeouts.Done, cancel)
		context.AfterFunc(patient, func() { timer.Stop() })
	})()
	return c.Noop(patient)
}

var errIdleEnded = errors.New("the server ended IDLE by itself")

// idleWorks is how long IDLE must last to be of use.
const idleWorks = 30 * time.Second

// idle runs one IDLE command. The context does not close the connection while
// the server is silent: it sends DONE.
func (c *Client) idle(ctx context.Context, until time.Time) (bool, error) {
	w := c.wire
	w.resume()
	defer w.resume()
	finished := make(chan struct{})
	defer close(finished)
	defer context.AfterFunc(ctx, func() { c.interrupt(finished) })()
	cmd, began := newCommand("IDLE"), time.Now()
	done := false // DONE was sent; a second "+" asks for nothing
	started := false
	cmd.reply = func(string) ([]byte, error) {
		if started {
			return nil, nil
		}
		started = true
		err := c.listen(cmd, until)
		if errors.Is(err, errIdleEnded) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		done = true
		w.silence = c.opts.Timeouts.Done
		return []byte("DONE"), nil
	}
	r, err := c.exchange(ctx, cmd)
	w.silence = c.opts.Timeouts.Command
	switch {
	case err != nil:
		return false, err
	case done && r.ok():
	case !done && r.ok() && !c.news && time.Since(began) < idleWorks:
		c.noIdle = true // it does not wait
	case c.judge(cmd.op, r) != nil:
		return false, c.judge(cmd.op, r)
	}
	news := c.takeNews()
	if ctx.Err() != nil && !news && !c.elsewhere.news() {
		return false, ended(cmd.op, ctx.Err())
	}
	return news, nil
}

// listen takes what the server says until there is news or the wait is over.
func (c *Client) listen(cmd *command, until time.Time) error {
	for !c.news && !c.elsewhere.news() {
		err := c.wire.wait(until)
		switch {
		case errors.Is(err, errInterrupted), errors.Is(err, os.ErrDeadlineExceeded):
			return nil
		case err != nil:
			return unexpected(err)
		}
		raw, cut, err := c.wire.response(cmd.limits)
		if err != nil {
			return unexpected(err)
		}
		c.trace.server(raw)
		first, rest := cutWord(raw)
		switch {
		case first == "*":
			c.untagged(rest, cut, cmd)
		case raw[0] == '+':
		default: // the server ends IDLE by itself; flight sees to its answer
			c.wire.pushed = raw
			return errIdleEnded
		}
		if c.bye != nil {
			return io.ErrUnexpectedEOF
		}
	}
	return nil
}

// interrupt asks the IDLE under way to end, and ends the connection if the
// server does not go along.
func (c *Client) interrupt(finished <-chan struct{}) {
	c.wire.interrupt()
	patience := time.NewTimer(c.opts.Timeouts.Done)
	defer patience.Stop()
	select {
	case <-finished:
	case <-patience.C:
		c.abandon()
	}
}
