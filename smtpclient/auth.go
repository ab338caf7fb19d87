package smtpclient

import (
	"context"
	"errors"
	"fmt"
	"slices"

	gosasl "github.com/emersion/go-sasl"

	"postea/internal/sasl"
)

const (
	// maxCommandLine is the length of a command with its CRLF, RFC 5321
	// §4.5.3.1.4; a longer initial response goes into a line of its own.
	maxCommandLine = 512

	codeUnknownMechanism = 504 // RFC 4954 §4
)

// authenticate signs in as the policy says. A mechanism the server offers but
// does not know after all is passed over; a refusal ends the attempt, for a
// second one may lock the account.
func (c *Client) authenticate(ctx context.Context) error {
	if c.opts.Auth.None() {
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
	signing := &sasl.Signing{Auth: c.opts.Auth, Hide: c.trace.secrets.Hide}
	cred := c.credentials()
	if err := signing.Fetch(ctx, &cred); err != nil || ctx.Err() != nil {
		return secretFailed(ctx, err)
	}
	defer c.trace.secrets.Forget() // or a user name would be blank in MAIL FROM
	for {
		client, mech, err := c.choose(offered, cred)
		if err != nil {
			return invalid(PhaseAuth, "AUTH", err)
		}
		err = c.signIn(ctx, client, mech)
		if e := asError(err); e != nil && e.Code/100 == 5 && e.Code != codeUnknownMechanism {
			again, rerr := signing.Again(ctx, &cred)
			if rerr != nil {
				return secretFailed(ctx, rerr)
			}
			if again {
				continue
			}
		}
		if e := asError(err); e == nil || e.Code != codeUnknownMechanism {
			return err
		}
		offered = slices.DeleteFunc(offered, func(m string) bool { return m == mech })
		if _, _, none := c.choose(offered, cred); none != nil {
			return err
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
	return c.opts.Auth.Credentials(c.opts.Dial, c.raw)
}

// secretFailed says why there is no secret: one that may be there later is no
// reason to ask the user.
func secretFailed(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return lost(ctx, PhaseAuth, "AUTH", ctx.Err())
	case sasl.Later(err):
		return lost(ctx, PhaseAuth, "AUTH", err)
	}
	return invalid(PhaseAuth, "AUTH", err)
}

// signIn runs one exchange, RFC 4954 §4.
func (c *Client) signIn(ctx context.Context, client gosasl.Client, mech string) error {
	x, initial, err := sasl.Begin(client, c.trace.secrets.Hide)
	if err != nil {
		return invalid(PhaseAuth, "AUTH "+mech, err)
	}
	cmd := authCommand(mech, initial)
	for {
		r, err := c.exchange(ctx, cmd)
		if err != nil {
			return err
		}
		if r.Code != codeChallenge {
			return c.signedIn(client, mech, r)
		}
		line, err := x.Answer(r.Text)
		if err != nil {
			return c.cancelAuth(ctx, mech, err)
		}
		cmd = command{phase: PhaseAuth, line: line, shown: blank}
	}
}

// authCommand carries the initial response if there is one and it fits.
func authCommand(mech, initial string) command {
	cmd := command{phase: PhaseAuth, line: "AUTH " + mech}
	if initial == "" || len(cmd.line)+1+len(initial)+2 > maxCommandLine {
		return cmd
	}
	cmd.shown = cmd.line + " " + blank
	cmd.line += " " + initial
	return cmd
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
	switch e.SignIn() {
	case SignInRate:
		e.Temporary = true
	case SignInPassword: // also with 4yz: the same password again is only one more wrong one
		e.Temporary = false
	}
	if failure := sasl.Failure(client); failure != "" {
		e.Err = errors.New("the server said " + c.trace.secrets.Scrub(failure))
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
