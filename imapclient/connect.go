package imapclient

import (
	"context"
	"crypto/tls"
	"fmt"

	imap "github.com/emersion/go-imap/v2"

	"postea/internal/dial"
	"postea/internal/transcript"
)

// begin leads the conversation from the greeting to a signed-in session.
func (c *Client) begin(ctx context.Context) error {
	preauth, err := c.greeting(ctx)
	if err != nil {
		return err
	}
	if c.opts.Dial.TLS == dial.ModeStartTLS {
		if preauth {
			return &Error{Op: "STARTTLS", Kind: KindProtocol, Err: ErrPreauth} // RFC 9051 §11.1
		}
		if err := c.startTLS(ctx); err != nil {
			return err
		}
	}
	if err := c.learnCaps(ctx); err != nil {
		return err
	}
	if !preauth && !c.opts.Auth.None() {
		if err := c.authenticate(ctx); err != nil {
			return err
		}
		if err := c.learnCaps(ctx); err != nil {
			return err
		}
	}
	return c.introduce(ctx)
}

// greeting reads the server's first response and tells whether it has signed us
// in already.
func (c *Client) greeting(ctx context.Context) (preauth bool, err error) {
	const op = "greeting"
	c.wire.begin()
	for range maxNonsense {
		raw, _, err := c.wire.response(usual)
		if err != nil {
			lost := c.lost(ctx, op, err)
			if _, secure := c.TLSState(); !secure && lost.Kind == KindTimeout {
				lost.Err = fmt.Errorf("%w: %w", ErrSilent, lost.Err)
			}
			return false, lost
		}
		c.trace.server(raw)
		star, rest := cutWord(raw)
		word, text := cutWord(rest)
		typ := statusType([]byte(word))
		if star != "*" || typ == "" {
			break
		}
		r := parseStatus(typ, text)
		c.noticeCode(r)
		switch typ {
		case imap.StatusResponseTypeOK:
			return false, nil
		case imap.StatusResponseTypePreAuth:
			return true, nil
		case imap.StatusResponseTypeBye:
			return false, &Error{Op: op, Kind: KindBye, Code: r.code, Text: r.text}
		}
	}
	return false, c.lost(ctx, op, &framingError{what: "this is no IMAP server"})
}

// learnCaps asks for the capabilities unless the server has told them since
// they last changed.
func (c *Client) learnCaps(ctx context.Context) error {
	if c.capsKnown {
		return nil
	}
	cmd := newCommand("CAPABILITY")
	r, err := c.exchange(ctx, cmd)
	if err != nil {
		return err
	}
	return c.judge(cmd.op, r)
}

// startTLS upgrades the connection. Nothing read in clear may survive it,
// neither bytes nor what they said (RFC 9051 §6.2.1).
func (c *Client) startTLS(ctx context.Context) error {
	if err := c.learnCaps(ctx); err != nil {
		return err
	}
	if !c.has(imap.CapStartTLS) {
		return invalid("STARTTLS", ErrNoSTARTTLS)
	}
	cmd := newCommand("STARTTLS")
	r, err := c.exchange(ctx, cmd)
	if err != nil {
		return err
	}
	if err := c.judge(cmd.op, r); err != nil {
		return err
	}
	if c.wire.br.Buffered() > 0 {
		return &Error{Op: cmd.op, Kind: KindProtocol, Err: ErrInjection}
	}
	secure, err := dial.StartTLS(ctx, c.conn, c.opts.Dial)
	if err != nil {
		return dialFailed(err)
	}
	c.conn = secure
	c.wire = newWire(secure, c.opts.Timeouts.Command)
	c.caps, c.capsKnown = nil, false
	c.exists, c.news = 0, false
	c.trace.line(transcript.Info, "encrypted with "+tls.VersionName(secure.ConnectionState().Version))
	return nil
}
