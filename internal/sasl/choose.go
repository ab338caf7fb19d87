package sasl

import (
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-sasl"
)

// The policies a profile may name instead of a mechanism. The empty policy is
// PolicyPassword.
const (
	PolicyPassword = "password" // PLAIN inside TLS, else the strongest offered
	PolicyStrong   = "strong"   // SCRAM only, bound to the channel if possible
	PolicyOAuth2   = "oauth2"   // OAUTHBEARER or XOAUTH2
	PolicyNone     = "none"     // do not sign in
)

// The mechanisms, by their registered names.
const (
	Plain           = "PLAIN"
	Login           = "LOGIN"
	CRAMMD5         = "CRAM-MD5"
	SCRAMSHA1       = "SCRAM-SHA-1"
	SCRAMSHA1Plus   = "SCRAM-SHA-1-PLUS"
	SCRAMSHA256     = "SCRAM-SHA-256"
	SCRAMSHA256Plus = "SCRAM-SHA-256-PLUS"
	SCRAMSHA512     = "SCRAM-SHA-512"
	SCRAMSHA512Plus = "SCRAM-SHA-512-PLUS"
	XOAUTH2         = "XOAUTH2"
	OAuthBearer     = "OAUTHBEARER"
	External        = "EXTERNAL"
)

var (
	// ErrCleartext is returned instead of sending a secret without TLS.
	ErrCleartext = errors.New("refusing to sign in over an unencrypted connection")
	// ErrCredentials is returned for credentials that a mechanism cannot carry.
	ErrCredentials = errors.New("the user name or secret holds a character this sign-in method cannot carry")
	// ErrServerProof is returned by Verify, and by Next, for a server that did
	// not prove that it knows the password.
	ErrServerProof = errors.New("the server did not prove that it knows the password")
)

// UnsupportedError reports that nothing the policy allows is offered.
type UnsupportedError struct {
	Policy  string
	Offered []string
}

func (e *UnsupportedError) Error() string {
	if len(e.Offered) == 0 {
		return "the server offers no way to sign in"
	}
	return fmt.Sprintf("the server offers no way to sign in that %q allows (it offers %s)",
		e.Policy, strings.Join(e.Offered, " "))
}

// Credentials is what a user signs in with. Only the fields of the mechanism
// that is chosen are used.
type Credentials struct {
	Username string
	Password string
	Token    string // OAuth 2.0 access token
	AuthzID  string // identity to act as; "" is the user's own

	Host string // sent by OAUTHBEARER, RFC 7628 §3.1; may be ""
	Port int

	// AllowCleartext permits secrets without TLS: on the loopback interface, or
	// where the user has said so.
	AllowCleartext bool
}

// Choose returns the client for the best mechanism that is offered and that
// policy allows, and the mechanism's name; both are zero for PolicyNone.
// The offer and a mechanism named as policy are compared without case. A nil
// state means the connection is not encrypted. Errors are ErrCleartext,
// ErrCredentials (wrapped) and *UnsupportedError.
func Choose(offered []string, policy string, cred Credentials, state *tls.ConnectionState) (sasl.Client, string, error) {
	if strings.EqualFold(policy, PolicyNone) {
		return nil, "", nil
	}
	offer := normalise(offered)
	for _, mech := range preference(policy, state != nil) {
		if !slices.Contains(offer, mech) {
			continue
		}
		if state == nil && !cred.AllowCleartext && mech != External {
			return nil, "", ErrCleartext
		}
		client, err := newClient(mech, offer, cred, state)
		if errors.Is(err, errNoBinding) {
			continue
		}
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", mech, err)
		}
		return client, mech, nil
	}
	return nil, "", &UnsupportedError{Policy: policy, Offered: offer}
}

// Known reports whether policy is one of the policies, or a mechanism that there is here.
func Known(policy string) bool {
	words := []string{"", PolicyPassword, PolicyStrong, PolicyOAuth2, PolicyNone,
		Plain, Login, CRAMMD5, SCRAMSHA1, SCRAMSHA1Plus, SCRAMSHA256, SCRAMSHA256Plus, SCRAMSHA512, SCRAMSHA512Plus, XOAUTH2, OAuthBearer, External}
	return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, policy) })
}

// UsesToken reports whether policy signs in with an OAuth token, not a password.
func UsesToken(policy string) bool {
	return strings.EqualFold(policy, PolicyOAuth2) ||
		strings.EqualFold(policy, OAuthBearer) || strings.EqualFold(policy, XOAUTH2)
}

func normalise(offered []string) []string {
	var offer []string
	for _, mech := range offered {
		mech = strings.ToUpper(strings.TrimSpace(mech))
		if mech != "" && !slices.Contains(offer, mech) {
			offer = append(offer, mech)
		}
	}
	return offer
}

func preference(policy string, encrypted bool) []string {
	scram := []string{SCRAMSHA512Plus, SCRAMSHA256Plus, SCRAMSHA1Plus, SCRAMSHA512, SCRAMSHA256, SCRAMSHA1}
	switch strings.ToLower(policy) {
	case "", PolicyPassword:
		if encrypted {
			// One round trip; TLS has proved the server already.
			return append([]string{Plain}, append(scram, CRAMMD5, Login)...)
		}
		return append(scram, CRAMMD5, Plain, Login)
	case PolicyStrong:
		return scram
	case PolicyOAuth2:
		return []string{OAuthBearer, XOAUTH2}
	}
	return []string{strings.ToUpper(policy)}
}

func newClient(mech string, offer []string, cred Credentials, state *tls.ConnectionState) (sasl.Client, error) {
	switch mech {
	case Plain:
		return newPlain(cred)
	case Login:
		return &loginClient{username: cred.Username, password: cred.Password}, nil
	case CRAMMD5:
		return newCRAMMD5(cred)
	case SCRAMSHA1, SCRAMSHA1Plus, SCRAMSHA256, SCRAMSHA256Plus, SCRAMSHA512, SCRAMSHA512Plus:
		return newSCRAM(mech, offer, cred, state)
	case XOAUTH2:
		return newXOAUTH2(cred)
	case OAuthBearer:
		return newOAuthBearer(cred)
	case External:
		return sasl.NewExternalClient(cred.AuthzID), nil
	}
	return nil, fmt.Errorf("sign-in method %s is not known", mech)
}

// Verify reports whether the server has proved what the mechanism demands of
// it. Call it when the server announces success.
func Verify(client sasl.Client) error {
	if v, ok := client.(interface{ verify() error }); ok {
		return v.verify()
	}
	return nil
}

// Failure returns what an OAuth server said on a refusal (JSON, from outside),
// or "".
func Failure(client sasl.Client) string {
	if f, ok := client.(interface{ failure() string }); ok {
		return f.failure()
	}
	return ""
}
