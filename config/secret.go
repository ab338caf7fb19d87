package config

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"

	"postea/internal/dial"
)

// Secret is where a password or token comes from; at most one field is set.
type Secret struct {
	Command []string
	Env     string
	Keyring bool
	Value   string
}

// Key names the secret of one end of an account.
type Key struct {
	Account string
	Service string // imap or smtp
}

// Zero tells whether no source was given.
func (s Secret) Zero() bool {
	return len(s.Command) == 0 && s.Env == "" && !s.Keyring && s.Value == ""
}

// Resolve fetches the secret.
func (s Secret) Resolve(ctx context.Context, key Key) (string, error) {
	switch {
	case len(s.Command) > 0:
		out, err := exec.CommandContext(ctx, s.Command[0], s.Command[1:]...).Output()
		line, _, _ := bytes.Cut(out, []byte("\n"))
		return strings.TrimSuffix(string(line), "\r"), err
	case s.Env != "":
		return os.Getenv(s.Env), nil
	case s.Value != "":
		return s.Value, nil
	}
	return "", errors.New("no secret is configured for " + key.Account)
}

// Dial gives the settings of the connection.
func (s Server) Dial() dial.Config {
	return dial.Config{Host: s.Host, Port: s.Port, TLS: dial.TLSMode(s.TLS), CAFile: s.CAFile, Pin: s.Pin, Proxy: s.Proxy, Insecure: s.Insecure}
}

func sameAddress(own, address string) bool { return strings.EqualFold(own, address) }

// SecretError says in one line why a secret cannot be had and what to do.
type SecretError struct {
	Text string
	Err  error
}

func (e *SecretError) Error() string { return e.Text }
func (e *SecretError) Unwrap() error { return e.Err }
