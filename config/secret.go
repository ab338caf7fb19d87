package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/zalando/go-keyring"

	"postea/internal/apart"
	"postea/internal/dial"
)

// Secret is where a password or token comes from; at most one field is set.
type Secret struct {
	Command []string // its first line of output
	Env     string   // a variable of the environment
	Keyring bool     // the system's keyring
	Value   string   // the file itself
	// Encrypted is the file of encrypted secrets beside the configuration.
	Encrypted bool

	lock   *locker // of an encrypted one
	tokens *tokens // of [account.oauth2]
	faulty bool    // something is wrong with how it is written, and has been told
}

// Key names the secret of one end of an account.
type Key struct {
	Account string
	Service string // imap or smtp
}

func (k Key) user() string { return k.Account + "/" + k.Service }

// keyringService is the name under which the keyring shows postea's secrets.
const keyringService = "postea"

// SecretTimeout is how long a command is waited for, and the keyring: both may ask
// their user.
const SecretTimeout = 30 * time.Second

// SecretError says in one line why a secret cannot be had and what to do.
type SecretError struct {
	Text string
	Err  error

	temporary bool
}

// Temporary tells that the same may work later without the user's doing.
func (e *SecretError) Temporary() bool { return e.temporary }

func (e *SecretError) Error() string { return e.Text }

// Unwrap gives the cause, which may be nil.
func (e *SecretError) Unwrap() error { return e.Err }

// Zero tells whether no source was given.
func (s Secret) Zero() bool {
	return len(s.Command) == 0 && s.Env == "" && !s.Keyring && s.Value == "" && !s.Encrypted && s.tokens == nil
}

// Resolve fetches the secret. The error is a *SecretError, or the context's.
func (s Secret) Resolve(ctx context.Context, key Key) (string, error) {
	switch {
	case len(s.Command) > 0:
		return s.run(ctx, key)
	case s.Env != "":
		if v, ok := os.LookupEnv(s.Env); ok && v != "" {
			return v, nil
		}
		return "", &SecretError{Text: fmt.Sprintf("the password of account %s comes from $%s, which is not set", key.Account, s.Env)}
	case s.Keyring:
		return fromKeyring(ctx, key)
	case s.tokens != nil:
		return s.tokens.get(ctx)
	case s.Encrypted && s.lock != nil:
		return s.lock.resolve(ctx, key)
	case s.Value != "":
		return s.Value, nil
	}
	return "", &SecretError{Text: fmt.Sprintf("no password is configured for %s of account %s", key.Service, key.Account)}
}

// Instead gives another token than one that a server has just refused: renewed,
// or what the command says now. The error is a *SecretError where there is none.
func (s Secret) Instead(ctx context.Context, key Key, refused string) (string, error) {
	if s.tokens != nil {
		return s.tokens.instead(ctx, refused)
	}
	if len(s.Command) > 0 {
		if next, err := s.run(ctx, key); err != nil || next != refused {
			return next, err
		}
	}
	return "", &SecretError{Text: fmt.Sprintf("the server refuses the token of account %s, and there is no other", key.Account)}
}

func (s Secret) run(ctx context.Context, key Key) (string, error) {
	what := "the password command of account " + key.Account
	if key == passphraseKey {
		what = "the passphrase command of [secrets]"
	}
	limited, cancel := context.WithTimeout(ctx, SecretTimeout)
	defer cancel()
	cmd := exec.CommandContext(limited, ExpandHome(s.Command[0]), s.Command[1:]...)
	if s.lock != nil && s.lock.alone {
		apart.Set(cmd)
		cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GPG_TTY=") })
	}
	cmd.WaitDelay = time.Second // a child that keeps the pipe open does not hold us up
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &limitedWriter{&out}, &limitedWriter{&errs}
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case limited.Err() != nil:
		return "", &SecretError{Text: fmt.Sprintf("%s (%s) did not end within %d s", what, s.Command[0], int(SecretTimeout.Seconds())), Err: err}
	case err != nil && !errors.Is(err, exec.ErrWaitDelay): // it ended well, and what it started goes on
		why := lastLine(errs.String()) // before it stand warnings, and what gpg says of the key
		if why == "" {
			why = apart.Why(err)
		}
		return "", &SecretError{Text: fmt.Sprintf("%s (%s) failed: %s", what, s.Command[0], why), Err: err}
	}
	line := firstLine(out.String())
	if line == "" {
		return "", &SecretError{Text: fmt.Sprintf("%s (%s) printed nothing", what, s.Command[0])}
	}
	return line, nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return strings.TrimSuffix(line, "\r")
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return strings.TrimSpace(s[strings.LastIndexByte(s, '\n')+1:])
}

// limitedWriter keeps the first 64 KiB and swallows the rest.
type limitedWriter struct{ b *bytes.Buffer }

func (w *limitedWriter) Write(p []byte) (int, error) {
	const limit = 64 << 10
	if room := limit - w.b.Len(); room > 0 {
		w.b.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func fromKeyring(ctx context.Context, key Key) (string, error) {
	v, err := withKeyring(ctx, func() (string, error) {
		v, err := keyring.Get(keyringService, key.user())
		if errors.Is(err, keyring.ErrNotFound) && key.Service == "smtp" {
			return keyring.Get(keyringService, Key{key.Account, "imap"}.user())
		}
		return v, err
	})
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		return "", &SecretError{Text: fmt.Sprintf("the keyring has no password for account %s: run  postea account edit %s --password-keyring", key.Account, key.Account), Err: err}
	case err != nil && ctx.Err() == nil:
		return "", &SecretError{Text: fmt.Sprintf("the keyring cannot be asked for the password of account %s: %v", key.Account, err), Err: err}
	}
	return v, err
}

// ErrKeyringLocked says that there is a keyring, and what its user can do.
var ErrKeyringLocked = errors.New("unlock it")

// keyringLocked is how the library puts that the user did not unlock the keyring, or
// could not be asked, as over ssh.
const keyringLocked = "failed to unlock "

// withKeyring bounds a call of the keyring, which may wait for its user.
func withKeyring(ctx context.Context, f func() (string, error)) (string, error) {
	type answer struct {
		v   string
		err error
	}
	done := make(chan answer, 1)
	go func() {
		var a answer
		defer func() {
			if recover() != nil { // the library minds the end of the bus, as at a logout, while the keyring asks
				a.err = errors.New("it went away")
			}
			done <- a
		}()
		a.v, a.err = f()
	}()
	timer := time.NewTimer(SecretTimeout)
	defer timer.Stop()
	select {
	case a := <-done:
		if a.err != nil && strings.HasPrefix(a.err.Error(), keyringLocked) {
			a.err = fmt.Errorf("it is locked; %w", ErrKeyringLocked)
		}
		return a.v, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	case <-timer.C:
		return "", fmt.Errorf("it does not answer; %w", ErrKeyringLocked)
	}
}

// KeyringWorks tells whether there is a keyring: nil, or why not. Nothing is
// written, and nobody is asked.
func KeyringWorks(ctx context.Context) error {
	_, err := withKeyring(ctx, func() (string, error) { return keyring.Get(keyringService, "nobody/nothing") })
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return err
}

// StoreKeyring puts a secret into the system's keyring.
func StoreKeyring(ctx context.Context, key Key, secret string) error {
	_, err := withKeyring(ctx, func() (string, error) { return "", keyring.Set(keyringService, key.user(), secret) })
	if err != nil {
		return fmt.Errorf("storing the password in the keyring: %w", err)
	}
	return nil
}

// DeleteKeyring removes the secrets of an account from the keyring; none being
// there is no error.
func DeleteKeyring(ctx context.Context, account string) error {
	for _, service := range []string{"imap", "smtp", "oauth"} {
		_, err := withKeyring(ctx, func() (string, error) {
			return "", keyring.Delete(keyringService, Key{account, service}.user())
		})
		if err != nil && !errors.Is(err, keyring.ErrNotFound) {
			return fmt.Errorf("removing the password from the keyring: %w", err)
		}
	}
	return nil
}

// Dial gives the settings of the connection to the server.
func (s Server) Dial() dial.Config {
	return dial.Config{Host: s.Host, Port: s.Port, TLS: dial.TLSMode(s.TLS), CAFile: s.CAFile, Pin: s.Pin, Proxy: s.Proxy, Insecure: s.Insecure}
}
