package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postea/internal/demo"
)

// Accounts of mutt, msmtp and Thunderbird come into the configuration, and sign
// in; passwords that stood in files are where only the passphrase opens them.
func TestAccountImport(t *testing.T) {
	sh := newShell(t, demo.Options{Empty: true})
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("IMPORT_PASSPHRASE", "correct horse")
	info, user := sh.server.Info(), sh.server.Users[0]
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(home, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sh.home = t.TempDir() // without an account
	config := filepath.Join(sh.home, "config.toml")
	if err := os.WriteFile(config, []byte("[secrets]\npassphrase = { env = \"IMPORT_PASSPHRASE\" }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := sh.run("", "account", "import"); r.code != exNoInput || !strings.Contains(r.err, "aerc, himalaya, mutt, thunderbird, mbsync, msmtp") {
		t.Fatalf("nothing to import: %+v", r)
	}
	if r := sh.run("", "account", "import", "pine"); r.code != exUsage {
		t.Fatalf("%+v", r)
	}
	if r := sh.run("", "account", "import", "aerc", filepath.Join(home, "none")); r.code != exNoInput {
		t.Fatalf("%+v", r)
	}

	write(".muttrc", fmt.Sprintf("set from='Ada <%s>' folder=imaps://%s:%d/ imap_user=%s\nset imap_pass=%q ssl_ca_certificates_file=%s sendmail=\"msmtp -a demo\" record==Sent\\ Items\n",
		user.Address, info.IMAP.Host, info.IMAP.Port, user.Username, user.Password, info.CAFile))
	write(".msmtprc", fmt.Sprintf("account demo\nhost %s\nport %d\nfrom %s\nauth on\ntls on\nuser %s\npassword %s\ntls_trust_file %s\n",
		info.Submission.Host, info.Submission.Port, user.Address, user.Username, user.Password, info.CAFile))
	write(".thunderbird/profiles.ini", "[Profile0]\nPath=p\nIsRelative=1\n")
	write(".thunderbird/p/prefs.js", strings.Join([]string{
		`user_pref("mail.accountmanager.accounts", "account1,account2");`,
		`user_pref("mail.account.account1.server", "server1");`, `user_pref("mail.account.account1.identities", "id1");`,
		`user_pref("mail.server.server1.type", "imap");`, `user_pref("mail.server.server1.hostname", "imap.gmail.com");`, `user_pref("mail.server.server1.socketType", 3);`,
		`user_pref("mail.server.server1.authMethod", 10);`, `user_pref("mail.server.server1.userName", "g@gmail.example");`, `user_pref("mail.identity.id1.useremail", "g@gmail.example");`,
		`user_pref("mail.account.account2.server", "server2");`, `user_pref("mail.server.server2.type", "imap");`, `user_pref("mail.server.server2.name", "My Büro");`,
		`user_pref("mail.server.server2.hostname", "imap.example.org");`, `user_pref("mail.server.server2.socketType", 3);`, `user_pref("mail.server.server2.userName", "w@example.org");`,
	}, "\n"))

	before, _ := os.ReadFile(config)
	for _, args := range [][]string{{}, {"--json"}} {
		r := sh.run("", append([]string{"account", "import", "--dry-run", "--keep", "encrypted"}, args...)...)
		if after, _ := os.ReadFile(config); r.code != exOK || string(after) != string(before) {
			t.Fatalf("a dry run exits with %d and leaves\n%s", r.code, after)
		}
	}

	r := sh.run("", "account", "import", "--keep", "encrypted", "--client-id", "own-id")
	if r.code != exOK {
		t.Fatalf("%+v", r)
	}
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := os.ReadFile(filepath.Join(sh.home, "secrets.age"))
	if err != nil {
		t.Fatal(err)
	}
	for what, s := range map[string]string{"output": r.out + r.err, "configuration": string(text), "sealed file": string(sealed)} {
		if strings.Contains(s, user.Password) {
			t.Errorf("the %s shows the password", what)
		}
	}
	for _, want := range []string{"postea account login", "goes into the encrypted file", "OAuth, to be signed in", "has this address, and stays as it is"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("%q is not told:\n%s", want, r.out)
		}
	}
	accounts := sh.objects("account", "list")
	if len(accounts) != 3 || accounts[2]["name"] != "my-buro" || accounts[1]["name"] != "gmail" && accounts[1]["name"] != "gmail2" {
		t.Fatalf("%v", accounts)
	}
	first := accounts[0]["name"].(string)
	if out := sh.ok("account", "test", first, "--json"); strings.Count(out, `"ok":true`) < 2 {
		t.Errorf("%s", out)
	}
	for _, want := range []string{`sent = "Sent Items"`, `provider = "google"`, `client_id = "own-id"`, `keep = "encrypted"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}

	// A second time nothing changes.
	for _, o := range sh.objects("account", "import", "--keep", "encrypted", "--client-id", "own-id") {
		if o["state"] != "present" {
			t.Errorf("again: %v", o)
		}
	}
	if again, _ := os.ReadFile(config); string(again) != string(text) {
		t.Errorf("changed:\n%s", again)
	}
}
