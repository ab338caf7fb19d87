package imapclient

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	imap "github.com/emersion/go-imap/v2"

	"postea/internal/dial"
)

// Client is a signed-in session. One goroutine at a time may use it; Alive and
// Close may be called at any time.
type Client struct {
	opts  Options
	trace tracer
	conn  net.Conn // the outermost layer: TLS once it is up
	raw   net.Conn // the innermost; closing it never blocks
	wire  *wire
	tag   int

	caps      imap.CapSet
	capsKnown bool // nothing happened since that would change them
	delim     rune // between levels of names; 0 for none
	delimSeen bool
	noReturn  bool // LIST must do without RETURN
	spaces    namespaces
	outside   map[string]bool // wire names, of the last list, that do not begin as those of most own folders do
	noIdle    bool
	qresync   bool // switched on
	noQResync bool // cannot be switched on

	compressed bool // or it was refused
	noNotify   bool
	shares     bool // the last list had folders of others
	elsewhere  elsewhere

	open   bool
	exists uint32
	news   bool // the server has spoken about the open folder

	bye      *statusResponse // the server's goodbye during the command under way
	progress int             // how often the server has said that it takes long
	nonsense int             // responses of that command that could not be read

	gone    atomic.Bool
	closing sync.Once
	closed  chan struct{} // closed with the connection
}

// Connect dials the server and leads the conversation up to a signed-in
// session. ctx bounds all of it.
func Connect(ctx context.Context, o Options) (*Client, error) {
	conn, err := dial.Dial(ctx, o.Dial)
	if err != nil {
		return nil, dialFailed(err)
	}
	return New(ctx, conn, o)
}

// New is Connect on an existing connection, which it owns from now on, and
// closes on failure. With implicit TLS, conn must have finished its handshake.
func New(ctx context.Context, conn net.Conn, o Options) (*Client, error) {
	c := &Client{
		opts:  o.withDefaults(),
		trace: tracer{emit: o.Trace},
		conn:  conn,
		raw:   dial.Innermost(conn),

		closed: make(chan struct{}),
	}
	if err := c.checkTransport(); err != nil {
		conn.Close()
		return nil, err
	}
	c.wire = newWire(conn, c.opts.Timeouts.Command)
	defer c.watch(ctx)()
	if err := c.begin(ctx); err != nil {
		c.Close()
		var e *Error
		if errors.As(err, &e) {
			e.fatal = true
		}
		return nil, err
	}
	return c, nil
}

// checkTransport makes sure that conn is what the mode promises.
func (c *Client) checkTransport() error {
	switch c.opts.Dial.TLS {
	case dial.ModeStartTLS, dial.ModeNone:
		return nil
	}
	if _, ok := c.TLSState(); !ok {
		e := invalid("connect", errors.New("implicit TLS is set, but the connection is not encrypted"))
		e.fatal = true
		return e
	}
	return nil
}

// watch closes the connection when ctx ends, which frees every read and write.
// The returned function ends the watch.
func (c *Client) watch(ctx context.Context) func() {
	stop := context.AfterFunc(ctx, c.abandon)
	return func() { stop() }
}

// abandon drops the connection without a word.
func (c *Client) abandon() { c.hangUp(c.raw) }

// hangUp closes one of the layers of the connection, and what stands on them.
func (c *Client) hangUp(layer net.Conn) {
	c.gone.Store(true)
	c.closing.Do(func() {
		layer.Close()
		close(c.closed)
	})
}

// Close drops the connection at once. It may be called at any time and
// repeatedly; it frees a command that is under way. It never fails.
func (c *Client) Close() error {
	c.abandon()
	return nil
}

// Alive reports whether the connection was in order when it was last used. It
// does no I/O.
func (c *Client) Alive() bool { return !c.gone.Load() }

// Caps returns what the server offers now.
func (c *Client) Caps() imap.CapSet { return c.caps.Copy() }

// TLSState returns the state of the encryption, false without any.
func (c *Client) TLSState() (tls.ConnectionState, bool) { return dial.TLSState(c.conn) }

// Logout says goodbye, waits a few seconds for the answer, and closes. The
// error only tells that the session had ended before.
func (c *Client) Logout(ctx context.Context) error {
	defer c.Close()
	ctx, cancel := context.WithTimeout(ctx, logoutTimeout)
	defer cancel()
	_, err := c.run(ctx, newCommand("LOGOUT"))
	var e *Error
	if errors.As(err, &e) && e.Kind == KindBye {
		return nil // it hung up behind its goodbye, which will do
	}
	if err == nil {
		// In order: close_notify before the transport goes.
		_ = c.conn.SetDeadline(time.Now().Add(logoutTimeout))
		c.hangUp(c.conn)
	}
	return err
}

// Lag is how long the answer to the last command took to begin: the way there and
// back, and what the server had to think.
func (c *Client) Lag() time.Duration { return c.wire.lag() }

// Flow is how many bytes come in a second once an answer has begun, 0 while too little
// has come to tell.
func (c *Client) Flow() int64 { return c.wire.rate() }

// Noop asks the server for a sign of life.
func (c *Client) Noop(ctx context.Context) error {
	_, err := c.run(ctx, newCommand("NOOP"))
	return err
}

func (c *Client) usable(ctx context.Context, op string) error {
	if err := ctx.Err(); err != nil {
		e := ended(op, err)
		e.fatal = c.gone.Load()
		return e
	}
	if c.gone.Load() {
		return &Error{Op: op, Kind: KindNetwork, Err: ErrClosed, fatal: true}
	}
	return nil
}

// needsFolder is usable for commands on the open folder.
func (c *Client) needsFolder(op string) error {
	if !c.open {
		return invalid(op, ErrNoSelection)
	}
	return nil
}

func (c *Client) setCaps(caps imap.CapSet) { c.caps, c.capsKnown = caps, true }

// has looks for a capability, or for one of the revision that includes it.
func (c *Client) has(cap imap.Cap) bool { return c.caps.Has(cap) }
