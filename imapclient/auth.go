package imapclient

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	imap "github.com/emersion/go-imap/v2"
	gosasl "github.com/emersion/go-sasl"

	"postea/internal/sasl"
)

const (
	// maxCommandLine keeps commands below what servers take, RFC 7162 §4.
	maxCommandLine = 8000

	authOp  = "sign in"
	loginOp = "LOGIN"
)

var errLoginDisabled = errors.New("the server takes no password this way (LOGINDISABLED)")

// authenticate signs in as the policy says. A mechanism the server offers but
// does not know after all is passed over; a refusal ends the attempt, for a
// second one may lock the account.
func (c *Client) authenticate(ctx context.Context) error {
	offered := c.caps.AuthMechanisms()
	// Asked without the secret first: it is not fetched to no use.
	if _, _, err := c.choose(offered, c.credentials()); err != nil {
		return &Error{Op: authOp, Kind: KindAuth, Err: err}
	}
	signing := &sasl.Signing{Auth: c.opts.Auth, Hide: c.trace.secrets.Hide}
	cred := c.credentials()
	if err := signing.Fetch(ctx, &cred); err != nil {
		return secretFailed(ctx, err)
	}
	defer c.trace.secrets.Forget()
	for {
		client, mech, err := c.choose(offered, cred)
		if err != nil {
			return &Error{Op: authOp, Kind: KindAuth, Err: err}
		}
		c.capsKnown = false
		if mech == loginOp && client == nil {
			return c.login(ctx, cred)
		}
		err = c.signIn(ctx, client, mech)
		var e *Error
		if errors.As(err, &e) && e.Kind == KindAuth && !e.fatal {
			again, rerr := signing.Again(ctx, &cred)
			if rerr != nil {
				return secretFailed(ctx, rerr)
			}
			if again {
				continue
			}
		}
		if !errors.As(err, &e) || e.Kind != KindBad || e.fatal {
			return err
		}
		offered = slices.DeleteFunc(offered, func(m string) bool { return strings.EqualFold(m, mech) })
		if _, _, again := c.choose(offered, cred); again != nil {
			return err
		}
	}
}

// choose is the choice of internal/sasl, with the LOGIN command (a nil client)
// for servers that offer no mechanism that fits.
func (c *Client) choose(offered []string, cred sasl.Credentials) (gosasl.Client, string, error) {
	state, secure := c.TLSState()
	policy := c.opts.Auth.Policy
	encryption := &state
	if !secure {
		encryption = nil
	}
	client, mech, err := sasl.Choose(offered, policy, cred, encryption)
	var unsupported *sasl.UnsupportedError
	if !errors.As(err, &unsupported) {
		return client, mech, err
	}
	switch strings.ToLower(policy) {
	case "", sasl.PolicyPassword, "login", "plain":
	default:
		return nil, "", err
	}
	switch {
	case c.has(imap.CapLoginDisabled):
		return nil, "", errLoginDisabled
	case !secure && !cred.AllowCleartext:
		return nil, "", sasl.ErrCleartext
	}
	return nil, loginOp, nil
}

func (c *Client) credentials() sasl.Credentials {
	return c.opts.Auth.Credentials(c.opts.Dial, c.raw)
}

// secretFailed says why there is no secret: one that may be there later is no
// reason to ask the user.
func secretFailed(ctx context.Context, err error) *Error {
	switch {
	case ctx.Err() != nil:
		return ended(authOp, fmt.Errorf("%w (%w)", ctx.Err(), err))
	case sasl.Later(err):
		return &Error{Op: authOp, Kind: KindNetwork, Err: err}
	}
	return &Error{Op: authOp, Kind: KindAuth, Err: err}
}

// login is the LOGIN command, RFC 9051 §6.2.3.
func (c *Client) login(ctx context.Context, cred sasl.Credentials) error {
	if err := checkText(authOp, cred.Username, cred.Password); err != nil {
		return &Error{Op: authOp, Kind: KindAuth, Err: sasl.ErrCredentials}
	}
	cmd := newCommand("LOGIN ").str(cred.Username).text(" ").secretStr(cred.Password)
	r, err := c.exchange(ctx, cmd)
	if err != nil {
		return err
	}
	return c.refusal(r, nil)
}

// signIn runs one exchange, RFC 9051 §6.2.2.
func (c *Client) signIn(ctx context.Context, client gosasl.Client, mech string) error {
	answering, initial, err := sasl.Begin(client, c.trace.secrets.Hide)
	if err != nil {
		return &Error{Op: authOp, Kind: KindAuth, Err: err}
	}
	x := &saslExchange{Exchange: answering}
	cmd := newCommand("AUTHENTICATE " + mech)
	if c.has(imap.CapSASLIR) && initial != "" && len(initial) < maxCommandLine-100 {
		cmd.text(" ").secret(initial)
	}
	cmd.reply = x.respond
	r, err := c.exchange(ctx, cmd)
	if err != nil {
		return err
	}
	if x.failed != nil { // the answer is only about our having broken off
		return &Error{Op: authOp, Kind: KindAuth, Err: x.failed}
	}
	return c.refusal(r, client)
}

// refusal judges the answer that ends signing in.
func (c *Client) refusal(r statusResponse, client gosasl.Client) error {
	if r.ok() {
		if client == nil {
			return nil
		}
		if err := sasl.Verify(client); err != nil {
			return &Error{Op: authOp, Kind: KindAuth, Err: err}
		}
		return nil
	}
	e := &Error{Op: authOp, Kind: KindAuth, Code: r.code, Text: c.trace.secrets.Scrub(r.text)}
	switch {
	case r.typ == imap.StatusResponseTypeBad:
		e.Kind = KindBad
	case temporaryCode(r.code), r.code != imap.ResponseCodeAuthenticationFailed && temporaryText(r.text) && !aboutPassword(r.text):
		e.Kind = KindNo // nothing is said about the password
	}
	if client != nil {
		if failure := sasl.Failure(client); failure != "" {
			e.Err = errors.New("the server said " + c.trace.secrets.Scrub(failure))
		}
	}
	return e
}

// aboutPassword tells of a refusal that asks to try again with another password, and not
// later.
func aboutPassword(text string) bool {
	text = strings.ToLower(text)
	says := func(signs ...string) bool {
		return slices.ContainsFunc(signs, func(sign string) bool { return strings.Contains(text, sign) })
	}
	return says("password", "credential", "invalid user", "login failed", "authentication failed") &&
		!says("later", "temporar", "unavailable", "too many", "throttl", "bandwidth", "error", "timed out", "timeout")
}

// saslExchange breaks an AUTHENTICATE off with "*" at a challenge that has no
// answer.
type saslExchange struct {
	*sasl.Exchange
	failed error // why we broke off
}

func (x *saslExchange) respond(text string) ([]byte, error) {
	if x.failed != nil {
		return nil, &framingError{what: "the server does not stop asking"}
	}
	line, err := x.Answer(text)
	if err != nil {
		x.failed = err
		return []byte("*"), nil
	}
	return []byte(line), nil
}
