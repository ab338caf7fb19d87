package config

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"postea/config/oauth"
	"postea/config/oauth/oauthtest"
	"postea/internal/filelock"
)

// withOAuth is a configuration whose account signs in at a provider in the process.
func withOAuth(t *testing.T, p *oauthtest.Provider, keep string, imap ...string) *Config {
	t.Helper()
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	app := p.App()
	text := fmt.Sprintf(`
[[account]]
name = "work"
address = "ada@example.org"
  [account.imap]
  host = "imap.example.org"
%s
  [account.smtp]
  host = "smtp.example.org"
  [account.oauth2]
  client_id = %q
  auth_url = %q
  token_url = %q
  device_url = %q
  scopes = ["mail"]
  keep = %q
  ca_file = %q
`, strings.Join(imap, "\n"), app.ClientID, app.AuthURL, app.TokenURL, app.DeviceURL, keep, ca)
	path := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTokens(t *testing.T) {
	keyring.MockInit()
	for _, keep := range []string{"keyring", "encrypted"} {
		t.Run(keep, func(t *testing.T) {
			p := oauthtest.New(t)
			cfg := withOAuth(t, p, keep)
			if keep == "encrypted" {
				if !cfg.NeedsPassphrase() {
					t.Error("nobody is asked for the passphrase")
				}
				if err := cfg.Vault().Unlock("open sesame"); err != nil {
					t.Fatal(err)
				}
			}
			a := cfg.Accounts[0]
			if a.IMAP.Auth != "oauth2" || a.SMTP.Auth != "oauth2" {
				t.Fatalf("signs in by %q and %q", a.IMAP.Auth, a.SMTP.Auth)
			}
			imap, smtp := Key{"work", "imap"}, Key{"work", "smtp"}
			_, err := a.IMAP.Token.Resolve(t.Context(), imap)
			mustSay(t, err, "postea account login work")
			keepToken(t, a, signedIn(t, a))
			one := mustToken(t, a.IMAP.Token, imap)
			if two := mustToken(t, a.SMTP.Token, smtp); two != one || !p.Good(one) {
				t.Errorf("IMAP has %q and SMTP %q", one, two)
			}

			// Before its end it is renewed, once for both.
			later := time.Now().Add(p.Lifetime - time.Minute)
			a.IMAP.Token.tokens.now = func() time.Time { return later }
			before := len(p.Requests())
			p.Lifetime = 3 * time.Hour
			next := mustToken(t, a.IMAP.Token, imap)
			if next == one || mustToken(t, a.SMTP.Token, smtp) != next || len(p.Requests()) != before+1 {
				t.Errorf("%q after %q, requests %v", next, one, p.Requests()[before:])
			}

			// One that a server refuses is replaced, and only once for both ends.
			p.Expire()
			another, err := a.SMTP.Token.Instead(t.Context(), smtp, next)
			if err != nil || !p.Good(another) {
				t.Fatalf("%q %v", another, err)
			}
			if same, err := a.IMAP.Token.Instead(t.Context(), imap, next); err != nil || same != another {
				t.Errorf("%q %v: renewed twice", same, err)
			}

			p.SetDown(true)
			_, err = a.IMAP.Token.Instead(t.Context(), imap, another)
			var secret *SecretError
			if !errors.As(err, &secret) || !secret.Temporary() {
				t.Errorf("a provider that is down: %v", err)
			}
			p.SetDown(false)
			p.Revoke()
			_, err = a.IMAP.Token.Instead(t.Context(), imap, another)
			mustSay(t, err, "no longer lets postea in", "postea account login work")
			if errors.As(err, &secret) && secret.Temporary() {
				t.Error("revoked is tried again")
			}
			for _, s := range []string{"access-", "refresh-"} {
				data, _ := os.ReadFile(cfg.Path)
				if strings.Contains(string(data), s) {
					t.Errorf("a token is in %s", cfg.Path)
				}
			}
		})
	}
}

// Neither the sign-in nor a renewal tells the provider from where it comes.
func TestTokensThroughTheProxy(t *testing.T) {
	keyring.MockInit()
	p := oauthtest.New(t)
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method)
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(proxy.Close)
	keepToken(t, withOAuth(t, p, "keyring").Accounts[0], signedIn(t, withOAuth(t, p, "keyring").Accounts[0]))
	a := withOAuth(t, p, "keyring", fmt.Sprintf("proxy = %q", proxy.URL)).Accounts[0]
	before := len(p.Requests())
	a.IMAP.Token.tokens.now = func() time.Time { return time.Now().Add(p.Lifetime) }
	_, renewed := a.IMAP.Token.Resolve(t.Context(), Key{"work", "imap"})
	c, err := a.OAuthClient(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Device(t.Context(), func(oauth.Prompt) {})
	if renewed == nil || err == nil || len(p.Requests()) != before || !slices.Equal(asked, []string{"CONNECT", "CONNECT"}) {
		t.Errorf("the proxy was asked %v, the provider %d times; %v, %v", asked, len(p.Requests())-before, renewed, err)
	}
}

func signedIn(t *testing.T, a Account) oauth.Token {
	t.Helper()
	c, err := a.OAuthClient(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	token, err := c.Device(t.Context(), func(oauth.Prompt) {})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func keepToken(t *testing.T, a Account, token oauth.Token) {
	t.Helper()
	if err := a.KeepToken(t.Context(), token); err != nil {
		t.Fatal(err)
	}
}

func mustToken(t *testing.T, s Secret, k Key) string {
	t.Helper()
	got, err := s.Resolve(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func mustSay(t *testing.T, err error, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(fmt.Sprint(err), w) {
			t.Errorf("%v: does not say %q", err, w)
		}
	}
}

func TestOAuth2Problems(t *testing.T) {
	account := func(s string) string {
		return "[[account]]\nname = \"a\"\naddress = \"a@b.example\"\n[account.imap]\nhost = \"h.example\"\n[account.oauth2]\n" + s
	}
	for text, want := range map[string]string{
		"provider = \"gogle\"\nclient_id = \"x\"\n":                         "is not one of google",
		"provider = \"google\"\n":                                           "client_id: is missing",
		"client_id = \"x\"\n":                                               "needs a provider, or token_url",
		"client_id = \"x\"\ntoken_url = \"http://id.example/token\"\n":      "must begin with https://",
		"provider = \"google\"\nclient_id = \"x\"\nkeep = \"somewhere\"\n":  "is not one of keyring, encrypted",
		"provider = \"google\"\nclient_id = \"x\"\nclient_secret = \"y\"\n": "",
	} {
		_, err := Parse("t", []byte(account(text)))
		if want == "" && err != nil || want != "" && !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// An account that is completed and written keeps its [account.oauth2].
func TestOAuth2RoundTrip(t *testing.T) {
	a, err := Complete(Account{Name: "g", Address: "a@gmail.com", IMAP: Server{Host: "imap.gmail.com"}, SMTP: Server{Host: "smtp.gmail.com"}, OAuth2: OAuth2{Provider: "google", ClientID: "id", Keep: "encrypted"}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "c.toml")
	if err := AddAccount(path, a); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Accounts[0]; got.OAuth2.Provider != "google" || got.OAuth2.ClientID != "id" || got.OAuth2.Keep != "encrypted" || got.IMAP.Auth != "oauth2" || got.SMTP.Token.Zero() {
		t.Errorf("%+v", got)
	}
}

// A renewed token that cannot be kept is used all the same, and kept as soon as
// that works again: the provider may take the old one no more.
func TestTokenThatCannotBeKept(t *testing.T) {
	keyring.MockInit()
	p := oauthtest.New(t)
	a := withOAuth(t, p, "encrypted").Accounts[0]
	tokens := a.IMAP.Token.tokens
	v := tokens.lock.vault
	if err := v.Unlock("open sesame"); err != nil {
		t.Fatal(err)
	}
	keepToken(t, a, signedIn(t, a))
	key := Key{"work", "imap"}
	one := mustToken(t, a.IMAP.Token, key)

	path, aside := v.Path(), v.Path()+".aside"
	if err := errors.Join(os.Rename(path, aside), os.Mkdir(path, 0o700)); err != nil { // nothing can be put in its place
		t.Fatal(err)
	}
	tokens.mu.Lock()
	next, err := tokens.renew(t.Context())
	tokens.mu.Unlock()
	if err != nil || next == one || !p.Good(next) || !tokens.unsaved {
		t.Fatalf("%q %v, unsaved: %v", next, err, tokens.unsaved)
	}
	if got := mustToken(t, a.SMTP.Token, Key{"work", "smtp"}); got != next {
		t.Errorf("%q is used, want %q", got, next)
	}
	if err := errors.Join(os.Remove(path), os.Rename(aside, path)); err != nil {
		t.Fatal(err)
	}
	mustToken(t, a.IMAP.Token, key)
	if kept, err := v.Get("work/oauth"); err != nil || !strings.Contains(kept, next) {
		t.Errorf("kept is %q, %v", kept, err)
	}
}

// The program ends while the provider has given a new token and ended the old one: it
// is kept, or nobody would be signed in the next time.
func TestTokenThatComesAtTheEnd(t *testing.T) {
	keyring.MockInit()
	for _, keep := range []string{"encrypted", "keyring"} {
		t.Run(keep, func(t *testing.T) {
			p := oauthtest.New(t)
			p.Rotate = true
			cfg := withOAuth(t, p, keep)
			a := cfg.Accounts[0]
			if err := cfg.Vault().Unlock("open sesame"); err != nil {
				t.Fatal(err)
			}
			keepToken(t, a, oauth.Token{Refresh: signedIn(t, a).Refresh})
			ctx, cancel := context.WithCancel(t.Context())
			p.Granting = cancel
			_, _ = a.IMAP.Token.Resolve(ctx, Key{"work", "imap"})
			p.Granting = nil
			next, err := Load(cfg.Path)
			if err != nil {
				t.Fatal(err)
			}
			if err := next.Vault().Unlock("open sesame"); err != nil {
				t.Fatal(err)
			}
			if got, err := next.Accounts[0].IMAP.Token.Resolve(t.Context(), Key{"work", "imap"}); err != nil || !p.Good(got) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

// Several processes that find the token old at once renew it once: a provider that
// rotates refresh tokens takes the second use of one for theft.
func TestTokenIsRenewedOnce(t *testing.T) {
	keyring.MockInit()
	keeps := []string{"encrypted", "keyring"}
	if testing.Short() {
		keeps = keeps[:1] // the keyring that stands for the system's is a bare map, which the race detector minds
	}
	for _, keep := range keeps {
		t.Run(keep, func(t *testing.T) {
			p := oauthtest.New(t)
			p.Rotate = true
			cfg := withOAuth(t, p, keep)
			unlock := func(c *Config) Account {
				t.Helper()
				if keep == "encrypted" {
					if err := c.Vault().Unlock("open sesame"); err != nil {
						t.Fatal(err)
					}
				}
				return c.Accounts[0]
			}
			a := unlock(cfg)
			keepToken(t, a, signedIn(t, a))

			// Each with what it has read by itself, as processes are.
			var others []Account
			for range 3 {
				other, err := Load(cfg.Path)
				if err != nil {
					t.Fatal(err)
				}
				others = append(others, unlock(other))
			}
			p.Delay = 100 * time.Millisecond
			all := func(what string, want int, get func(a Account) (string, error)) {
				t.Helper()
				before := len(p.Requests())
				got := make([]string, len(others))
				var group sync.WaitGroup
				for i, a := range others {
					group.Go(func() {
						var err error
						if got[i], err = get(a); err != nil || !p.Good(got[i]) {
							t.Errorf("%s: %q, %v", what, got[i], err)
						}
					})
				}
				group.Wait()
				slices.Sort(got)
				if n := len(p.Requests()) - before; n != want || len(slices.Compact(got)) != 1 {
					t.Errorf("%s: %d renewals, tokens %q", what, n, got)
				}
			}
			key := Key{"work", "imap"}
			later := time.Now().Add(p.Lifetime - time.Minute)
			for _, a := range others {
				a.IMAP.Token.tokens.now = func() time.Time { return later }
			}
			p.Lifetime = 3 * time.Hour
			all("old", 1, func(a Account) (string, error) { return a.IMAP.Token.Resolve(t.Context(), key) })
			refused := mustToken(t, others[0].IMAP.Token, key)
			p.Expire()
			all("refused", 1, func(a Account) (string, error) { return a.SMTP.Token.Instead(t.Context(), key, refused) })
		})
	}
}

// Who waits for another process gives up with its context.
func TestRenewalGivesUp(t *testing.T) {
	p := oauthtest.New(t)
	a := withOAuth(t, p, "keyring").Accounts[0]
	keyring.MockInit()
	if err := a.KeepToken(t.Context(), oauth.Token{Access: "old", Refresh: "r", Expiry: time.Now()}); err != nil {
		t.Fatal(err)
	}
	held, err := filelock.Open(a.IMAP.Token.tokens.lockPath())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if got, err := a.IMAP.Token.Resolve(ctx, Key{"work", "imap"}); !errors.Is(err, context.DeadlineExceeded) || len(p.Requests()) > 0 {
		t.Errorf("%q, %v", got, err)
	}
}
