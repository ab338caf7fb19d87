package smtpclient

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	gosasl "github.com/emersion/go-sasl"

	"postea/internal/dial"
	"postea/internal/sasl"
)

const (
	// maxChallenges bounds an exchange; the longest mechanism has three.
	maxChallenges = 8
	// maxCommandLine is the length of a command with its CRLF, RFC 5321
	// §4.5.3.1.4; a longer initial response goes into a line of its own.
	maxCommandLine = 512

	codeUnknownMechanism = 504 // RFC 4954 §4
)

func (a Auth) none() bool { return strings.EqualFold(a.Policy, sasl.PolicyNone) }

// authenticate signs in as the policy says. A mechanism the server offers but
// does not know after all is passed over; a refusal ends the attempt, for a
// second one may lock the account.
func (c *Client) authenticate(ctx context.Context) error {
	if c.opts.Auth.none() {
		return nil
	}
	if err := c.usable(ctx, PhaseAuth); err != nil {
		return err
	}
	offered := c.caps.Mechanisms()
	// Asked without the secret first: it is not fetched to no use.
	if _, _, err := c.choose(offered, c.credentials()); err != nil {
		return invalid(PhaseAuth, "AUTH", err)
	}
	cred, err := c.fetchSecret(ctx)
	if err != nil {
		return err
	}
	defer c.trace.forget() // or a user name would be blank in MAIL FROM
	for {
		client, mech, err := c.choose(offered, cred)
		if err != nil {
			return invalid(PhaseAuth, "AUTH", err)
		}
		err = c.signIn(ctx, client, mech)
		if e := asError(err); e == nil || e.Code != codeUnknownMechanism {
			return err
		}
		offered = slices.DeleteFunc(offered, func(m string) bool { return m == mech })
		if _, _, err := c.choose(offered, cred); err != nil {
			return invalid(PhaseAuth, "AUTH "+mech, err)
		}
	}
}

func (c *Client) choose(offered []string, cred sasl.Credentials) (gosasl.Client, string, error) {
	state, secure := c.TLSState()
	if !secure {
		return sasl.Choose(offered, c.opts.Auth.Policy, cred, nil)
	}
	return sasl.Choose(offered, c.opts.Auth.Policy, cred, &state)
}

func (c *Client) credentials() sasl.Credentials {
	d := c.opts.Dial
	return sasl.Credentials{
		Username:       c.opts.Auth.Username,
		Host:           d.Host,
		Port:           d.Port,
		AllowCleartext: d.TLS == dial.ModeNone && (d.Insecure || dial.IsLoopback(c.raw)),
	}
}

func (c *Client) fetchSecret(ctx context.Context) (sasl.Credentials, error) {
	cred := c.credentials()
	fetch, field := c.opts.Auth.Password, &cred.Password
	if sasl.UsesToken(c.opts.Auth.Policy) {
		fetch, field = c.opts.Auth.Token, &cred.Token
	}
	if fetch == nil {
		if strings.EqualFold(c.opts.Auth.Policy, sasl.External) {
			return cred, nil
		}
		return cred, invalid(PhaseAuth, "AUTH", errors.New("no password or token is set"))
	}
	secret, err := fetch(ctx)
	if err != nil {
		return cred, invalid(PhaseAuth, "AUTH", fmt.Errorf("getting the password or token: %w", err))
	}
	*field = secret
	c.trace.hide(secret)
	return cred, nil
}

// signIn runs one exchange, RFC 4954 §4.
func (c *Client) signIn(ctx context.Context, client gosasl.Client, mech string) error {
	_, initial, err := client.Start()
	if err != nil {
		return invalid(PhaseAuth, "AUTH "+mech, err)
	}
	pending := initial
	cmd := authCommand(mech, initial)
	c.trace.hide(string(initial))
	for range maxChallenges {
		r, err := c.exchange(ctx, cmd)
		if err != nil {
			return err
		}
		if r.Code != codeChallenge {
			return c.signedIn(client, mech, r)
		}
		if cmd, err = c.respond(client, mech, r, &pending); err != nil {
			return c.cancelAuth(ctx, mech, err)
		}
	}
	return c.cancelAuth(ctx, mech, errors.New("the server does not stop asking"))
}

// authCommand carries the initial response if there is one and it fits.
func authCommand(mech string, initial []byte) command {
	cmd := command{phase: PhaseAuth, line: "AUTH " + mech}
	if initial == nil {
		return cmd
	}
	encoded := "=" // RFC 4954 §4: empty, as opposed to absent
	if len(initial) > 0 {
		encoded = base64.StdEncoding.EncodeToString(initial)
	}
	if len(cmd.line)+1+len(encoded)+2 > maxCommandLine {
		return cmd
	}
	cmd.shown = cmd.line + " " + blank
	cmd.line += " " + encoded
	return cmd
}

// respond answers a challenge. The first one asks for the initial response if
// that has not been sent, or if the server did not read it off the command.
func (c *Client) respond(client gosasl.Client, mech string, r Reply, pending *[]byte) (command, error) {
	challenge, err := base64.StdEncoding.DecodeString(strings.TrimSpace(r.Text))
	if err != nil {
		if mech != sasl.Login {
			return command{}, errors.New("the server's challenge is not base64")
		}
		challenge = nil // LOGIN answers by position
	}
	var response []byte
	if *pending != nil && len(challenge) == 0 {
		response = *pending
	} else if response, err = client.Next(challenge); err != nil {
		return command{}, err
	}
	*pending = nil
	c.trace.hide(string(response))
	return command{phase: PhaseAuth, line: base64.StdEncoding.EncodeToString(response), shown: blank}, nil
}

// signedIn judges the reply that ends the exchange.
func (c *Client) signedIn(client gosasl.Client, mech string, r Reply) error {
	shown := "AUTH " + mech
	r = c.scrubbed(r)
	switch {
	case r.positive():
		if err := sasl.Verify(client); err != nil {
			return invalid(PhaseAuth, shown, err)
		}
		return nil
	case !r.refusal():
		return c.desync(PhaseAuth, shown, r)
	}
	e := refused(PhaseAuth, shown, r)
	e.Temporary = e.Temporary || e.SignIn() == SignInRate
	if failure := sasl.Failure(client); failure != "" {
		e.Err = errors.New("the server said " + c.trace.scrub(failure))
	}
	return e
}

// cancelAuth ends an exchange from our side, RFC 4954 §4, and returns cause.
func (c *Client) cancelAuth(ctx context.Context, mech string, cause error) error {
	if _, err := c.exchange(ctx, command{phase: PhaseAuth, line: "*"}); err != nil {
		cause = fmt.Errorf("%w (%w)", cause, err)
	}
	return invalid(PhaseAuth, "AUTH "+mech, cause)
}
