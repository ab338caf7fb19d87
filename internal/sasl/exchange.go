package sasl

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/emersion/go-sasl"
)

// maxChallenges bounds an exchange; the longest mechanism has three.
const maxChallenges = 8

// Exchange answers the challenges of one sign-in, in base64 as SMTP and IMAP have
// them.
type Exchange struct {
	client  sasl.Client
	hide    func(string)
	mech    string
	pending []byte // the initial response until the server has shown that it has it
	steps   int
}

// Begin starts client; hide is told of every response. It returns the initial
// response for the command, "" where there is none. It may be left out there.
func Begin(client sasl.Client, hide func(string)) (x *Exchange, initial string, err error) {
	mech, first, err := client.Start()
	if err != nil {
		return nil, "", err
	}
	hide(string(first))
	if initial = base64.StdEncoding.EncodeToString(first); first != nil && initial == "" {
		initial = "="
	}
	return &Exchange{client: client, hide: hide, mech: mech, pending: first}, initial, nil
}

// Answer answers a challenge. The first asks for the initial response if that was
// not sent, or if the server did not read it off the command.
func (x *Exchange) Answer(text string) (string, error) {
	if x.steps++; x.steps > maxChallenges {
		return "", errors.New("the server does not stop asking")
	}
	challenge, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		if x.mech != Login && x.pending == nil {
			return "", errors.New("the server's challenge is not base64")
		}
		challenge = nil // LOGIN answers by position; text in front of the first response is a courtesy
	}
	response := x.pending
	if response == nil || len(challenge) > 0 {
		if response, err = x.client.Next(challenge); err != nil {
			return "", err
		}
	}
	x.pending = nil
	x.hide(string(response))
	return base64.StdEncoding.EncodeToString(response), nil
}
