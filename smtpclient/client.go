package smtpclient

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"postea/internal/dial"
	"postea/internal/sasl"
)

// Client is a connection to a submission server that is ready to Send. One
// goroutine at a time may use it; Alive and Close may be called at any time.
type Client struct {
	opts  Options
	trace tracer
	conn  net.Conn // the outermost layer: TLS once it is up
	raw   net.Conn // the innermost; closing it never blocks
	in    *inbox
	caps  Capabilities

	banner  string  // the greeting's text
	learned Learned // what is known about the server
	probed  bool    // Learn was tried on this connection
	heard   time.Time
	sender  string // of the last accepted message
	mails   atomic.Int64
	mailMax int64  // how many the server allows; 0: no limit
	rcptMax int    // recipients that a transaction had when the server wanted no more; 0: it never said so
	chunk   int    // chunkSize, but for tests
	spare   []byte // a block that the next message may use

	chunking  bool // BDAT was used on this connection
	helloOpen bool // stray lines of the EHLO reply may still come
	dirty     bool // the last flight had a refusal: RSET leads the next one
	gone      atomic.Bool
	closing   sync.Once
}

// Connect dials the server and leads the conversation up to the point where
// mail can be sent. ctx bounds all of it.
func Connect(ctx context.Context, opts Options) (*Client, error) {
	conn, err := dial.Dial(ctx, opts.Dial)
	if err != nil {
		return nil, dialFailed(err)
	}
	return New(ctx, conn, opts)
}

// New is Connect on an existing connection, which it owns from now on, and
// closes on failure. With implicit TLS, conn must have finished its handshake.
func New(ctx context.Context, conn net.Conn, opts Options) (*Client, error) {
	c := &Client{
		opts:  opts.withDefaults(),
		trace: tracer{emit: opts.Trace},
		conn:  conn,
		raw:   dial.Innermost(conn),
		chunk: chunkSize,
	}
	if err := c.checkTransport(); err != nil {
		conn.Close()
		return nil, err
	}
	c.in = newInbox(conn)
	defer c.watch(ctx)()
	if err := c.open(ctx); err != nil {
		c.Close()
		return nil, err
	}
	c.mailMax = int64(c.caps.limit("MAILMAX"))
	c.recall(c.opts.Learned)
	return c, nil
}

// checkTransport makes sure that conn is what the mode promises.
func (c *Client) checkTransport() error {
	switch c.opts.Dial.TLS {
	case dial.ModeOpportunistic:
		if !c.opts.Auth.None() {
			return invalid(PhaseAuth, "AUTH", sasl.ErrCleartext) // to whom, nobody knows
		}
		return nil
	case dial.ModeStartTLS, dial.ModeNone:
		return nil
	}
	if _, ok := c.TLSState(); !ok {
		return invalid(PhaseTLS, "", errors.New("implicit TLS is set, but the connection is not encrypted"))
	}
	return nil
}

// watch closes the connection when ctx ends, which frees every read and write.
// The returned function ends the watch.
func (c *Client) watch(ctx context.Context) func() {
	stop := context.AfterFunc(ctx, c.abandon)
	return func() { stop() }
}

// abandon drops the connection without a word: its state is unknown, or the
// server must not see the end of the message.
func (c *Client) abandon() {
	c.gone.Store(true)
	c.closing.Do(func() { c.raw.Close() })
}

// Close drops the connection at once, without QUIT, and waits until nothing of
// it is running. It may be called at any time and repeatedly.
func (c *Client) Close() error {
	c.abandon()
	<-c.in.done
	return nil
}

// Alive reports whether the connection looks usable: not closed by either side,
// no word from the server that it is about to, and no limit of messages reached.
// It does no I/O.
func (c *Client) Alive() bool {
	return !c.gone.Load() && !c.in.news() && !c.spent()
}

// Capabilities returns what the server offered last.
func (c *Client) Capabilities() Capabilities { return c.caps }

// TLSState returns the state of the encryption, false without any.
func (c *Client) TLSState() (tls.ConnectionState, bool) { return dial.TLSState(c.conn) }

// Noop asks the server for a sign of life.
func (c *Client) Noop(ctx context.Context) error {
	defer c.watch(ctx)()
	if err := c.usable(ctx, PhaseIdle); err != nil {
		return err
	}
	cmd := command{phase: PhaseIdle, line: "NOOP"}
	r, err := c.exchange(ctx, cmd)
	if err != nil {
		return err
	}
	if !r.positive() {
		return refused(cmd.phase, cmd.line, r)
	}
	return nil
}

// Quit says goodbye, waits a few seconds for the answer, and closes. Whatever
// the server does about it, what it accepted before stays accepted, so the
// error only tells that the connection had ended before.
func (c *Client) Quit(ctx context.Context) error {
	defer c.Close()
	defer c.watch(ctx)()
	if err := c.usable(ctx, PhaseIdle); err != nil {
		return err
	}
	cmd := command{phase: PhaseIdle, line: "QUIT", wait: quitTimeout}
	if _, err := c.exchange(ctx, cmd); err == nil {
		// In order: close_notify before the transport goes.
		c.closing.Do(func() {
			c.conn.SetDeadline(time.Now().Add(quitTimeout))
			c.conn.Close()
		})
	}
	return nil
}

// usable makes sure that a command can be written: the line is up, and no reply
// is left that would be taken for the answer.
func (c *Client) usable(ctx context.Context, phase Phase) error {
	if err := ctx.Err(); err != nil {
		return lost(ctx, phase, "", err)
	}
	if c.gone.Load() {
		return lost(ctx, phase, "", ErrClosed)
	}
	for {
		r, ok := c.in.unasked()
		if !ok {
			break
		}
		c.trace.server(r)
		if c.helloOpen && r.Code == codeOK {
			c.caps.addAll(r.lines)
			continue
		}
		c.abandon()
		if r.refusal() {
			return refused(phase, "", r) // 421 sent while idle, most often
		}
		return c.desync(phase, "", r)
	}
	c.helloOpen = false
	if err := c.in.ended(); err != nil {
		c.abandon()
		return lost(ctx, phase, "", fmt.Errorf("%w: %w", ErrClosed, err))
	}
	return nil
}
