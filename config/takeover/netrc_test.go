package takeover

import (
	"os"
	"path/filepath"
	"testing"
)

const sampleNetrc = `# passwords
machine ftp.example.org login ada password not-this
machine SMTP.example.org
	login ada
	password "two words \" and more"   # mine
machine smtp.example.org login bob password #hash
macdef init
	machine smtp.example.org login eve password macro

machine mail.example.net login ada@example.net account x password p\ q
machine nobody.example.net
default login anonymous password guest
`

func TestNetrc(t *testing.T) {
	list := parseNetrc(sampleNetrc)
	for _, c := range []struct{ host, user, want string }{
		{"smtp.example.org", "ada", `two words " and more`},
		{"smtp.example.org", "bob", "#hash"},
		{"smtp.example.org", "eve", ""},
		{"mail.example.net", "ada@example.net", "p q"},
		{"mail.example.net", "ADA@example.net", ""},
		{"nobody.example.net", "ada", ""},
		{"elsewhere.example", "anonymous", "guest"},
	} {
		if got := netrcPassword(list, c.host, c.user); got != c.want {
			t.Errorf("%s at %s has %q, want %q", c.user, c.host, got, c.want)
		}
	}
	for _, broken := range []string{"", "password", "machine", "login x", "machine a login", "default", `machine a password "open`, "macdef", "machine a macdef b\n\n", `machine a password \`} {
		parseNetrc(broken)
	}
}

// msmtp takes a password from ~/.netrc where its own file has none.
func TestMsmtpWithNetrc(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("USERPROFILE", dir)
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write(".netrc", sampleNetrc)
	const accounts = `account one
host smtp.example.org
from ada@example.org
auth on
tls on
user bob
account own
host smtp.example.org
from ada@example.org
auth on
user bob
password its-own
account command
host smtp.example.org
from ada@example.org
auth on
user bob
passwordeval gpg -d x
account nobody
host smtp.example.org
from ada@example.org
user bob
account unknown
host elsewhere.example
from ada@example.org
auth on
user ada
account other : command
host other.example
password another
`
	for _, name := range []string{".msmtprc", ".config/msmtp/config"} {
		found, err := Read(Msmtp, write(name, accounts))
		if err != nil || len(found) != 6 {
			t.Fatalf("%s: %d accounts, %v", name, len(found), err)
		}
		for i, want := range []string{"#hash", "its-own", "", "", "", "another"} {
			if got := found[i].Account.SMTP.Password; got.Value != want || (i == 2) != (len(got.Command) > 0) {
				t.Errorf("%s: %s has %q %q, want %q", name, found[i].Name, got.Value, got.Command, want)
			}
		}
	}
}

func FuzzNetrc(f *testing.F) {
	f.Add(sampleNetrc)
	f.Add("machine a login b password c")
	f.Add("default password \"\\")
	f.Fuzz(func(t *testing.T, text string) {
		for _, e := range parseNetrc(text) {
			if e.password != "" && netrcPassword([]netrcEntry{e}, e.machine, e.login) != e.password {
				t.Errorf("%+v is not found", e)
			}
		}
	})
}
