package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postea/internal/mail"
)

func TestIdentities(t *testing.T) {
	dir := t.TempDir()
	sign := filepath.Join(dir, "sign")
	if err := os.WriteFile(sign, []byte("from a file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Parse(filepath.Join(dir, "config.toml"), []byte(`
[compose]
format = "markdown"
answer = "below"
[[account]]
name = "work"
address = "ada@example.org"
real_name = "Ada"
aliases = ["a.lovelace@example.org"]
signature = "Ada"
[[account.identity]]
address = "A.Lovelace@example.org"
real_name = "A. Lovelace"
signature_file = "`+sign+`"
[[account.identity]]
address = "desk@example.org"
[account.imap]
host = "imap.example.org"
password = { env = "X" }
`))
	if err != nil {
		t.Fatal(err)
	}
	a := c.Accounts[0]
	want := "Ada <ada@example.org>, \"A. Lovelace\" <a.lovelace@example.org>, Ada <desk@example.org>"
	if got := mail.FormatAddresses(a.Identities()); got != want {
		t.Errorf("got %s", got)
	}
	for address, want := range map[string]string{"ada@example.org": "Ada", "a.lovelace@example.org": "from a file", "desk@example.org": "Ada"} {
		if got, err := a.SignatureOf(address); got != want || err != nil {
			t.Errorf("%s signs %q, %v", address, got, err)
		}
	}
	if !a.Own("DESK@example.org") || c.Compose.Format != "markdown" || c.Compose.Answer != "below" || c.Compose.Spelling != "auto" {
		t.Errorf("%+v", c.Compose)
	}
	if c.TemplateDir() != filepath.Join(dir, "templates") {
		t.Error(c.TemplateDir())
	}
}

func TestBadIdentities(t *testing.T) {
	_, err := Parse("x", []byte("[[account]]\nname = \"w\"\naddress = \"a@x.example\"\n[account.imap]\nhost = \"h\"\npassword = { env = \"X\" }\n[[account.identity]]\nreal_name = \"x\"\n[[account.identity]]\naddress = \"no\"\nsignature = \"a\"\nsignature_file = \"b\"\n"))
	for _, want := range []string{"account.identity.address: is missing", `"no": no @`, "keep one of them"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
}

func TestListsOfTheUser(t *testing.T) {
	account := "[[account]]\nname = \"w\"\naddress = \"a@x.example\"\n[account.imap]\nhost = \"h\"\npassword = { env = \"X\" }\n"
	c, err := Parse("x", []byte("[compose]\nsubscribed = [\"talk@lists.example\"]\nlists = [\"a@b.example\", \"c@d.example\"]\n"+account))
	if err != nil || len(c.Compose.Subscribed) != 1 || len(c.Compose.Lists) != 2 {
		t.Errorf("%+v, %v", c, err)
	}
	_, err = Parse("x", []byte("[compose]\nsubscribed = [\"talk at lists\"]\nlists = \"a@b.example\"\n"+account))
	for _, want := range []string{`2:15: subscribed: "talk at lists": no @`, "3:1: lists: must be a list"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
}
