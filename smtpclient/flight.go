package smtpclient

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// command is one command line of a flight.
type command struct {
	phase Phase
	line  string        // without CRLF
	shown string        // for the trace and errors; "" if line holds no secret
	wait  time.Duration // for the reply; zero is Timeouts.Command

	greedy bool // the reply is an EHLO list
	single bool // nothing may be read behind the reply
}

func (cmd command) visible() string {
	if cmd.shown != "" {
		return cmd.shown
	}
	return cmd.line
}

// fly writes commands in one piece and announces their replies. Only commands
// that RFC 2920 §3.1 lets stand together may share a flight, and the last one
// alone may be DATA, EHLO, NOOP, QUIT, STARTTLS or AUTH.
func (c *Client) fly(ctx context.Context, cmds ...command) error {
	last := cmds[len(cmds)-1]
	c.in.expect(len(cmds), last.greedy, last.single)
	var flight strings.Builder
	for _, cmd := range cmds {
		c.trace.client(cmd.visible())
		flight.WriteString(cmd.line)
		flight.WriteString("\r\n")
	}
	if err := c.write([]byte(flight.String()), c.opts.Timeouts.Command); err != nil {
		return c.writeFailed(ctx, cmds[0], err)
	}
	return nil
}

func (c *Client) write(p []byte, timeout time.Duration) error {
	if err := c.conn.SetWriteDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	_, err := c.conn.Write(p)
	return err
}

// writeFailed prefers the server's last words over the bare failure.
func (c *Client) writeFailed(ctx context.Context, cmd command, err error) error {
	r, readErr := c.in.next(ctx, lastWordsTimeout)
	c.abandon()
	if readErr == nil {
		c.trace.server(r)
		if r.refusal() {
			return refused(cmd.phase, cmd.visible(), r)
		}
	}
	return lost(ctx, cmd.phase, cmd.visible(), err)
}

// answer waits for the reply to the oldest command without one. A 421 ends the
// connection whatever command it answers, so it is an error here.
func (c *Client) answer(ctx context.Context, cmd command) (Reply, error) {
	wait := cmd.wait
	if wait == 0 {
		wait = c.opts.Timeouts.Command
	}
	r, err := c.in.next(ctx, wait)
	if err != nil {
		c.abandon()
		return Reply{}, lost(ctx, cmd.phase, cmd.visible(), err)
	}
	c.heard = r.at
	c.trace.server(r)
	if r.Code == codeClosing {
		c.abandon()
		return r, refused(cmd.phase, cmd.visible(), c.scrubbed(r))
	}
	return r, nil
}

// exchange sends one command and waits for its reply.
func (c *Client) exchange(ctx context.Context, cmd command) (Reply, error) {
	if err := c.fly(ctx, cmd); err != nil {
		return Reply{}, err
	}
	return c.answer(ctx, cmd)
}

// desync gives up a connection on which replies and commands have come apart.
func (c *Client) desync(phase Phase, shown string, r Reply) error {
	c.abandon()
	switch phase {
	case PhaseMail, PhaseRcpt, PhaseData, PhaseBody, PhaseCommit, PhaseIdle:
		if c.chunking {
			c.learned.avoidChunking()
		} else if c.pipelines() {
			c.learned.avoidPipelining()
		}
	}
	return &Error{Phase: phase, Command: shown, Text: r.Text, Temporary: true,
		Err: fmt.Errorf("%w (reply %d)", ErrDesync, r.Code)}
}

func (c *Client) scrubbed(r Reply) Reply {
	r.Text = c.trace.secrets.Scrub(r.Text)
	return r
}

// asError returns err as the error of this package.
func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
