package sasl

import (
	"strconv"
	"strings"

	"github.com/emersion/go-sasl"
)

// oauthClient sends everything at once. A refusal comes as a challenge with
// JSON in it; the exchange must be closed with an answer before the server says
// no, or that answer would be the next command.
type oauthClient struct {
	mech    string
	initial string
	closing string
	refusal string
	closed  bool
}

// kept is how much of a refusal is kept.
const kept = 4 << 10

// newXOAUTH2 follows the form Google published and Microsoft took over.
func newXOAUTH2(cred Credentials) (sasl.Client, error) {
	if hasControl(cred.Username) || hasControl(cred.Token) {
		return nil, ErrCredentials
	}
	return &oauthClient{
		mech:    XOAUTH2,
		initial: "user=" + cred.Username + "\x01auth=Bearer " + cred.Token + "\x01\x01",
	}, nil
}

func newOAuthBearer(cred Credentials) (sasl.Client, error) {
	if hasControl(cred.Username) || hasControl(cred.Token) || hasControl(cred.Host) {
		return nil, ErrCredentials
	}
	var msg strings.Builder
	msg.WriteString("n,")
	if cred.Username != "" {
		// RFC 5801 §4: saslname.
		msg.WriteString("a=" + strings.NewReplacer("=", "=3D", ",", "=2C").Replace(cred.Username))
	}
	msg.WriteString(",\x01")
	if cred.Host != "" {
		msg.WriteString("host=" + cred.Host + "\x01")
	}
	if cred.Port != 0 {
		msg.WriteString("port=" + strconv.Itoa(cred.Port) + "\x01")
	}
	msg.WriteString("auth=Bearer " + cred.Token + "\x01\x01")
	return &oauthClient{mech: OAuthBearer, initial: msg.String(), closing: "\x01"}, nil // RFC 7628 §3.2.3
}

func (c *oauthClient) Start() (string, []byte, error) {
	return c.mech, []byte(c.initial), nil
}

func (c *oauthClient) Next(challenge []byte) ([]byte, error) {
	if c.closed {
		return nil, sasl.ErrUnexpectedServerChallenge
	}
	c.closed = true
	c.refusal = string(challenge[:min(len(challenge), kept)])
	return []byte(c.closing), nil
}

func (c *oauthClient) failure() string { return c.refusal }

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}
