package smtpclient

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"

	"postea/internal/dial"
)

// open leads the conversation from the greeting to a signed-in session.
func (c *Client) open(ctx context.Context) error {
	if err := checkLocalName(c.opts.LocalName); err != nil {
		return invalid(PhaseHello, "", err)
	}
	if err := c.greeting(ctx); err != nil {
		return err
	}
	if err := c.hello(ctx); err != nil {
		return err
	}
	mode := c.opts.Dial.TLS
	if mode == dial.ModeStartTLS || mode == dial.ModeOpportunistic && c.caps.Offers("STARTTLS") {
		if err := c.startTLS(ctx); err != nil {
			return err
		}
		// RFC 3207 §4.2: what was learned in clear is void.
		if err := c.hello(ctx); err != nil {
			return err
		}
	}
	// No EHLO after AUTH: without a security layer nothing changes, and some
	// servers forget the sign-in.
	return c.authenticate(ctx)
}

const portSMTP = 25 // never one of implicit TLS

func (c *Client) greeting(ctx context.Context) error {
	c.in.expect(1, false, false)
	r, err := c.answer(ctx, command{phase: PhaseGreeting, wait: c.opts.Timeouts.Greeting})
	if err != nil {
		if _, secure := c.TLSState(); !secure && c.opts.Dial.Port != portSMTP && (errors.Is(err, errTimeout) || errors.Is(err, context.DeadlineExceeded)) {
			e := asError(err)
			e.Err = fmt.Errorf("%w: %w", ErrSilent, e.Err)
		}
		return err
	}
	switch {
	case r.Code == codeReady:
		c.banner = r.Text
		return nil
	case r.refusal():
		return refused(PhaseGreeting, "", r)
	}
	return c.desync(PhaseGreeting, "", r)
}

// hello says EHLO; a name the server does not like is replaced once, and a
// server that knows no EHLO gets HELO where nothing of EHLO's is needed.
func (c *Client) hello(ctx context.Context) error {
	c.caps = Capabilities{}
	r, cmd, err := c.ehlo(ctx, c.opts.LocalName)
	if err != nil {
		return err
	}
	if (r.Code == 501 || r.Code == 504) && c.opts.LocalName != fallbackLocalName {
		if r, cmd, err = c.ehlo(ctx, fallbackLocalName); err != nil {
			return err
		}
	}
	if r.positive() {
		c.caps = parseCapabilities(r.lines)
		c.helloOpen = true
		return nil
	}
	if !c.mayHELO(r) {
		return refused(PhaseHello, cmd.line, r)
	}
	cmd = command{phase: PhaseHello, line: "HELO " + c.opts.LocalName}
	if r, err = c.exchange(ctx, cmd); err != nil {
		return err
	}
	if !r.positive() {
		return refused(PhaseHello, cmd.line, r)
	}
	return nil
}

func (c *Client) ehlo(ctx context.Context, name string) (Reply, command, error) {
	verb := "EHLO"
	if c.opts.LMTP {
		verb = "LHLO" // RFC 2033 §4.1
	}
	cmd := command{phase: PhaseHello, line: verb + " " + name, greedy: true}
	if err := c.usable(ctx, cmd.phase); err != nil {
		return Reply{}, cmd, err
	}
	r, err := c.exchange(ctx, cmd)
	return r, cmd, err
}

// mayHELO follows RFC 5321 §3.2 for the codes an old server answers EHLO with.
func (c *Client) mayHELO(r Reply) bool {
	switch r.Code {
	case 500, 501, 502, 504, 550:
		return c.opts.Dial.TLS != dial.ModeStartTLS && c.opts.Auth.None() && !c.opts.LMTP
	}
	return false
}

// startTLS upgrades the connection. Nothing read in clear may survive it: the
// inbox stops behind the reply, and any byte or reply beyond is an attack.
func (c *Client) startTLS(ctx context.Context) error {
	if err := c.usable(ctx, PhaseTLS); err != nil {
		return err
	}
	if !c.caps.Offers("STARTTLS") {
		return invalid(PhaseTLS, "STARTTLS", ErrNoSTARTTLS)
	}
	cmd := command{phase: PhaseTLS, line: "STARTTLS", single: true}
	r, err := c.exchange(ctx, cmd)
	if err != nil {
		return err
	}
	if r.Code != codeReady {
		if r.refusal() {
			return refused(cmd.phase, cmd.line, r)
		}
		return c.desync(cmd.phase, cmd.line, r)
	}
	select {
	case <-c.in.done:
	case <-ctx.Done():
		return lost(ctx, cmd.phase, cmd.line, ctx.Err())
	}
	if c.in.news() || c.in.br.Buffered() > 0 {
		return invalid(cmd.phase, cmd.line, ErrInjection)
	}
	secure, err := dial.StartTLS(ctx, c.conn, c.opts.Dial)
	if err != nil {
		e := dialFailed(err)
		e.Phase = PhaseTLS
		return e
	}
	c.conn = secure
	c.in = newInbox(secure)
	c.trace.info("encrypted with %s", tls.VersionName(secure.ConnectionState().Version))
	return nil
}

var errLocalName = errors.New("the local name holds a character no host name may hold")

func checkLocalName(name string) error {
	if len(name) > 255 || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return errLocalName
	}
	return nil
}
