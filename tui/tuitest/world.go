package tuitest

import (
	"context"
	"errors"
	"sync"
	"time"

	"postea/internal/app/doctor"
	"postea/internal/app/setup"
)

// World is a source for the wizard whose world is what its fields say.
type World struct {
	Found     setup.Discovery
	Unreached error // what Reach says of every server
	Rings     bool  // there is a keyring
	Locked    bool  // the keyring asks its user, who does nothing
	Vault     bool  // there is an encrypted file
	Good      string
	Page      setup.OAuthStep // what Authorize shows
	Waits     bool            // Authorize does not end by itself
	Denied    error           // what ends it otherwise
	SaveFails error

	mu      sync.Mutex
	Saved   []setup.NewAccount
	Clipped []string
}

// Find implements wizard.Source.
func (s *World) Find(_ context.Context, address string) setup.Discovery {
	f := s.Found
	f.Address = address
	return f
}

// Reach implements wizard.Source.
func (s *World) Reach(context.Context, string, setup.Server) (time.Duration, error) {
	return 38 * time.Millisecond, s.Unreached
}

// Places implements wizard.Source.
func (s *World) Places(ctx context.Context) []setup.SecretPlace {
	if s.Locked {
		<-ctx.Done()
		return nil
	}
	ring, file := setup.SecretPlace{Keep: setup.InKeyring}, setup.SecretPlace{Keep: setup.InEncrypted, New: !s.Vault}
	if s.Rings {
		return []setup.SecretPlace{ring, file, {Keep: setup.InCommand}}
	}
	ring.Why = "This machine has no keyring."
	return []setup.SecretPlace{file, {Keep: setup.InCommand}, ring}
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
func (s *World) Authorize(ctx context.Context, n *setup.NewAccount, show func(setup.OAuthStep)) error {
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
func (s *World) Try(_ context.Context, n *setup.NewAccount) ([]doctor.Service, error) {
	out := []doctor.Service{{Name: "imap", Took: 120 * time.Millisecond}, {Name: "smtp", Took: 98 * time.Millisecond}}
	if n.OAuth == nil && n.Secret != s.Good {
		out[0].Err = errors.New("no")
		out[0].Text = "imap.example.org refused the sign-in of ada@example.org: Authentication failed; check user name and password"
	}
	return out, nil
}

// Save implements wizard.Source.
func (s *World) Save(_ context.Context, n setup.NewAccount) error {
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
