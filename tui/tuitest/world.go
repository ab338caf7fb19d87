package tuitest

import (
	"context"
	"errors"
	"sync"
	"time"

	"postea/internal/app"
)

// World is a source for the wizard whose world is what its fields say.
type World struct {
	Found     app.Discovery
	Unreached error // what Reach says of every server
	Rings     bool  // there is a keyring
	Locked    bool  // the keyring asks its user, who does nothing
	Vault     bool  // there is an encrypted file
	Good      string
	Page      app.OAuthStep // what Authorize shows
	Waits     bool          // Authorize does not end by itself
	Denied    error         // what ends it otherwise
	SaveFails error

	mu      sync.Mutex
	Saved   []app.NewAccount
	Clipped []string
}

// Find implements wizard.Source.
func (s *World) Find(_ context.Context, address string) app.Discovery {
	f := s.Found
	f.Address = address
	return f
}

// Reach implements wizard.Source.
func (s *World) Reach(context.Context, string, app.SetupServer) (time.Duration, error) {
	return 38 * time.Millisecond, s.Unreached
}

// Places implements wizard.Source.
func (s *World) Places(ctx context.Context) []app.SecretPlace {
	if s.Locked {
		<-ctx.Done()
		return nil
	}
	ring, file := app.SecretPlace{Keep: app.InKeyring}, app.SecretPlace{Keep: app.InEncrypted, New: !s.Vault}
	if s.Rings {
		return []app.SecretPlace{ring, file, {Keep: app.InCommand}}
	}
	ring.Why = "This machine has no keyring."
	return []app.SecretPlace{file, {Keep: app.InCommand}, ring}
}

// SuggestName implements wizard.Source.
func (s *World) SuggestName(string) string { return "example" }

// Unlock implements wizard.Source.
func (s *World) Unlock(passphrase string) error {
	if s.Vault && passphrase != s.Good {
		return errors.New("that is not the passphrase of the encrypted secrets")
	}
	return nil
}

// Authorize implements wizard.Source.
func (s *World) Authorize(ctx context.Context, n *app.NewAccount, show func(app.OAuthStep)) error {
	page := s.Page
	if n.OAuth.Browser {
		page.Code = ""
	}
	show(page)
	if !s.Waits {
		return s.Denied
	}
	<-ctx.Done()
	return ctx.Err()
}

// Try implements wizard.Source.
func (s *World) Try(_ context.Context, n *app.NewAccount) ([]app.Service, error) {
	out := []app.Service{{Name: "imap", Took: 120 * time.Millisecond}, {Name: "smtp", Took: 98 * time.Millisecond}}
	if n.OAuth == nil && n.Secret != s.Good {
		out[0].Err = errors.New("no")
		out[0].Text = "imap.example.org refused the sign-in of ada@example.org: Authentication failed; check user name and password"
	}
	return out, nil
}

// Save implements wizard.Source.
func (s *World) Save(_ context.Context, n app.NewAccount) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.SaveFails != nil {
		return s.SaveFails
	}
	s.Saved = append(s.Saved, n)
	return nil
}

// Clipboard implements wizard.Source.
func (s *World) Clipboard(_ context.Context, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Clipped = append(s.Clipped, text)
	return nil
}
