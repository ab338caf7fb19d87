package doctor

import (
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postea/config"
	"postea/config/oauth"
	"postea/config/oauth/oauthtest"
	"postea/internal/lab"
)

// Signing in by OAuth at Dovecot and Postfix, with a token that the servers
// refuse because it has ended too early, and at last with no permission left.
func TestOAuthAtRealServers(t *testing.T) {
	p := oauthtest.New(t)
	const who = "alice@example.test"
	s := lab.PostfixOAuth(t, p.TokenInfo(t, who))
	for _, auth := range []string{"oauth2", "xoauth2", "oauthbearer"} {
		t.Run(auth, func(t *testing.T) {
			acc := oauthAccount(t, s, p, auth, who)
			check := func(what, fails string) {
				t.Helper()
				for _, got := range Probe(t.Context(), acc) {
					if fails == "" && got.Err != nil || fails != "" && !strings.Contains(got.Text, fails) {
						t.Errorf("%s, %s: %v %q", what, got.Name, got.Err, got.Text)
					}
				}
			}
			check("with a good token", "")
			p.Expire() // as far as we know it is still good
			check("with a token that has ended early", "")
			if auth == "oauthbearer" {
				p.Expire()
				p.Revoke()
				check("revoked", "postea account login work")
			}
		})
	}
}

func oauthAccount(t *testing.T, s *lab.Server, p *oauthtest.Provider, auth, who string) config.Account {
	t.Helper()
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Parse(filepath.Join(dir, "config.toml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := cfg.Vault().Unlock("open sesame"); err != nil {
		t.Fatal(err)
	}
	app := p.App()
	acc, err := cfg.Complete(config.Account{
		Name: "work", Address: who,
		IMAP:   config.Server{Host: s.Host, Port: s.IMAPS, TLS: "implicit", CAFile: s.CAFile, Auth: auth},
		SMTP:   config.Server{Host: s.Host, Port: s.Submissions, TLS: "implicit", CAFile: s.CAFile, Auth: auth},
		OAuth2: config.OAuth2{ClientID: app.ClientID, AuthURL: app.AuthURL, TokenURL: app.TokenURL, DeviceURL: app.DeviceURL, Scopes: app.Scopes, Keep: "encrypted", CAFile: ca},
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := acc.OAuthClient(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	token, err := c.Device(t.Context(), func(oauth.Prompt) {})
	if err != nil {
		t.Fatal(err)
	}
	if err := acc.KeepToken(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	return acc
}
