package smtpclient

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"postea/internal/dial"
)

// scenario is a server as it was seen in the wild, and what must come of a
// message sent to it. The zero outcome is a failure to open.
type scenario struct {
	name   string
	script string
	opts   func(*Options)
	open   outcome // of New; ok if the script goes on with a message
	env    Envelope
	body   string
	slow   bool // the body comes so slowly that replies overtake it
	send   outcome
	check  func(t *testing.T, c *Client, result *Result, err error)
	bodies int // messages the server has got
}

type outcome struct {
	ok        bool
	phase     Phase
	code      int
	temporary bool
	unknown   bool
	alive     bool
}

var fine = outcome{ok: true, alive: true}

func (o outcome) verify(t *testing.T, what string, err error) {
	t.Helper()
	e := asError(err)
	switch {
	case o.ok:
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	case e == nil:
		t.Errorf("%s: error = %v, want one in phase %s", what, err, o.phase)
	case e.Phase != o.phase || e.Code != o.code || e.Temporary != o.temporary || e.Unknown() != o.unknown:
		t.Errorf("%s: %v (temporary %v, unknown %v)", what, e, e.Temporary, e.Unknown())
	case !strings.HasSuffix(e.Explain(), "."):
		t.Errorf("%s: explained as %q", what, e.Explain())
	}
}

// helloChunks is the greeting of a server for messages in one flight, which
// oneFlight vouches for.
const helloChunks = "S: 220 mx ESMTP Lab 1.0\nC: EHLO *\nS: 250-mx\nS: 250-PIPELINING\nS: 250-CHUNKING\nS: 250-8BITMIME\nS: 250 SIZE 100000000\n"

func oneFlight(o *Options) {
	c := &Client{opts: o.withDefaults(), banner: "mx ESMTP Lab 1.0"}
	c.caps = parseCapabilities([]string{"250-mx", "250-PIPELINING", "250-CHUNKING", "250-8BITMIME", "250 SIZE 1"})
	o.Learned = Learned{Server: c.fingerprint(), At: time.Now(), Discards: Yes}
}

func (sc scenario) run(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opts, cert := tlsOptions(t, dial.ModeStartTLS)
		opts.Dial.Port = 25
		if !strings.Contains(sc.script, "TLS\n") && !strings.Contains(sc.script, "STARTTLS") {
			opts.Dial = plainOptions().Dial
		}
		if sc.opts != nil {
			sc.opts(&opts)
		}
		s := play(t, cert, sc.script, func(conn net.Conn) {
			c, err := New(t.Context(), conn, opts)
			sc.open.verify(t, "New", err)
			if err != nil {
				return
			}
			defer c.Close()
			sc.message(t.Context(), t, c)
		})
		if len(s.bodies) != sc.bodies {
			t.Errorf("the server has %d messages, want %d", len(s.bodies), sc.bodies)
		}
	})
}

func (sc scenario) message(ctx context.Context, t *testing.T, c *Client) {
	if sc.send == (outcome{}) {
		if sc.check != nil {
			sc.check(t, c, nil, nil)
		}
		return
	}
	env, body := sc.env, sc.body
	if env.To == nil {
		env = envelope("bob@b.test")
	}
	if body == "" {
		body = message
	}
	env.BodySize = int64(len(body))
	var reader io.Reader = strings.NewReader(body)
	if sc.slow {
		reader = slowReader{reader}
	}
	synctest.Wait()
	result, err := c.Send(ctx, env, reader, SendOptions{})
	sc.send.verify(t, "Send", err)
	synctest.Wait()
	if c.Alive() != sc.send.alive {
		t.Errorf("alive = %v", c.Alive())
	}
	if sc.check != nil {
		sc.check(t, c, result, err)
	}
}

type slowReader struct{ io.Reader }

func (r slowReader) Read(p []byte) (int, error) {
	time.Sleep(time.Millisecond)
	return r.Reader.Read(p)
}

// handshakeWith connects to a TLS server of the given settings.
func handshakeWith(t *testing.T, opts Options, conf *tls.Config) error {
	t.Helper()
	near, far := net.Pipe()
	defer near.Close()
	go func() {
		defer far.Close()
		tls.Server(far, conf).HandshakeContext(t.Context())
	}()
	secure, err := dial.StartTLS(t.Context(), near, opts.Dial)
	if err == nil {
		secure.Close()
	}
	return err
}
