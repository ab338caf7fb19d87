package sasl

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"postea/internal/dial"
)

// Auth says how to sign in, and where the secret comes from. With an empty Username
// and Policy nobody signs in.
type Auth struct {
	// Policy is "password", "strong", "oauth2", "none" or a mechanism's name (see
	// Choose); "" is "password" with a Username and "none" without.
	Policy   string
	Username string
	// Password and Token fetch the secret when it is needed, and only if the server
	// offers a way to use it; nil: there is none. Token serves the OAuth mechanisms.
	Password func(context.Context) (string, error)
	Token    func(context.Context) (string, error)
	// Renew gives another token than one that the server has just refused; nil:
	// there is none. It is asked once for a connection.
	Renew func(ctx context.Context, refused string) (string, error)
}

var errNoSecret = errors.New("no password or token is set")

// None reports whether nobody signs in.
func (a Auth) None() bool {
	return strings.EqualFold(a.Policy, PolicyNone) || a.Policy == "" && a.Username == ""
}

// Credentials returns those for a server, without the secret. Cleartext is
// permitted on conn if it cannot have left this machine, or to says so.
func (a Auth) Credentials(to dial.Config, conn net.Conn) Credentials {
	return Credentials{
		Username:       a.Username,
		Host:           to.Host,
		Port:           to.Port,
		AllowCleartext: to.TLS == dial.ModeNone && (to.Insecure || dial.IsLoopback(conn)),
	}
}

// Signing is one sign-in: its secret is fetched once, and another
// token in the place of one that the server refuses is asked for once.
type Signing struct {
	Auth
	Hide func(string) // is told of every secret

	renewed bool
}

// Fetch puts the secret that the policy calls for into cred; a mechanism may need
// none.
func (s *Signing) Fetch(ctx context.Context, cred *Credentials) error {
	fetch, field := s.Password, &cred.Password
	if UsesToken(s.Policy) {
		fetch, field = s.Token, &cred.Token
	}
	if fetch == nil {
		if strings.EqualFold(s.Policy, External) {
			return nil
		}
		return errNoSecret
	}
	secret, err := fetch(ctx)
	if err != nil {
		return fmt.Errorf("getting the password or token: %w", err)
	}
	s.Hide(secret)
	*field = secret
	return nil
}

// Again puts another token into cred, which was refused, and tells whether there
// is something to sign in with once more.
func (s *Signing) Again(ctx context.Context, cred *Credentials) (bool, error) {
	if cred.Token == "" || s.Renew == nil || s.renewed {
		return false, nil
	}
	s.renewed = true
	next, err := s.Renew(ctx, cred.Token)
	if err != nil {
		return false, err
	}
	s.Hide(next)
	cred.Token = next
	return true, nil
}

// Later tells whether a secret that cannot be had may be had later, so that there
// is no reason to ask the user.
func Later(err error) bool {
	var later interface{ Temporary() bool }
	return errors.As(err, &later) && later.Temporary()
}
