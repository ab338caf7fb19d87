package sasl

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/hex"
	"strings"

	"github.com/emersion/go-sasl"
)

func newPlain(cred Credentials) (sasl.Client, error) {
	// RFC 4616 §2: the fields end at NUL.
	if strings.Contains(cred.AuthzID+cred.Username+cred.Password, "\x00") {
		return nil, ErrCredentials
	}
	return sasl.NewPlainClient(cred.AuthzID, cred.Username, cred.Password), nil
}

// loginClient answers by position: servers ask in every spelling and language,
// or with an empty challenge.
type loginClient struct {
	username, password string
	step               int
}

func (c *loginClient) Start() (string, []byte, error) { return Login, nil, nil }

func (c *loginClient) Next([]byte) ([]byte, error) {
	c.step++
	switch c.step {
	case 1:
		return []byte(c.username), nil
	case 2:
		return []byte(c.password), nil
	}
	return nil, sasl.ErrUnexpectedServerChallenge
}

// cramMD5Client answers one challenge, RFC 2195 §2.
type cramMD5Client struct {
	username, password string
	answered           bool
}

func newCRAMMD5(cred Credentials) (sasl.Client, error) {
	if strings.ContainsAny(cred.Username, "\x00\r\n") {
		return nil, ErrCredentials
	}
	return &cramMD5Client{username: cred.Username, password: cred.Password}, nil
}

func (c *cramMD5Client) Start() (string, []byte, error) { return CRAMMD5, nil, nil }

func (c *cramMD5Client) Next(challenge []byte) ([]byte, error) {
	if c.answered || len(challenge) == 0 {
		return nil, sasl.ErrUnexpectedServerChallenge
	}
	c.answered = true
	mac := hmac.New(md5.New, []byte(c.password))
	mac.Write(challenge)
	return []byte(c.username + " " + hex.EncodeToString(mac.Sum(nil))), nil
}
