package takeover

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadHimalaya(t *testing.T) {
	got := readAs(t, Himalaya, "config.toml", `
display-name = "Ada Lovelace"
signature = "Ada"
[accounts.two]
email = "ada@two.example"
imap.server = "imap.two.example"
imap.sasl.plain.username = "ada"
imap.sasl.plain.password.command = ["pass", "show", "two"]
smtp.server = "smtp://smtp.two.example:587"
smtp.starttls = true
smtp.sasl.xoauth2.username = "ada"
smtp.sasl.xoauth2.token.command = "oama access ada"
mailbox.alias.sent = "Sent Items"
[accounts.one]
default = true
email = "ada@one.example"
display-name = "Countess"
signature = "~/.signature"
backend.type = "imap"
backend.host = "imap.one.example"
backend.port = 993
backend.encryption.type = "tls"
backend.login = "ada@one.example"
backend.auth.type = "password"
backend.auth.cmd = "pass show one"
message.send.backend.type = "smtp"
message.send.backend.host = "smtp.one.example"
message.send.backend.port = 587
message.send.backend.encryption = "start-tls"
message.send.backend.login = "ada@one.example"
message.send.backend.auth.type = "oauth2"
folder.aliases.drafts = "INBOX.Drafts"
[accounts.mail]
email = "ada@mail.example"
backend.type = "maildir"
message.send.backend.type = "smtp"
message.send.backend.host = "smtp.mail.example"
message.send.backend.port = 465
message.send.backend.login = "ada@mail.example"
message.send.backend.auth.raw = "secret"
`)
	want := `one | Countess <ada@one.example>
  imap imap.one.example:993 implicit as ada@one.example password:["pass" "show" "one"]
  smtp smtp.one.example:587 starttls as ada@one.example oauth2
  oauth
  signature "" ~/.signature
  drafts is INBOX.Drafts
two | Ada Lovelace <ada@two.example>
  imap imap.two.example:0 implicit as ada password:["pass" "show" "two"]
  smtp smtp.two.example:587 starttls as ada oauth2 token:["oama" "access" "ada"]
  signature "Ada" 
  sent is Sent Items
mail | Ada Lovelace <ada@mail.example>
  smtp smtp.mail.example:465 implicit as ada@mail.example password="secret"
  signature "Ada" 
  not: the backend maildir
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	got = readAs(t, Himalaya, "config.toml", `display-name = "Ada"
[work]
email = "ada@example.org"
backend = "imap"
imap-host = "imap.example.org"
imap-port = 143
imap-starttls = true
imap-login = "ada"
imap-auth = "passwd"
imap-passwd.cmd = "pass show work"
sender = "smtp"
smtp-host = "smtp.example.org"
smtp-port = 465
smtp-login = "ada"
smtp-auth = "passwd"
smtp-passwd.raw = "p"
`)
	want = `work | Ada <ada@example.org>
  imap imap.example.org:143 starttls as ada password:["pass" "show" "work"]
  smtp smtp.example.org:465 implicit as ada password="p"
`
	if got != want {
		t.Errorf("of an old version: got\n%swant\n%s", got, want)
	}
}

func TestReadMbsync(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", "")
	if err := os.WriteFile(filepath.Join(home, ".msmtprc"), []byte(`defaults
auth on
tls on
account work
host smtp.example.org
port 587
from ada@example.org
from_full_name "Ada Lovelace"
user ada
passwordeval pass show work
`), 0o600); err != nil {
		t.Fatal(err)
	}
	got := readAs(t, Mbsync, ".mbsyncrc", `Create Both
IMAPAccount work
	Host imap.example.org
User ada
PassCmd "+pass show 'mail/work'"
TLSType IMAPS

IMAPStore work-remote
Account work

MaildirStore work-local
Path ~/Mail/work/
User nobody

IMAPStore club-remote
Host imap.club.example
User ada@club.example
Pass "two words"
SSLType STARTTLS
AuthMechs XOAUTH2

IMAPAccount far
Tunnel "ssh mail imapd"
`)
	want := `work | Ada Lovelace <ada@example.org>
  imap imap.example.org:0 implicit as ada password:["pass" "show" "mail/work"]
  smtp smtp.example.org:587 starttls as ada password:["pass" "show" "work"]
club |  <ada@club.example>
  imap imap.club.example:0 starttls as ada@club.example oauth2
  oauth
  not: the token in the file
  not: sending
far |  <>
  refused: it is reached by a tunnel, and postea connects to the server itself
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// A quote may stand within a word, hold others, and be followed by a comment.
func TestMbsyncWords(t *testing.T) {
	for line, want := range map[string]string{
		`Host imap.example.org # at home`:              "Host|imap.example.org",
		`PassCmd +"pass show mail | head -1"`:          "PassCmd|+pass show mail | head -1",
		`PassCmd "secret-tool lookup user \"ada b\""`:  `PassCmd|secret-tool lookup user "ada b"`,
		`	PassCmd	"awk '/ada#1/ {print $2}'"	# by awk`: "PassCmd|awk '/ada#1/ {print $2}'",
		`Pass a#b\\c`:                   `Pass|a#b\c`,
		`Far ":work:[Gmail]/Sent Mail"`: "Far|:work:[Gmail]/Sent Mail",
		`# IMAPAccount none`:            "",
		`UserCmd ""`:                    "UserCmd|",
	} {
		if got := strings.Join(mbsyncWords(line), "|"); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", line, got, want)
		}
	}
}

// An account that only sends, of one program, belongs to the one that reads, of another.
func TestJoinPutsReadersFirst(t *testing.T) {
	var only, reads Found
	only.Account.Address, only.Account.RealName, only.Account.SMTP.Host = "ada@example.org", "Ada", "smtp.example.org"
	reads.Account.Address, reads.Account.IMAP.Host = "ada@example.org", "imap.example.org"
	list := Join([]Found{only, reads})
	if a := list[0].Account; a.IMAP.Host == "" || a.SMTP.Host != "smtp.example.org" || a.RealName != "Ada" {
		t.Errorf("the first account is %+v", a)
	}
	only.Account.SignatureFile = "~/.signature"
	only.note(noteAliases, "they come along")
	reads.Account.SMTP.Host = "mail.example.org"
	f := Join([]Found{only, reads})[0]
	if a := f.Account; a.SMTP.Host != "mail.example.org" || a.RealName != "Ada" || a.SignatureFile != "~/.signature" || len(f.Notes) != 1 {
		t.Errorf("of what sends already: %+v %v", a, f.Notes)
	}
}

// aerc reads what mbsync has brought, and sends by itself or by msmtp.
func TestAercWithMbsyncAndMsmtp(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, ".config"))
	if err := os.MkdirAll(filepath.Join(home, ".config", "aerc"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		".msmtprc":                   "account one\nhost smtp.one.example\nport 465\ntls on\ntls_starttls off\nauth on\nuser ada\nfrom ada@one.example\npasswordeval pass one\n",
		".mbsyncrc":                  "IMAPAccount two\nHost imap.two.example\nUser ada@two.example\nPassCmd \"pass two\"\nTLSType IMAPS\n",
		".config/aerc/accounts.conf": "[one]\nsource = imaps://ada@imap.one.example\nsource-cred-cmd = pass one\noutgoing = /usr/bin/msmtp -a one\nfrom = Ada <ada@one.example>\n[two]\nsource = maildir://~/Mail/two\noutgoing = smtps://ada%40two.example@smtp.two.example\noutgoing-cred-cmd = pass two\nfrom = Ada Two <ada@two.example>\nsignature-file = ~/.two\n",
	} {
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var all []Found
	for _, p := range []Program{Aerc, Mbsync} {
		for _, at := range Places(p, Home{Dir: home, Config: filepath.Join(home, ".config")}) {
			found, err := Read(p, at)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, found...)
		}
	}
	got := ""
	for _, f := range Join(all) {
		got += summary(f)
	}
	want := `one | Ada <ada@one.example>
  imap imap.one.example:0 implicit as ada password:["pass" "one"]
  smtp smtp.one.example:465 implicit as ada password:["pass" "one"]
two | Ada Two <ada@two.example>
  refused: its mail comes by maildir, and postea reads by IMAP
two | Ada Two <ada@two.example>
  imap imap.two.example:0 implicit as ada@two.example password:["pass" "two"]
  smtp smtp.two.example:0 implicit as ada@two.example password:["pass" "two"]
  signature "" ~/.two
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
