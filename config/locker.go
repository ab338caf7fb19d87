package config

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"postea/config/vault"
)

// locker is the file of encrypted secrets with where its passphrase comes from.
type locker struct {
	vault      *vault.Vault
	passphrase Secret

	mu sync.Mutex // one asks for the passphrase

	alone bool // commands get no terminal
}

// passphraseKey is what the passphrase is asked for under; no account has that name
// and service.
var passphraseKey = Key{Account: "secrets", Service: "passphrase"}

func newLocker(configPath string) *locker {
	return &locker{vault: vault.New(filepath.Join(filepath.Dir(configPath), "secrets.age"))}
}

// open unlocks the file, where the configuration says how.
func (l *locker) open(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.vault.Locked() {
		return nil
	}
	if l.passphrase.Zero() {
		return &SecretError{Err: vault.ErrLocked, Text: "the encrypted secrets are locked: run postea in a terminal, which asks for the passphrase, or write  [secrets] passphrase = { command = \"…\" }"}
	}
	p, err := l.passphrase.Resolve(ctx, passphraseKey)
	if err != nil {
		return err
	}
	return l.vault.Unlock(p)
}

func (l *locker) get(ctx context.Context, key Key) (string, error) {
	if err := l.open(ctx); err != nil {
		return "", err
	}
	return l.vault.Get(key.user())
}

func (l *locker) set(ctx context.Context, key Key, secret string) error {
	if err := l.open(ctx); err != nil {
		return err
	}
	return l.vault.Set(key.user(), secret)
}

func (l *locker) resolve(ctx context.Context, key Key) (string, error) {
	s, err := l.get(ctx, key)
	if errors.Is(err, vault.ErrMissing) && key.Service == "smtp" {
		s, err = l.get(ctx, Key{key.Account, "imap"})
	}
	var known *SecretError
	switch {
	case err == nil || errors.As(err, &known) || ctx.Err() != nil:
		return s, err
	case errors.Is(err, vault.ErrMissing):
		return "", &SecretError{Err: err, Text: fmt.Sprintf("the encrypted secrets hold no password for account %s: run  postea account login %s", key.Account, key.Account)}
	}
	return "", &SecretError{Err: err, Text: err.Error()}
}

// Vault is the file of encrypted secrets beside the configuration.
func (c *Config) Vault() *vault.Vault { return c.lock.vault }

// NeedsPassphrase tells whether a secret of the accounts lies in the encrypted
// file, and only a person can unlock it.
func (c *Config) NeedsPassphrase() bool {
	if !c.lock.passphrase.Zero() || !c.lock.vault.Locked() {
		return false
	}
	for _, a := range c.Accounts {
		if a.IMAP.Password.Encrypted || a.SMTP.Password.Encrypted || a.OAuth2.Used() && a.OAuth2.Keep == keepEncrypted {
			return true
		}
	}
	return false
}

// UnlocksItself tells whether the configuration says where the passphrase of
// the encrypted secrets comes from.
func (c *Config) UnlocksItself() bool { return !c.lock.passphrase.Zero() }

// TakeTerminal tells that an interface has the terminal from now on: commands for
// secrets cannot ask there, for what is typed would be its keys.
func (c *Config) TakeTerminal() { c.lock.alone = true }

// KeepUnlocked takes over the encrypted secrets of a configuration that was read
// before from the same file, so that nobody is asked for the passphrase again.
func (c *Config) KeepUnlocked(before *Config) {
	if before.Path == c.Path {
		c.lock.vault = before.lock.vault
	}
}

// StoreEncrypted puts a secret into the encrypted file.
func (c *Config) StoreEncrypted(ctx context.Context, key Key, secret string) error {
	return c.lock.set(ctx, key, secret)
}

// DeleteEncrypted removes the secrets of an account from the encrypted file.
func (c *Config) DeleteEncrypted(ctx context.Context, account string) error {
	if !c.lock.vault.Exists() {
		return nil
	}
	if err := c.lock.open(ctx); err != nil {
		return err
	}
	return c.lock.vault.Delete(Key{account, "imap"}.user(), Key{account, "smtp"}.user(), Key{account, "oauth"}.user())
}
