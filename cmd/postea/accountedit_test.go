package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postea/internal/demo"
)

// Every flag of account edit does what its help says, or is refused.
func TestAccountEditFlags(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	file := func() string {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(sh.home, "config.toml"))
		if err != nil {
			t.Fatal(err)
		}
		home, _, _ := strings.Cut(string(data), `name = "work"`)
		return home
	}
	before := file()
	pin := "sha256:" + strings.Repeat("0a", 32)
	sh.ok("account", "edit", "home", "--alias", "a@postea.example", "--pin", pin, "--proxy", "socks5://127.0.0.1:9050", "--auth", "strong", "--username", "u", "--smtp-username", "v", "--imap-tls", "implicit")
	sh.ok("account", "edit", "home", "--alias", "", "--pin", "", "--proxy", "", "--auth", "", "--username", "", "--smtp-username", "", "--imap-tls", "")
	if after := file(); after != before {
		t.Errorf("an empty value does not take away:\n%s\nwas\n%s", after, before)
	}

	sh.ok("account", "edit", "home", "--pin", pin)
	if n := strings.Count(file(), pin); n != 2 {
		t.Errorf("%d of the two servers have the pin:\n%s", n, file())
	}
	sh.ok("account", "edit", "home", "--pin", "")

	for _, command := range []string{"pass | head", `pass "show`} {
		if r := sh.run("", "account", "edit", "home", "--password-command", command); r.code != exUsage || file() != before {
			t.Errorf("%s: %d %s", command, r.code, r.err)
		}
	}

	if r := sh.run("", "account", "edit", "home", "--color", "red", "--oauth2", "microsoft"); r.code != exConfig || !strings.Contains(r.err, "client_id") {
		t.Errorf("--oauth2 without --client-id: %d %s", r.code, r.err)
	}
	sh.ok("account", "edit", "home", "--oauth2", "microsoft", "--client-id", "ID", "--client-secret", "S")
	for _, want := range []string{`auth = "oauth2"`, `provider = "microsoft"`, `client_id = "ID"`, `client_secret = "S"`} {
		if !strings.Contains(file(), want) {
			t.Errorf("%s is not in\n%s", want, file())
		}
	}
	sh.ok("account", "edit", "home", "--client-secret", "")
	if strings.Contains(file(), "client_secret") {
		t.Errorf("the client secret stayed:\n%s", file())
	}
}

// An account that only sends has its user name, password and the like with SMTP.
func TestAccountEditOfOneThatSends(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	sh.ok("account", "add", "relay", "--address", "r@postea.example", "--smtp-host", "127.0.0.1", "--password-env", "R", "--no-test", "--no-lookup")
	sh.ok("account", "edit", "relay", "--username", "u", "--password-command", "pass show relay", "--ca-file", "/ca.pem", "--proxy", "http://127.0.0.1:1", "--auth", "strong", "--insecure")
	a := sh.objects("account", "show", "relay")[0]
	if smtp, ok := a["smtp"].(map[string]any); !ok || smtp["username"] != "u" || smtp["auth"] != "strong" || a["imap"] != nil {
		t.Errorf("%v", a)
	}
}

// account edit --password-encrypted asks for the password that it keeps.
func TestAccountEditKeepsPassword(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	phrase := secretVariable(t, "a phrase of its own")
	path := filepath.Join(sh.home, "config.toml")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append([]byte("[secrets]\npassphrase = { env = \""+phrase+"\" }\n"), data...), 0o600); err != nil {
		t.Fatal(err)
	}
	sh.okWith(sh.server.Users[0].Password+"\n", "account", "edit", "home", "--password-encrypted")
	sh.ok("sync", "--account", "home")
}

// config check tells of a file that is named and not there; everything else works.
func TestConfigCheckLooksForFiles(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	sh.ok("account", "edit", "home", "--signature-file", "/nowhere/sig")
	if r := sh.run("", "config", "check"); r.code != exConfig || !strings.Contains(r.err, ":2:1: signature_file: /nowhere/sig cannot be read") {
		t.Errorf("%d %s", r.code, r.err)
	}
	sh.ok("account", "list")
}

// Where a company forbids the sign-in by code, an account is added by the browser.
func TestAddByBrowser(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var out bytes.Buffer
	e := &env{stdin: strings.NewReader("open sesame\n"), stdout: &out, stderr: &out, now: time.Now}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // nobody signs in there
	run(ctx, e, []string{"postea", "--config", filepath.Join(dir, "config.toml"), "--data", dir, "account", "add", "ms", "--address", "ada@outlook.com",
		"--no-lookup", "--oauth2", "microsoft", "--client-id", "ID", "--browser"})
	if page := out.String(); !strings.Contains(page, "/authorize?") || !strings.Contains(page, "redirect_uri=http%3A%2F%2Flocalhost%3A") {
		t.Errorf("no page of the provider: %s", page)
	}
}
