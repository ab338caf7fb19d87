package tui_test

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/config/oauth"
	"postea/config/oauth/oauthtest"
	"postea/internal/app"
	"postea/internal/app/doctor"
	"postea/internal/app/setup"
	"postea/internal/demo"
	"postea/internal/lab"
	"postea/tui"
	"postea/tui/tuitest"
)

// spied is a person of whose session everything is kept: the data directory, the
// log with everything in it, the configuration, the arguments of its processes
// at the moment of a new message, and what was on the screen.
type spied struct {
	*person
	root    string
	screens strings.Builder
}

// spy opens postea over a configuration, with a log of everything.
func spy(t *testing.T, root string, cfg *config.Config) *spied {
	t.Helper()
	log, err := os.Create(filepath.Join(root, "postea.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	hook := filepath.Join(root, "hook")
	script := fmt.Sprintf(`#!/bin/sh
cd %s
cat >>event
{
	cat /proc/$PPID/cmdline
	for p in /proc/[0-9]*; do
		[ "$(sed 's/.*) [A-Z] \([0-9]*\) .*/\1/' $p/stat)" != $PPID ] || cat $p/cmdline
	done
} 2>/dev/null | tr '\0' ' ' >>arguments
echo "$@" >>arguments
`, root)
	if err := os.WriteFile(hook, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	cfg.Notify.Hook = []string{hook}
	s := &spied{person: &person{saves: root}, root: root}
	s.app, err = app.Open(t.Context(), app.Options{Config: cfg, Dir: filepath.Join(root, "data"), Hold: true,
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.app.Close() })
	s.app.Start(t.Context())
	s.Live = tuitest.NewLive(t, s.app, tui.Options{Rest: 50 * time.Millisecond}, 120, 50)
	return s
}

func (s *spied) look() { s.screens.WriteString(s.Screen()) }

// nowhere looks for secrets in everything that the session has left.
func (s *spied) nowhere(secrets map[string]string) {
	s.T.Helper()
	kept := map[string][]byte{"the screen": []byte(s.screens.String())}
	err := filepath.WalkDir(s.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		kept[path], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		s.T.Fatal(err)
	}
	if len(kept) < 6 || s.screens.Len() == 0 {
		s.T.Fatalf("only %d files were left by a whole session", len(kept))
	}
	for where, data := range kept {
		for what, secret := range secrets {
			for how, form := range map[string]string{"": secret, " in base64": base64.StdEncoding.EncodeToString([]byte(secret))} {
				if bytes.Contains(data, []byte(form)) {
					s.T.Errorf("%s%s is in %s", what, how, strings.TrimPrefix(where, s.root))
				}
			}
		}
	}
}

// The password and the passphrase of a session in the interface, with a refused
// sign-in and a failed message in it, are nowhere but where they were put.
func TestSecretsOfASession(t *testing.T) {
	server, err := demo.Start(t.Context(), demo.Options{Dir: emptyStore.Dir(t), Empty: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	const passphrase = "canary-passphrase-83172"
	root := t.TempDir()
	cfg, err := config.Parse(filepath.Join(root, "config.toml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	u, info := server.Users[0], server.Info()
	adding := setup.New(cfg, setup.Options{CAFile: info.CAFile})
	if err := adding.Save(t.Context(), setup.NewAccount{
		Name: "home", Address: u.Address, Keep: setup.InEncrypted, Secret: u.Password, Passphrase: passphrase,
		IMAP: setup.Server{Host: info.IMAP.Host, Port: info.IMAP.Port, TLS: "implicit", Username: u.Username},
		SMTP: setup.Server{Host: info.Submission.Host, Port: info.Submission.Port, TLS: "starttls", Username: u.Username},
	}); err != nil {
		t.Fatal(err)
	}
	again, err := config.Load(cfg.Path)
	if err != nil {
		t.Fatal(err)
	}
	again.KeepUnlocked(cfg)
	again.Accounts[0].Send.Hold = 0
	s := spy(t, root, again)
	s.See("synced")
	s.write("echo@postea.example", "Canary", "hello")
	s.See("Canary")
	s.Until("the answer is here", func(string) bool {
		_, err := os.Stat(filepath.Join(root, "arguments"))
		return err == nil
	})
	s.write("refused@postea.example", "Turned away", "hello")
	s.Press("g", "o")
	s.See("Turned away", "refused")
	s.look()
	s.Press("enter")
	s.See("MAIL FROM")
	s.look()
	server.IMAP.RefuseLogins(true)
	if found := doctor.Probe(t.Context(), again.Accounts[0]); found[0].Err == nil {
		t.Error("the sign-in was not refused")
	} else {
		s.screens.WriteString(found[0].Text)
	}
	s.app.Close()
	s.nowhere(map[string]string{
		"the password": u.Password, "the passphrase": passphrase, "the response to AUTH PLAIN": "\x00" + u.Username + "\x00" + u.Password,
	})
}

// The same for tokens of OAuth: renewed, refused and revoked on the way.
func TestTokensOfASession(t *testing.T) {
	p := oauthtest.New(t)
	p.Rotate = true
	const who = "alice@example.test"
	server := lab.PostfixOAuth(t, p.TokenInfo(t, who))
	root := t.TempDir()
	ca := filepath.Join(root, "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Parse(filepath.Join(root, "config.toml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	const passphrase = "canary-passphrase-57221"
	if err := cfg.Vault().Unlock(passphrase); err != nil {
		t.Fatal(err)
	}
	o := p.App()
	if err := config.AddAccount(cfg.Path, config.Account{
		Name: "work", Address: who,
		IMAP:   config.Server{Host: server.Host, Port: server.IMAPS, TLS: "implicit", CAFile: server.CAFile, Auth: "oauth2"},
		SMTP:   config.Server{Host: server.Host, Port: server.Submissions, TLS: "implicit", CAFile: server.CAFile, Auth: "oauth2"},
		OAuth2: config.OAuth2{ClientID: o.ClientID, AuthURL: o.AuthURL, TokenURL: o.TokenURL, DeviceURL: o.DeviceURL, Scopes: o.Scopes, Keep: "encrypted", CAFile: ca},
	}); err != nil {
		t.Fatal(err)
	}
	again, err := config.Load(cfg.Path)
	if err != nil {
		t.Fatal(err)
	}
	again.KeepUnlocked(cfg)
	acc := &again.Accounts[0]
	acc.Send.Hold = 0
	c, err := acc.OAuthClient(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	token, err := c.Device(t.Context(), func(oauth.Prompt) {})
	if err == nil {
		err = acc.KeepToken(t.Context(), token)
	}
	if err != nil {
		t.Fatal(err)
	}
	p.Expire() // the server refuses it, and it is renewed
	s := spy(t, root, again)
	s.See("synced")
	s.write(who, "Canary", "hello")
	s.Press("g", "o")
	s.See("Canary")
	s.Press("enter")
	s.See("AUTH")
	s.look()
	s.Until("the message is here", func(string) bool {
		_, err := os.Stat(filepath.Join(root, "arguments"))
		return err == nil
	})
	p.Expire()
	p.Revoke()
	found := doctor.Probe(t.Context(), *acc)
	if found[0].Err == nil {
		t.Error("a revoked permission lets in")
	}
	s.screens.WriteString(found[0].Text)
	s.app.Close()
	secrets := map[string]string{"the passphrase": passphrase, "the first token": token.Access, "the first refresh token": token.Refresh}
	for i := range 6 {
		secrets[fmt.Sprintf("token %d", i)] = fmt.Sprintf("access-%d", i)
		secrets[fmt.Sprintf("refresh token %d", i)] = fmt.Sprintf("refresh-%d", i)
	}
	s.nowhere(secrets)
}
