package sasl

import (
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/xdg-go/scram"
)

const (
	// maxIterations bounds the work a server can ask of us, RFC 5802 §9.
	maxIterations = 2_000_000
	// maxChallenge bounds a server message; real ones are below 300 bytes.
	maxChallenge = 8 << 10
)

var errNoBinding = errors.New("the connection cannot be bound to")

type scramClient struct {
	mech  string
	conv  *scram.ClientConversation
	step  int
	valid bool
}

func newSCRAM(mech string, offer []string, cred Credentials, state *tls.ConnectionState) (sasl.Client, error) {
	if strings.Contains(cred.Username+cred.Password+cred.AuthzID, "\x00") {
		return nil, ErrCredentials
	}
	hash := scram.SHA256
	switch mech {
	case SCRAMSHA1, SCRAMSHA1Plus:
		hash = scram.SHA1
	case SCRAMSHA512, SCRAMSHA512Plus:
		hash = scram.SHA512
	}
	client, err := hash.NewClient(cred.Username, cred.Password, cred.AuthzID)
	if err != nil {
		// Characters SASLprep does not know yet: servers that accept such a
		// password have stored it as it is.
		if client, err = hash.NewClientUnprepped(cred.Username, cred.Password, cred.AuthzID); err != nil {
			return nil, err
		}
	}
	conv, err := newConversation(client, mech, offer, state)
	if err != nil {
		return nil, err
	}
	return &scramClient{mech: mech, conv: conv}, nil
}

func newConversation(client *scram.Client, mech string, offer []string, state *tls.ConnectionState) (*scram.ClientConversation, error) {
	binding, err := channelBinding(state)
	plus := strings.HasSuffix(mech, "-PLUS")
	switch {
	case plus && err != nil:
		return nil, errNoBinding
	case plus:
		return client.NewConversationWithChannelBinding(binding), nil
	case err == nil && !slices.ContainsFunc(offer, func(m string) bool { return strings.HasSuffix(m, "-PLUS") }):
		// We could have bound: saying so reveals a stripped offer, RFC 5802 §6.
		return client.NewConversationAdvertisingChannelBinding(), nil
	}
	return client.NewConversation(), nil
}

func channelBinding(state *tls.ConnectionState) (scram.ChannelBinding, error) {
	if state == nil || !state.HandshakeComplete {
		return scram.ChannelBinding{}, errNoBinding
	}
	if state.Version >= tls.VersionTLS13 {
		return scram.NewTLSExporterBinding(state) // RFC 9266 §3
	}
	return scram.NewTLSServerEndpointBinding(state) // RFC 5929 §4
}

func (c *scramClient) Start() (string, []byte, error) {
	first, err := c.conv.Step("")
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", c.mech, err)
	}
	return c.mech, []byte(first), nil
}

func (c *scramClient) Next(challenge []byte) ([]byte, error) {
	c.step++
	if c.step > 2 {
		return nil, sasl.ErrUnexpectedServerChallenge
	}
	if len(challenge) > maxChallenge {
		return nil, fmt.Errorf("%s: server message of %d bytes", c.mech, len(challenge))
	}
	if c.step == 1 {
		if err := checkIterations(string(challenge)); err != nil {
			return nil, fmt.Errorf("%s: %w", c.mech, err)
		}
	}
	if c.step == 2 && strings.HasPrefix(string(challenge), "e=") {
		// A wrong password is told here (RFC 5802 §7) and again as the refusal.
		return []byte{}, nil
	}
	answer, err := c.conv.Step(string(challenge))
	if err != nil {
		return nil, c.refusal(err)
	}
	c.valid = c.conv.Valid()
	return []byte(answer), nil
}

func (c *scramClient) refusal(err error) error {
	if c.step == 2 {
		return fmt.Errorf("%s: %w: %w", c.mech, ErrServerProof, err)
	}
	return fmt.Errorf("%s: %w", c.mech, err)
}

func (c *scramClient) verify() error {
	if !c.valid {
		return fmt.Errorf("%s: %w", c.mech, ErrServerProof)
	}
	return nil
}

func checkIterations(serverFirst string) error {
	for field := range strings.SplitSeq(serverFirst, ",") {
		count, ok := strings.CutPrefix(field, "i=")
		if !ok {
			continue
		}
		n, err := strconv.Atoi(count)
		if err != nil || n > maxIterations {
			return fmt.Errorf("server asks for %.20q hash iterations, more than %d", count, maxIterations)
		}
	}
	return nil
}
