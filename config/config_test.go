package config

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/zalando/go-keyring"

	"postea/internal/dial"
	"postea/internal/mail"
)

const good = `# mine
[[account]]
name      = "work"
address   = "ada@example.org"
real_name = "Ada Lovelace"
  [account.imap]   # comment
  host = "imap.example.org"
  password = { command = "pass show 'mail/work place'" }
  [account.smtp]
  host = "smtp.example.org"
  port = 587
`

func TestDefaults(t *testing.T) {
	c, err := Parse("x", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	a := c.Accounts[0]
	if a.IMAP.Port != 993 || a.IMAP.TLS != "implicit" || a.IMAP.Username != "ada@example.org" || a.IMAP.Auth != "password" {
		t.Errorf("imap %+v", a.IMAP)
	}
	if a.SMTP.TLS != "starttls" || a.SMTP.Username != a.IMAP.Username || !slices.Equal(a.SMTP.Password.Command, []string{"pass", "show", "mail/work place"}) {
		t.Errorf("smtp %+v", a.SMTP)
	}
	if a.Send.Hold != 10*time.Second || len(a.Send.Retry) != 4 || a.Send.GiveUp != 48*time.Hour || a.Send.OnUnsure != "ask" {
		t.Errorf("send %+v", a.Send)
	}
	if !a.Own("Ada@Example.org") || !a.Own("ada+lists@example.org") || a.Own("bob@example.org") || a.Own("ada@example.com") {
		t.Error("own addresses are not recognised")
	}
}

func TestProblems(t *testing.T) {
	account := func(lines string) string {
		return "[[account]]\nname = \"a\"\naddress = \"a@b.c\"\n" + lines
	}
	smtp := "[account.smtp]\nhost = \"h\"\n"
	rule := func(lines string) string { return "[[rule]]\nname = \"r\"\n" + lines }
	for name, c := range map[string]struct {
		text string
		want []string // "line:column key: text", as far as given
	}{
		"syntax":           {"[[account]\n", []string{"1:"}},
		"defined twice":    {"[ui]\ntheme = \"dark\"\ntheme = \"light\"\n", []string{"3:1"}},
		"unknown keys":     {account("adress = 1\n" + smtp + "hst = 2\nport = 25\n"), []string{`4:1: account.adress: unknown key; did you mean "address"?`, `7:1: account.smtp.hst: unknown key; did you mean "host"?`}},
		"wrong types":      {account("aliases = \"x\"\n" + smtp + "port = \"465\"\n"), []string{"4:1: aliases: must be a list, not a string", "7:1: port: must be a whole number, not a string"}},
		"in a list":        {account("aliases = [\"x@y.z\", 7]\n" + smtp), []string{"4:21: aliases: must be a string, not a whole number"}},
		"missing":          {"[[account]]\n[account.imap]\n", []string{"1:3: account.name: is missing", "1:3: account.address: is missing", "2:10: account.imap.host: is missing", "2:10: account.imap.password: is missing"}},
		"no server":        {account(""), []string{"1:3: account: needs [account.imap]"}},
		"duplicate name":   {account(smtp) + account(smtp), []string{`7:1: account.name: "a" is also the name of the account in line 2`}},
		"bad name":         {strings.Replace(account(smtp), `"a"`, `"A b"`, 1), []string{`2:1: account.name: "A b"`}},
		"bad address":      {strings.Replace(account(smtp), "a@b.c", "a b", 1), []string{"3:1: account.address:"}},
		"bad port":         {account(smtp + "port = 70000\n"), []string{"6:1: port: 70000 is no port"}},
		"clear text":       {account("[account.smtp]\nhost = \"mail.example.org\"\ntls = \"none\"\n"), []string{"6:1: account.smtp.tls:"}},
		"no proxy":         {account(smtp + "proxy = \"ftp://user:geheim@x\"\n"), []string{"6:1: proxy: is no address of a proxy; write socks5://host:port or http://host:port"}},
		"half a proxy":     {account(smtp + "proxy = \"127.0.0.1:9050\"\n"), []string{"6:1: proxy: is no address of a proxy; write socks5://host:port or http://host:port"}},
		"bad tls":          {account(smtp + "tls = \"ssl\"\n"), []string{`6:1: tls: "ssl" is not one of implicit, starttls, none`}},
		"bad duration":     {account(smtp + "[account.send]\nhold = \"10\"\nretry = [\"1m\", \"x\"]\n"), []string{"7:1: hold: \"10\" is no duration", "8:16: retry: \"x\" is no duration"}},
		"one bracket":      {"[account]\nname = \"a\"\n", []string{"1:2: account: write [[account]]"}},
		"two sources":      {account(smtp + "password = { env = \"A\", keyring = true }\n"), []string{"6:1: password: must name one source"}},
		"shell":            {account(smtp + "password = { command = \"pass x | head\" }\n"), []string{"6:14: command: '|' means nothing without a shell"}},
		"shell of a hook":  {"[notify]\nhook = \"jq .event | logger\"\n", []string{"2:1: hook: '|' means nothing without a shell, and none is run; quote it, or write sh -c '…'"}},
		"variable":         {account(smtp + "password = { command = \"cat $HOME/x\" }\n"), []string{"6:14: command: '$' is not expanded"}},
		"both signatures":  {account("signature = \"x\"\nsignature_file = \"y\"\n" + smtp), []string{"5:1: account.signature_file: signature is set too"}},
		"oauth":            {account(smtp + "auth = \"oauth2\"\n"), []string{"6:1: account.smtp.token: is missing"}},
		"direct":           {account(smtp + "transport = \"direct\"\n"), []string{`5:1: account.smtp.host: means nothing with transport = "direct"`}},
		"no host":          {account("[account.smtp]\nhost = \"\"\n"), []string{"5:1: account.smtp.host: is empty"}},
		"host with port":   {account("[account.smtp]\nhost = \"mail.example.org:465\"\n"), []string{`5:1: account.smtp.host: "mail.example.org:465" is no host name; write host = "mail.example.org" and port = 465`}},
		"own passphrase":   {"[secrets]\npassphrase = { encrypted = true }\n", []string{"2:1: secrets.passphrase: cannot lie in the file that it opens"}},
		"helo":             {account(smtp + "helo = \"a b\"\n"), []string{`6:1: account.smtp.helo: "a b" is no host name`}},
		"transport":        {account(smtp + "transport = \"pigeon\"\n"), []string{`6:1: transport: "pigeon" is not one of submission, direct`}},
		"role of INBOX":    {account(smtp + "[account.folders]\nsent = \"inbox\"\n"), []string{"7:1: account.folders.sent: INBOX is"}},
		"two roles":        {account(smtp + "[account.folders]\nsent = \"S\"\ntrash = \"S\"\n"), []string{`8:1: account.folders.trash: "S" is sent already`}},
		"no folder":        {account(smtp + "[account.folders]\nsent = \"/\"\n"), []string{`7:1: account.folders.sent: "/" is no name`}},
		"no colour":        {account("color = \"#ff0000\"\n" + smtp), []string{`4:1: color: "#ff0000" is not one of green, yellow`}},
		"no depth":         {account("depth = \"6m\"\n" + smtp), []string{`4:1: depth: "6m" is none of "all"`}},
		"no amount":        {account("bodies = \"some\"\n" + smtp), []string{`4:1: bodies: "some" is not one of recent, all, none`}},
		"unknown language": {"[compose]\nlanguage = \"tlh\"\n", []string{`2:1: language: "tlh" is not known; there are auto, cs, da`}},
		"placeholder":      {"[compose]\nattribution = \"{name} on {day}:\"\n", []string{"2:1: attribution: there is no {day}; there are {name}"}},
		"keys":             {"[keys]\nstar = 7\njunk = [\"x\", 7]\n", []string{"2:1: star: must be a list", "3:14: junk: must be a string"}},
		"rule in brackets": {"[rule]\nname = \"a\"\n", []string{"1:2: rule: write [[rule]]"}},
		"empty rule":       {"[[rule]]\n", []string{"1:3: rule.name: is missing", "1:3: rule.match: is missing", "1:3: rule: does nothing"}},
		"rule's search":    {rule("match = \"from:ada (\"\nread = true\n"), []string{"3:1: match: the bracket is not closed (at character 10 of the search)"}},
		"rule of nothing":  {rule("match = \" \"\nread = true\n"), []string{"3:1: match: asks for nothing"}},
		"idle rule":        {rule("match = \"ada\"\nread = false\n"), []string{"1:3: rule: does nothing"}},
		"rule's label":     {rule("match = \"ada\"\nlabel = [\"x\", \"$x\"]\n"), []string{"4:1: label: the name of a label cannot begin with $"}},
		"same rules":       {rule("match = \"ada\"\nread = true\n") + rule("match = \"bob\"\nread = true\n"), []string{`6:1: rule.name: "r" is also the name of the rule in line 2`}},
		"string for table": {"ui = \"x\"\n", []string{"1:1: ui: must be a table, not a string"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("f", []byte(c.text))
			var ps Problems
			if !errors.As(err, &ps) {
				t.Fatalf("no problems but %v", err)
			}
			if len(ps) != len(c.want) {
				t.Fatalf("got %d problems:\n%v", len(ps), ps)
			}
			for i, p := range ps {
				if !strings.HasPrefix(p.String(), "f:"+c.want[i]) {
					t.Errorf("got %s\nwant f:%s", p, c.want[i])
				}
			}
		})
	}
}

func TestExampleIsWholeAndTrue(t *testing.T) {
	if _, err := Parse("example", []byte(Example())); err != nil {
		t.Fatalf("the example as it is: %v\n%s", err, Example())
	}
	// Every commented-out key and table is one that is read.
	live := regexp.MustCompile(`(?m)^(\s*)# (\w+ = |\[)`).ReplaceAllString(Example(), "$1$2")
	live = regexp.MustCompile(`(?m)^\s*(signature_file|token|auth|pin|insecure|transport) = .*\n`).ReplaceAllString(live, "")
	if _, err := Parse("example", []byte(live)); err != nil {
		t.Fatalf("the example with everything set: %v\n%s", err, live)
	}
}

// The reference has every table, with what is in it.
func TestReferenceIsWhole(t *testing.T) {
	page := Reference()
	if !strings.Contains(page, "## `[[account.identity]]`") || strings.Contains(page, "``") {
		t.Error(page)
	}
}

// Mail that goes to the recipients' own servers needs no server of its own, and
// takes the proxy over from IMAP, but neither its authority nor the sign-in.
func TestDirectTransport(t *testing.T) {
	text := "[[account]]\nname = \"a\"\naddress = \"a@b.c\"\n[account.imap]\nhost = \"i.b.c\"\npassword = { env = \"X\" }\nproxy = \"socks5://127.0.0.1:9050\"\nca_file = \"ca.pem\"\n[account.smtp]\ntransport = \"direct\"\nhelo = \"mail.b.c\"\n"
	c, err := Parse("f", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := Server{Transport: Direct, Helo: "mail.b.c", Proxy: "socks5://127.0.0.1:9050"}
	if got := c.Accounts[0].SMTP; !reflect.DeepEqual(got, want) || !got.Used() || !got.Direct() {
		t.Errorf("got %+v", got)
	}
	again, err := Complete(c.Accounts[0])
	if err != nil || !reflect.DeepEqual(again.SMTP, want) {
		t.Errorf("written and read again: %+v, %v", again.SMTP, err)
	}
}

func TestAddEditRemoveKeepTheRest(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "sub", "config.toml")
	first := Account{Name: "one", Address: "a@b.c", SMTP: Server{Host: "127.0.0.1", Port: 2525, TLS: "none"}}
	must(t, AddAccount(path, first))
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
	must(t, os.WriteFile(path, []byte(good+"\n# before ui\n[ui]\ntheme = \"dark\" # dark\n"), 0o600))
	before := read(t, path)
	second := Account{Name: "two", Address: "q\"uote@b.c", RealName: "A \"B\" \\ C", IMAP: Server{Host: "i.b.c", Port: 143, TLS: "starttls",
		Username: "u", Password: Secret{Command: []string{"pass", "show", "x y"}}}, SMTP: Server{Host: "s.b.c", Username: "u", Password: Secret{Keyring: true}}}
	second.Address = "q@b.c"
	must(t, AddAccount(path, second))
	if err := AddAccount(path, second); err == nil || !strings.Contains(err.Error(), "names must differ") {
		t.Fatalf("a second one of that name: %v", err)
	}
	c, err := Load(path)
	must(t, err)
	if got := c.Accounts[1]; got.RealName != second.RealName || !got.SMTP.Password.Keyring || got.IMAP.Password.Command[2] != "x y" || got.SMTP.Port != 465 {
		t.Fatalf("%+v", got)
	}
	must(t, RemoveAccount(path, "two"))
	if got := read(t, path); strings.TrimRight(got, "\n") != strings.TrimRight(before, "\n") {
		t.Fatalf("adding and removing changed the file:\n%s", got)
	}
	must(t, EditAccount(path, "work", map[string]any{
		"imap.host": "new.example.org", "smtp.port": 465, "smtp.password": Secret{Env: "P"}, "real_name": nil, "send.hold": "5s", "aliases": []string{"x@y.z"},
	}))
	want := strings.NewReplacer(`"imap.example.org"`, `"new.example.org"`, "real_name = \"Ada Lovelace\"\n", "", "port = 587", "port = 465").Replace(before)
	got := read(t, path)
	for line := range strings.Lines(want) {
		if !strings.Contains(got, line) {
			t.Errorf("lost line %q in\n%s", line, got)
		}
	}
	if c, err = Load(path); err != nil {
		t.Fatal(err)
	}
	a := c.Accounts[0]
	if a.IMAP.Host != "new.example.org" || a.SMTP.Port != 465 || a.SMTP.Password.Env != "P" || a.RealName != "" || a.Send.Hold != 5*time.Second || len(a.Aliases) != 1 {
		t.Fatalf("%+v", a)
	}
	must(t, RemoveAccount(path, "work"))
	if got := read(t, path); strings.Contains(got, "account") || !strings.Contains(got, "# before ui\n[ui]\ntheme = \"dark\" # dark\n") {
		t.Fatalf("left:\n%s", got)
	}
	if err := RemoveAccount(path, "work"); !errors.Is(err, ErrNoAccount) {
		t.Fatal(err)
	}
}

func TestEditReplacesTablesAndLists(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.toml")
	must(t, os.WriteFile(path, []byte(good), 0o600))
	must(t, EditAccount(path, "work", map[string]any{"imap.password": Secret{Env: "X"}, "aliases": []string{"a@b.c", "d@e.f"}}))
	must(t, EditAccount(path, "work", map[string]any{"imap.password": Secret{Keyring: true}, "aliases": []string{"g@h.i"}}))
	c, err := Load(path)
	must(t, err)
	if a := c.Accounts[0]; !a.IMAP.Password.Keyring || !slices.Equal(a.Aliases, []string{"g@h.i"}) {
		t.Fatalf("%+v\n%s", a, read(t, path))
	}
}

// A table in braces keeps the keys that are not meant.
func TestEditInlineTables(t *testing.T) {
	const start = "[[account]]\nname = \"a\"\naddress = \"a@b.c\"\n" +
		"imap = { host = \"i.b.c\", auth = \"plain\", password = { env = \"X\" } } # here\nsmtp = { host = \"s.b.c\" }\nfolders = { sent = \"S\" }\n"
	for _, c := range []struct {
		set      map[string]any
		old, new string
	}{
		{map[string]any{"imap.port": 1993}, `{ host = "i`, `{ port = 1993, host = "i`},
		{map[string]any{"imap.auth": nil}, `auth = "plain", `, ``},
		{map[string]any{"imap.host": "x.b.c"}, `"i.b.c"`, `"x.b.c"`},
		{map[string]any{"imap.password": Secret{Env: "Y"}}, `"X"`, `"Y"`},
		{map[string]any{"imap.pin": nil}, ``, ``},
		{map[string]any{"imap.auth": "none", "imap.password": nil}, `"plain", password = { env = "X" } }`, `"none" }`},
		{map[string]any{"folders.sent": nil}, `{ sent = "S" }`, `{ }`},
		{map[string]any{"folders.sent": nil, "folders.trash": "T"}, `{ sent = "S" }`, `{ trash = "T" }`},
	} {
		path := filepath.Join(t.TempDir(), "c.toml")
		must(t, os.WriteFile(path, []byte(start), 0o600))
		must(t, EditAccount(path, "a", c.set))
		if got, want := read(t, path), strings.Replace(start, c.old, c.new, 1); got != want {
			t.Errorf("%v gives\n%s, not\n%s", c.set, got, want)
		}
	}
	path := filepath.Join(t.TempDir(), "c.toml")
	pieces := "[[account]]\nname = \"a\"\naddress = \"a@b.c\"\nimap.host = \"i.b.c\"\nimap.password.env = \"X\"\n"
	must(t, os.WriteFile(path, []byte(pieces), 0o600))
	if err := EditAccount(path, "a", map[string]any{"imap.password": Secret{Env: "Y"}}); err == nil || !strings.Contains(err.Error(), "change imap.password yourself") || read(t, path) != pieces {
		t.Errorf("%v\n%s", err, read(t, path))
	}
}

func TestEditIdentities(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.toml")
	const blocks = `
  # for the club
  [[account.identity]]
  address = "club@b.c" # mine
  real_name = "Club"

  [[account.identity]]
  address = "old@b.c"
`
	must(t, os.WriteFile(path, []byte(strings.TrimRight(good, "\n")+"\n"+blocks+"# before ui\n[ui]\ntheme = \"dark\""), 0o600))
	before := read(t, path)
	must(t, EditAccount(path, "work", map[string]any{"identity": []Identity{
		{Address: "Club@b.c", RealName: "Club"}, {Address: "new@b.c", SignatureFile: "~/s"},
	}, "folders.sent": "Sent Items", "color": "blue", "depth": "2y"}))
	c, err := Load(path)
	must(t, err)
	a := c.Accounts[0]
	if len(a.More) != 2 || a.More[0].RealName != "Club" || a.More[1].SignatureFile != "~/s" || a.Folders[mail.RoleSent] != "Sent Items" || a.Color != "blue" || a.Depth.Months != 24 || c.UI.Theme != "dark" {
		t.Fatalf("%+v\n%s", a, read(t, path))
	}
	must(t, EditAccount(path, "work", map[string]any{"identity": []Identity{
		{Address: "club@b.c", RealName: "Club"}, {Address: "new@b.c", RealName: "N"},
	}}))
	got := read(t, path)
	if strings.Contains(got, "old@") || strings.Contains(got, "~/s") || !strings.Contains(got, "real_name = \"N\"") || !strings.Contains(got, "# before ui\n[ui]\ntheme") {
		t.Errorf("%s", got)
	}
	must(t, EditAccount(path, "work", map[string]any{"identity": []Identity(nil), "folders.sent": nil, "color": nil, "depth": nil}))
	if got := read(t, path); strings.Contains(got, "identity") || !strings.Contains(got, "theme = \"dark\"") {
		t.Errorf("%s", got)
	}
	must(t, os.WriteFile(path, []byte(before), 0o600))
	must(t, EditAccount(path, "work", map[string]any{"identity": []Identity{{Address: "club@b.c", RealName: "Club"}}}))
	if got, want := read(t, path), strings.Replace(before, "\n  [[account.identity]]\n  address = \"old@b.c\"\n", "\n", 1); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestSecretsNeedAPrivateFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.toml")
	text := strings.Replace(good, `{ command = "pass show 'mail/work place'" }`, `"hunter2"`, 1)
	must(t, os.WriteFile(path, []byte(text), 0o644))
	_, err := Load(path)
	if err == nil || !strings.Contains(err.Error(), "chmod 600 "+path) || strings.Contains(err.Error(), "hunter2") {
		t.Fatalf("got %v", err)
	}
	must(t, os.Chmod(path, 0o600))
	if _, err := Load(path); err != nil {
		t.Fatal(err)
	}
	must(t, os.WriteFile(path, []byte(good), 0o600))
	must(t, os.Chmod(path, 0o644)) // no secret in it: fine
	if _, err := Load(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path + "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
}

func TestSecretSources(t *testing.T) {
	keyring.MockInit()
	key := Key{"work", "imap"}
	must(t, StoreKeyring(t.Context(), key, "from-keyring"))
	t.Setenv("POSTEA_TEST_SECRET", "from-env")
	for name, c := range map[string]struct {
		s         Secret
		want, err string
	}{
		"command":       {Secret{Command: []string{"printf", `first\r\nsecond\n`}}, "first", ""},
		"no newline":    {Secret{Command: []string{"printf", "only"}}, "only", ""},
		"fails":         {Secret{Command: []string{"sh", "-c", "echo locked >&2; exit 3"}}, "", "failed: locked"},
		"prints nought": {Secret{Command: []string{"true"}}, "", "printed nothing"},
		"has a child":   {Secret{Command: []string{"sh", "-c", "sleep 5 & echo pw"}}, "pw", ""}, // as one that starts an agent
		"fails at last": {Secret{Command: []string{"sh", "-c", "printf 'gpg: encrypted with a key\\n  of Ada\\ngpg: no secret key\\n\\n' >&2; exit 2"}}, "", "failed: gpg: no secret key"},
		"says nothing":  {Secret{Command: []string{"false"}}, "", "failed: it ended with code 1"},
		"not there":     {Secret{Command: []string{"/no/such/program"}}, "", "failed: no such file or directory"},
		"not found":     {Secret{Command: []string{"no-such-program"}}, "", "failed: there is no such program in the PATH"},
		"environment":   {Secret{Env: "POSTEA_TEST_SECRET"}, "from-env", ""},
		"unset":         {Secret{Env: "POSTEA_TEST_UNSET"}, "", "$POSTEA_TEST_UNSET, which is not set"},
		"keyring":       {Secret{Keyring: true}, "from-keyring", ""},
		"value":         {Secret{Value: "v"}, "v", ""},
		"none":          {Secret{}, "", "no password is configured"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.s.Resolve(t.Context(), key)
			var se *SecretError
			if got != c.want || (c.err == "") != (err == nil) || err != nil && (!errors.As(err, &se) || !strings.Contains(err.Error(), c.err)) {
				t.Fatalf("got %q, %v", got, err)
			}
		})
	}
	if _, err := (Secret{Command: []string{"false"}}).Resolve(t.Context(), passphraseKey); err == nil || !strings.HasPrefix(err.Error(), "the passphrase command of [secrets] (false) failed") {
		t.Error(err)
	}
	if v, err := (Secret{Keyring: true}).Resolve(t.Context(), Key{"work", "smtp"}); err != nil || v != "from-keyring" {
		t.Fatalf("SMTP does not use the account's secret: %q %v", v, err)
	}
	must(t, DeleteKeyring(t.Context(), "work"))
	if _, err := (Secret{Keyring: true}).Resolve(t.Context(), key); err == nil || !strings.Contains(err.Error(), "postea account edit work") {
		t.Fatal(err)
	}
}

// A command that still says what the server has refused is no other token.
func TestInsteadOfARefusedToken(t *testing.T) {
	s, key := Secret{Command: []string{"printf", "fresh"}}, Key{"work", "imap"}
	if next, err := s.Instead(t.Context(), key, "stale"); next != "fresh" || err != nil {
		t.Errorf("%q %v", next, err)
	}
	for _, s := range []Secret{s, {Value: "fresh"}} {
		var secret *SecretError
		if next, err := s.Instead(t.Context(), key, "fresh"); next != "" || !errors.As(err, &secret) {
			t.Errorf("%q %v", next, err)
		}
	}
}

// Where the session ends while the keyring asks its user, the library has no answer to
// look at, and panics.
func TestKeyringThatGoesAway(t *testing.T) {
	_, err := withKeyring(t.Context(), func() (string, error) {
		var completed *struct{ name string }
		return completed.name, nil
	})
	if err == nil {
		t.Error("an answer")
	}
}

func TestKeyringThatStaysLocked(t *testing.T) {
	keyring.MockInitWithError(errors.New("failed to unlock correct collection '/org/freedesktop/secrets/aliases/default'"))
	defer keyring.MockInit()
	_, err := Secret{Keyring: true}.Resolve(t.Context(), Key{"work", "imap"})
	if err == nil || !strings.HasSuffix(err.Error(), "it is locked; unlock it") {
		t.Error(err)
	}
}

func TestCommandEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (Secret{Command: []string{"sleep", "60"}}).Resolve(ctx, Key{"a", "imap"}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func TestSplitCommand(t *testing.T) {
	for in, want := range map[string][]string{
		`pass show mail/work`:      {"pass", "show", "mail/work"},
		`a 'b c' "d e" f\ g`:       {"a", "b c", "d e", "f g"},
		`a "x\"y\\z" 'x\y'`:        {"a", `x"y\z`, `x\y`},
		`op read op://vault/a#b`:   {"op", "read", "op://vault/a#b"},
		"a  \t b ''":               {"a", "b", ""},
		`gpg -d "~/x.gpg"`:         {"gpg", "-d", "~/x.gpg"},
		`cmd --opt={a}`:            {"cmd", "--opt={a}"},
		`cmd a[1] b~ c#d`:          {"cmd", "a[1]", "b~", "c#d"},
		`x 'it is $5; a|b > c * '`: {"x", "it is $5; a|b > c * "},
	} {
		got, err := SplitCommand(in)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q %v", in, got, err)
		}
	}
	for _, in := range []string{"", "a 'b", `a "b`, "a | b", "a > f", "a $X", "a `b`", `a "$X"`, "a *", "a && b", "a; b", "a [b]", "a ~/b", "a #b"} {
		if got, err := SplitCommand(in); err == nil {
			t.Errorf("%s: taken as %q", in, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Add(Example())
	f.Add("account = [{name=1}]")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := Parse("f", []byte(text)); err != nil {
			return
		}
		added := appendBlock([]byte(text), accountText(Account{Name: "zz-fuzz", Address: "a@b.c", SMTP: Server{Host: "h.example"}}))
		if _, err := Parse("f", added); err != nil {
			return // the file defines account in another way, or has that name
		}
		rest, _, err := cutBlock("f", added, "account", "zz-fuzz")
		must(t, err)
		if got := string(rest); strings.TrimRight(got, "\n") != strings.TrimRight(text, "\n") {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	return string(b)
}

// Whatever a profile says about a connection reaches the one who makes it.
func TestDialTakesTheWholeProfile(t *testing.T) {
	s := Server{Host: "h", Port: 25, TLS: "starttls", CAFile: "ca.pem", Pin: "sha256:00", Proxy: "socks5://p", Insecure: true}
	want := dial.Config{Host: "h", Port: 25, TLS: dial.ModeStartTLS, CAFile: "ca.pem", Pin: "sha256:00", Proxy: "socks5://p", Insecure: true}
	if got := s.Dial(); got != want {
		t.Errorf("%+v", got)
	}
}

func TestCompleteKeepsTheServerOfResults(t *testing.T) {
	a, err := Complete(Account{Name: "a", Address: "a@x.example", AuthServID: "mx.x.example", IMAP: Server{Host: "imap.x.example", Password: Secret{Value: "x"}}})
	if err != nil || a.AuthServID != "mx.x.example" {
		t.Errorf("%q, %v", a.AuthServID, err)
	}
}

// What is written is what is read.
func TestAccountTextIsWhole(t *testing.T) {
	a := Account{
		Name: "a", Address: "a@x.example", Color: "violet", Bodies: "none", Depth: Depth{Months: 18}, Drafts: "local", Folders: map[mail.Role]string{mail.RoleSent: "Sent Items", mail.RoleTrash: "Bin"},
		More: []Identity{{Address: "b@x.example", RealName: "B", Signature: "b\n\"b\""}, {Address: "c@x.example", SignatureFile: "~/c"}},
		IMAP: Server{Host: "imap.x.example", Password: Secret{Keyring: true}},
	}
	got, err := Complete(a)
	if err != nil || !maps.Equal(got.Folders, a.Folders) || !slices.Equal(got.More, a.More) || got.Color != a.Color || got.Bodies != a.Bodies || got.Depth != a.Depth || got.Drafts != a.Drafts {
		t.Errorf("%v\n%+v", err, got)
	}
}

// What is wrong with a source of a password is said once, and not again as a
// password that is missing.
func TestBadPasswordIsNotMissing(t *testing.T) {
	for _, password := range []string{`{ command = "pass x | head" }`, `{ command = [] }`, `{ env = 7 }`, `7`} {
		for _, auth := range []string{"", "auth = \"password\"\n"} {
			_, err := Parse("f", []byte("[[account]]\nname = \"a\"\naddress = \"a@b.c\"\n[account.imap]\nhost = \"h\"\n"+auth+"password = "+password+"\n[account.smtp]\nhost = \"h\"\n"))
			var ps Problems
			if !errors.As(err, &ps) || len(ps) != 1 || strings.Contains(ps[0].Text, "missing") {
				t.Errorf("%s: %v", password, err)
			}
		}
	}
}

func TestLanguagesOfLocales(t *testing.T) {
	for _, l := range []string{"", "auto", "de", "pt_BR.UTF-8", "no", "EN"} {
		if _, err := Parse("f", []byte("[compose]\nlanguage = \""+l+"\"\n")); err != nil {
			t.Errorf("%q: %v", l, err)
		}
	}
}

// What could be read is there beside the problems, so that others can go on.
func TestExamine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte("[ui]\nrows = 7\ntheme = \"see\"\n[keys]\njunk = \"ctrl+\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Examine(path)
	var ps Problems
	if !errors.As(err, &ps) || len(ps) != 1 || c == nil || c.UI.Theme != "see" || len(c.Keys["junk"]) != 1 {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := Load(path); c != nil || err == nil {
		t.Errorf("Load gives %+v, %v", c, err)
	}
}

// Editors on Windows put a mark in front of a file. It is read past, places in the file
// are what they are without it, and it is gone once the file is written anew.
func TestMarkOfUTF8(t *testing.T) {
	const mark = "\ufeff"
	path := filepath.Join(t.TempDir(), "config.toml")
	must(t, os.WriteFile(path, []byte(mark+strings.ReplaceAll(good, "\n", "\r\n")), 0o600))
	c, err := Load(path)
	if err != nil || c.Accounts[0].Name != "work" {
		t.Fatalf("%+v, %v", c, err)
	}
	must(t, EditAccount(path, "work", map[string]any{"imap.host": "new.example.org"}))
	must(t, SetUI(path, "theme", "dark"))
	if c, err = Load(path); err != nil || c.Accounts[0].IMAP.Host != "new.example.org" || c.UI.Theme != "dark" || strings.Contains(read(t, path), mark) {
		t.Errorf("%v: %q", err, read(t, path))
	}
	if _, err := Parse("x", []byte(mark+"nonsense = 1\n")); err == nil || !strings.HasPrefix(err.Error(), "x:1:1: nonsense: unknown key") {
		t.Errorf("%v", err)
	}
	if theme, wrong := parseTheme("sea", "sea.toml", []byte(mark+"accent = \"#123456\"\n")); len(wrong) > 0 || len(theme.Values) != 1 || theme.Values[0].Column != 1 {
		t.Errorf("%+v, %v", theme, wrong)
	}
}

// A file in UTF-16 is told to be one, and stays as it is.
func TestUTF16(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, mark := range []string{"\ufeff", ""} {
			var wide []byte
			for _, u := range utf16.Encode([]rune(mark + good)) {
				wide = order.AppendUint16(wide, u)
			}
			must(t, os.WriteFile(path, wide, 0o600))
			_, err := Load(path)
			edit := AddAccount(path, Account{Name: "two", Address: "a@b.c", SMTP: Server{Host: "127.0.0.1", Port: 2525, TLS: "none"}})
			for _, err := range []error{err, edit} {
				if err == nil || !strings.Contains(err.Error(), "UTF-16") {
					t.Errorf("%v %q: %v", order, mark, err)
				}
			}
			if read(t, path) != string(wide) {
				t.Error("it was changed")
			}
		}
	}
}

func TestMarkRead(t *testing.T) {
	for in, want := range map[string]Reading{"0s": {}, "10s": {MarkRead: 10 * time.Second}, "never": {MarkRead: 2 * time.Second, KeepUnread: true}} {
		c, err := Parse("c.toml", []byte("[reading]\nmark_read = \""+in+"\"\n"))
		if err != nil || c.Reading.MarkRead != want.MarkRead || c.Reading.KeepUnread != want.KeepUnread {
			t.Errorf("%s: %+v %v", in, c.Reading, err)
		}
	}
	if _, err := Parse("c.toml", []byte("[reading]\nmark_read = \"sometimes\"\n")); err == nil {
		t.Error("sometimes is a duration")
	}
}
