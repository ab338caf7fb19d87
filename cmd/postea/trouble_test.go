package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/config/oauth"
	"postea/internal/demo"
)

// Who leaves postea running is told on standard error what keeps an account from
// being synced, once.
func TestWatchTellsTrouble(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	sh.ok("account", "edit", "home", "--password-env", secretVariable(t, "not the password"))
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	var out, errs strings.Builder
	e := &env{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, now: time.Now}
	if code := run(ctx, e, []string{"postea", "--config", filepath.Join(sh.home, "config.toml"), "--data", filepath.Join(sh.home, "data"), "sync", "--watch"}); code != exOK {
		t.Errorf("ended with %d", code)
	}
	if got := errs.String(); strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, "postea: home: ") || !strings.Contains(got, "refused the sign-in") {
		t.Errorf("it said %q", got)
	}
}

// A message that waits for the user is not forgotten: each sync says so, and what to do.
func TestSyncTellsWhatIsBlocked(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	word := sh.words[0]
	right := os.Getenv(word)
	if err := os.Setenv(word, "not the password"); err != nil {
		t.Fatal(err)
	}
	r := sh.run("x\n", "send", "--account", "home", "--to", sh.server.Users[1].Address, "--wait")
	if again := sh.run("", "outbox", "retry", "o1"); again.code != exNoPerm {
		t.Errorf("a try that failed as the first one did exits with %d: %s", again.code, again.err)
	}
	if err := os.Setenv(word, right); err != nil {
		t.Fatal(err)
	}
	if r.code != exNoPerm || !strings.Contains(r.err, "postea outbox flush") {
		t.Fatalf("%d %s", r.code, r.err)
	}
	if r := sh.run("", "sync"); r.code != exOK || !strings.Contains(r.err, "home: o1 waits for you: ") || !strings.Contains(r.err, "postea outbox flush") {
		t.Errorf("%d %s", r.code, r.err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	var out, errs strings.Builder
	e := &env{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, now: time.Now}
	run(ctx, e, []string{"postea", "--config", filepath.Join(sh.home, "config.toml"), "--data", filepath.Join(sh.home, "data"), "sync", "--watch"})
	if strings.Count(errs.String(), "o1 waits for you: ") != 1 {
		t.Errorf("--watch says %q", errs.String())
	}
	if r := sh.run("", "sync", "--account", "work"); r.err != "" {
		t.Errorf("of another account: %s", r.err)
	}
	sh.ok("outbox", "flush")
	if r := sh.run("", "sync"); r.err != "" {
		t.Errorf("after it has gone: %s", r.err)
	}
}

// --verbose tells of connections, rounds and attempts, and of no mail and no secret.
func TestVerbose(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	to := sh.server.Users[1].Address
	sh.okWith("the text\n", "--verbose", "send", "--to", to, "--subject", "Perihelion", "--wait")
	sh.ok("--verbose", "sync")
	log, err := os.ReadFile(filepath.Join(sh.home, "data", "postea.log"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`msg="signed in" account=home`, "msg=round account=work", "msg=attempt item=o1 outcome=accepted"} {
		if !strings.Contains(string(log), want) {
			t.Errorf("%s is not in\n%s", want, log)
		}
	}
	for _, never := range []string{sh.server.Users[0].Password, "Perihelion", "the text", to} {
		if strings.Contains(string(log), never) {
			t.Errorf("%s is in\n%s", never, log)
		}
	}
}

// A provider that gives no token at the moment is no refusal: a script tries later.
func TestNoTokenForNowIsTryLater(t *testing.T) {
	cfg, err := config.Parse(filepath.Join(t.TempDir(), "config.toml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := cfg.Vault().Unlock("open sesame"); err != nil {
		t.Fatal(err)
	}
	a, err := cfg.Complete(config.Account{
		Name: "work", Address: "ada@a.test", IMAP: config.Server{Host: "localhost", Auth: "oauth2"},
		OAuth2: config.OAuth2{ClientID: "x", TokenURL: "https://127.0.0.1:1/token", AuthURL: "https://127.0.0.1:1/auth", Keep: "encrypted"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.KeepToken(t.Context(), oauth.Token{Refresh: "r"}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.IMAP.Token.Resolve(t.Context(), config.Key{Account: "work", Service: "imap"}); codeOf(err) != exTempFail {
		t.Errorf("%d for %v", codeOf(err), err)
	}
}

// Of a command that is broken off by ctrl+c that is said once, and nothing of contexts.
func TestBrokenOff(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	ctx, end := context.WithCancel(t.Context())
	end()
	var errs bytes.Buffer
	e := &env{stdin: strings.NewReader(""), stdout: io.Discard, stderr: &errs, now: time.Now}
	code := run(ctx, e, []string{"postea", "--config", filepath.Join(sh.home, "config.toml"), "--data", filepath.Join(sh.home, "data"), "sync"})
	if code != exTempFail || errs.String() != "postea: it was broken off\n" {
		t.Errorf("exits with %d: %q", code, errs.String())
	}
}
