package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const oneAccount = `[[account]]
name = "a"
address = "a@x.example"
%s
[account.imap]
host = "x.example"
password = { env = "P" }
%s
`

// What can be seen to be wrong with a sign-in or a pin is told when the file is read.
func TestPinAndSignIn(t *testing.T) {
	good := []string{`pin = "sha256:` + strings.Repeat("0a", 32) + `"`, `pin = ""`, `auth = "password"`, `auth = "Strong"`, `auth = "plain"`, `auth = "SCRAM-SHA-256-PLUS"`, `auth = "none"`, `auth = "EXTERNAL"`}
	bad := []string{`pin = "abc"`, `pin = "sha256:00"`, `pin = "sha1:` + strings.Repeat("0a", 32) + `"`, `auth = "foo"`, `auth = "scram"`}
	for want, list := range map[bool][]string{true: good, false: bad} {
		for _, line := range list {
			text := strings.Replace(strings.Replace(oneAccount, "%s", "", 1), "%s", line, 1)
			if _, err := Parse("c.toml", []byte(text)); (err == nil) != want {
				t.Errorf("%s: %v", line, err)
			} else if err != nil && !strings.HasPrefix(err.Error(), "c.toml:8:1: ") {
				t.Errorf("%s: the place is wrong: %v", line, err)
			}
		}
	}
}

// Files that are named and cannot be read are told on being asked, and load all the same.
func TestUnreadable(t *testing.T) {
	dir := t.TempDir()
	there, gone := filepath.Join(dir, "there"), filepath.Join(dir, "gone")
	if err := os.WriteFile(there, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(strings.Replace(oneAccount, "%s", `signature_file = "`+gone+`"`, 1), "%s", `ca_file = "`+there+`"`, 1)
	c, err := Parse("c.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Unreadable(); len(got) != 1 || got[0].Line != 4 || got[0].Key != "signature_file" || !strings.Contains(got[0].Text, gone) {
		t.Errorf("%v", got)
	}

	text = "[contacts]\nfiles = [\"" + there + "\",\n  \"" + gone + "\"]\n" +
		strings.ReplaceAll(oneAccount, "%s", "") + "[[account.identity]]\naddress = \"b@x.example\"\nsignature_file = \"" + gone + "\"\n"
	if c, err = Parse("c.toml", []byte(text)); err != nil {
		t.Fatal(err)
	}
	if got := c.Unreadable(); len(got) != 2 || got[0].Line != 3 || got[0].Key != "files" || got[1].Key != "signature_file" {
		t.Errorf("%v", got)
	}
}
