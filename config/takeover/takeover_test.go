package takeover

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"postea/config"
	"postea/internal/mail"
)

// summary is an account in a few lines, passwords included.
func summary(f Found) string {
	var b strings.Builder
	a := f.Account
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%s | %s <%s>", f.Name, a.RealName, a.Address)
	if f.Refused != "" {
		line("  refused: %s", f.Refused)
		return b.String()
	}
	server := func(name string, s config.Server) {
		if s.Host == "" {
			return
		}
		words := fmt.Sprintf("  %s %s:%d %s as %s", name, s.Host, s.Port, s.TLS, s.Username)
		for _, w := range []string{s.Auth, s.CAFile, s.Proxy, s.Helo} {
			if w != "" {
				words += " " + w
			}
		}
		secret := func(name string, s config.Secret) {
			if s.Value != "" {
				words += fmt.Sprintf(" %s=%q", name, s.Value)
			}
			if len(s.Command) > 0 {
				words += fmt.Sprintf(" %s:%q", name, s.Command)
			}
		}
		secret("password", s.Password)
		secret("token", s.Token)
		line("%s", words)
	}
	server("imap", a.IMAP)
	server("smtp", a.SMTP)
	if f.OAuth {
		line("  oauth")
	}
	if len(a.Aliases) > 0 {
		line("  aliases %s", strings.Join(a.Aliases, " "))
	}
	for _, id := range a.More {
		line("  also %s <%s> %q %s", id.RealName, id.Address, id.Signature, id.SignatureFile)
	}
	if a.Signature+a.SignatureFile != "" {
		line("  signature %q %s", a.Signature, a.SignatureFile)
	}
	for _, r := range mail.Roles() {
		if a.Folders[r] != "" {
			line("  %s is %s", r, a.Folders[r])
		}
	}
	for _, n := range f.Notes {
		line("  not: %s", n.What)
	}
	return b.String()
}

func TestRead(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	for _, tt := range []struct {
		program Program
		file    string
		want    string
	}{
		{Aerc, "aerc/accounts.conf", `Work | Ada Lovelace <ada@example.org>
  imap imap.example.org:993 implicit as ada@example.org password:["pass" "show" "mail/work"]
  smtp smtp.example.org:0 implicit as ada@example.org password:["pass" "show" "mail/work"]
  aliases a.lovelace@example.org
  also Countess <countess@example.org> "" 
  signature "" /home/ada/.signature
  drafts is Drafts
  sent is Sent Items
  archive is Archive
  not: the alias *@lists.example.org
  not: pgp-key-id
gmail | Ada L. <ada.l@gmail.example>
  imap imap.gmail.com:0 implicit as ada.l@gmail.example oauth2 token:["oama" "access" "ada.l@gmail.example"]
  smtp smtp.gmail.com:587 starttls as ada.l@gmail.example oauth2 token:["oama" "access" "ada.l@gmail.example"]
plain |  <bob@example.net>
  imap mail.example.net:0 starttls as bob password="p@ss:word"
  smtp mail.example.net:587 starttls as bob password="p@ss:word"
refresh |  <eve@example.com>
  imap outlook.office365.com:0 implicit as eve@example.com oauth2
  oauth
  not: renewing tokens at outlook.office365.com
  not: outgoing
  not: sending
local |  <ada@localhost.example>
  refused: its mail comes by maildir, and postea reads by IMAP
`},
		{Msmtp, "msmtp/msmtprc", `base |  <>
  refused: it does not say which address it is for
work | Ada Lovelace <ada@example.org>
  smtp smtp.example.org:587 starttls as ada password:["sh" "-c" "gpg --quiet --for-your-eyes-only --no-tty --decrypt ~/.msmtp-work.gpg"]
implicit |  <bob@example.net>
  smtp smtp.example.net:465 implicit as bob socks5://127.0.0.1:9050 password="hunter2 with spaces"
  not: tls_certcheck off
tokens |  <eve@example.com>
  smtp smtp.office365.com:587 starttls as eve@example.com oauth2 token:["sh" "-c" "mutt_oauth2.py ~/.eve.tokens"]
relay |  <cron@example.org>
  smtp relay.example.org:25 starttls as cron@example.org none
  not: no encryption to relay.example.org
echo |  <carol@example.com>
  smtp smtp.example.com:465 implicit as carol strong password="not hidden"
`},
		{Mutt, "mutt/muttrc", ` | Ada Lovelace <ada@example.org>
  imap imap.example.org:0 implicit as ada password:["pass" "show" "mail/work"]
  smtp smtp.example.org:587 starttls as ada password:["pass" "show" "mail/work"]
  aliases countess@example.org
  also Ada <ada+lists@example.org> "" 
  signature "" ~/.signature
  drafts is Drafts
  sent is Sent Items
  trash is Bin
  not: source of what a command prints
  not: alternates .*@lists\.example\.org
home | Bob <bob@example.net>
  imap mail.example.net:0 starttls as bob password="s3cret"
  smtp mail.example.net:0 implicit as bob password="s3cret"
  aliases countess@example.org
  drafts is Drafts
  sent is Sent
  trash is Bin
  not: alternates .*@lists\.example\.org
imap.gmail.com | Ada Lovelace <ada.l@gmail.example>
  imap imap.gmail.com:0 implicit as ada.l@gmail.example oauth2 token:["oama" "access" "ada.l@gmail.example"]
  smtp smtp.gmail.com:0 implicit as ada.l@gmail.example oauth2 token:["oama" "access" "ada.l@gmail.example"]
  aliases countess@example.org
  signature "" ~/.signature
  drafts is Drafts
  sent is Sent Items
  trash is Bin
  not: alternates .*@lists\.example\.org
`},
		{Thunderbird, "thunderbird", `ada@example.org | Ada "Countess" Lovelace <ada@example.org>
  imap imap.example.org:993 implicit as ada@example.org
  smtp smtp.example.org:587 starttls as ada@example.org
  also A. Lovelace <lists@example.org> "" /home/ada/.sig-lists
  signature "Ada\nCountess" 
  drafts is Entwürfe
  sent is Sent
  archive is Archives/R&D
  not: sending from lists@example.org by smtp.lists.example.org
Gmail | Ada L. <ada.l@gmail.example>
  imap imap.gmail.com:993 implicit as ada.l@gmail.example oauth2
  smtp smtp.gmail.com:465 implicit as ada.l@gmail.example oauth2
  oauth
old@example.net |  <old@example.net>
  refused: its mail comes by pop3, and postea reads by IMAP
`},
	} {
		t.Run(string(tt.program), func(t *testing.T) {
			list, err := Read(tt.program, filepath.Join("testdata", filepath.FromSlash(tt.file)))
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, f := range list {
				got.WriteString(summary(f))
			}
			if g, w := strings.TrimSpace(got.String()), strings.TrimSpace(tt.want); g != w {
				t.Errorf("got\n%s\nwant\n%s", g, w)
			}
		})
	}
}

// What stands in the notes is for the screen: no password, no token, no command.
func TestNotesTellNoSecret(t *testing.T) {
	for p, file := range map[Program]string{Aerc: "aerc/accounts.conf", Msmtp: "msmtp/msmtprc", Mutt: "mutt/muttrc"} {
		list, err := Read(p, filepath.Join("testdata", filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			told := fmt.Sprint(f.Notes, f.Refused, f.Name, f.File)
			for _, secret := range []string{"p@ss", "p%40ss", "hunter2", "s3cret", "refresh-token", "not hidden", "gpg -dq"} {
				if strings.Contains(told, secret) {
					t.Errorf("%s tells %q: %s", f.Name, secret, told)
				}
			}
		}
	}
}

// mutt that sends by msmtp takes the server from there.
func TestMuttWithMsmtp(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	write := func(name, text string) string {
		path := filepath.Join(home, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write(".msmtprc", "account a\nhost smtp.a.example\nfrom a@a.example\nauth on\ntls on\nuser a\npassword x\naccount b\nhost smtp.b.example\nfrom b@b.example\n")
	for name, tt := range map[string]struct{ rc, want string }{
		"by its name":    {"set sendmail='/usr/bin/msmtp -a b' from=a@a.example", "smtp.b.example"},
		"by the address": {"set sendmail=msmtp from=A@a.example", "smtp.a.example"},
		"unclear":        {"set sendmail=msmtp from=c@c.example", ""},
		"another":        {"set sendmail=/usr/sbin/sendmail from=c@c.example", ""},
	} {
		list, err := Read(Mutt, write("muttrc", tt.rc+" folder=imaps://c@imap.c.example\n"))
		if err != nil || len(list) != 1 || list[0].Account.SMTP.Host != tt.want {
			t.Errorf("%s: %v %+v", name, err, list)
			continue
		}
		if tt.want == "" && len(list[0].Notes) != 2 {
			t.Errorf("%s: %v", name, list[0].Notes)
		}
	}
}

func TestMuttSourcesItself(t *testing.T) {
	path := filepath.Join(t.TempDir(), "muttrc")
	if err := os.WriteFile(path, []byte("source "+path+"\nsource "+path+"\nset from=a@b.example folder=imaps://a@b.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if list, err := Read(Mutt, path); err != nil || len(list) != 1 {
		t.Errorf("%v %v", list, err)
	}
}

func TestPlaces(t *testing.T) {
	h := Home{Dir: t.TempDir()}
	h.Config = filepath.Join(h.Dir, ".config")
	for _, name := range []string{".muttrc", ".config/msmtp/config", ".config/aerc/accounts.conf", ".thunderbird/profiles.ini", ".thunderbird/x.default/prefs.js",
		".var/app/net.thunderbird.Thunderbird/.thunderbird/profiles.ini", ".var/app/net.thunderbird.Thunderbird/.thunderbird/x.default/prefs.js"} {
		path := filepath.Join(h.Dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		text := ""
		if filepath.Base(name) == "profiles.ini" {
			text = "[Install1]\nDefault=x.default\n[Profile0]\nName=default\nIsRelative=1\nPath=x.default\n[Profile1]\nIsRelative=1\nPath=gone\n"
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for p, want := range map[Program]string{Aerc: ".config/aerc/accounts.conf", Mutt: ".muttrc", Msmtp: ".config/msmtp/config", Thunderbird: ".thunderbird/x.default/prefs.js .var/app/net.thunderbird.Thunderbird/.thunderbird/x.default/prefs.js"} {
		if got := filepath.ToSlash(strings.ReplaceAll(strings.Join(Places(p, h), " "), h.Dir+string(filepath.Separator), "")); got != want {
			t.Errorf("%s: %s", p, got)
		}
	}
}

func TestWhatIsNoConfiguration(t *testing.T) {
	dir := t.TempDir()
	binary := filepath.Join(dir, "binary")
	if err := os.WriteFile(binary, []byte("a\x00b"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range Programs() {
		for _, path := range []string{dir, filepath.Join(dir, "none"), binary} {
			if list, err := Read(p, path); err == nil {
				t.Errorf("%s of %s: %v", p, filepath.Base(path), list)
			}
		}
	}
	if _, err := Read("pine", binary); err == nil {
		t.Error("an unknown program is read")
	}
}

// An account that is offered can be written: it has an address and a server.
func check(t *testing.T, list []Found) {
	for _, f := range list {
		f.finish("x", "x")
		a := f.Account
		if f.Refused == "" && (mail.CheckAddrSpec(a.Address) != "" || a.IMAP.Host+a.SMTP.Host == "") {
			t.Errorf("%+v", f)
		}
		for _, s := range []config.Server{a.IMAP, a.SMTP} {
			if s.Port < 0 || s.Port > 65535 {
				t.Errorf("port %d", s.Port)
			}
		}
	}
}

func seed(f *testing.F, name string, more ...string) {
	b, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(b))
	for _, s := range more {
		f.Add(s)
	}
}

func FuzzAerc(f *testing.F) {
	seed(f, "aerc/accounts.conf", "[a]\nsource=imap://@:0/\nfrom=<", "[a\nb=`", "=")
	f.Fuzz(func(t *testing.T, text string) {
		var list []Found
		for _, s := range parseINI(text) {
			list = append(list, aercAccount(s))
		}
		check(t, list)
	})
}

func FuzzMsmtp(f *testing.F) {
	seed(f, "msmtp/msmtprc", "account a : a\nhost x", "account\n\"\n", "password \"")
	f.Fuzz(func(t *testing.T, text string) {
		var list []Found
		for _, a := range parseMsmtp(text) {
			list = append(list, a.found())
		}
		check(t, list)
	})
}

func FuzzMutt(f *testing.F) {
	f.Setenv("HOME", f.TempDir())
	seed(f, "mutt/muttrc", "set a=`", "set =", "set \"\" a", "source \\", "set a=$", "set b=${", "account-hook", "folder-hook x", "macro a b <enter-command>source", "ifdef x 'ifdef x y'")
	f.Fuzz(func(t *testing.T, text string) {
		m := newMuttState("x")
		*m.files = maxMuttFiles // none is read
		for _, line := range muttLines(text) {
			m.line(line)
		}
		check(t, m.accounts("x"))
	})
}

func FuzzThunderbird(f *testing.F) {
	seed(f, "thunderbird/prefs.js", `user_pref("a`, `user_pref("\u12", 1);`, `user_pref("a", "\`)
	f.Fuzz(func(t *testing.T, text string) {
		p := parsePrefs(text)
		var list []Found
		for _, account := range p.list("mail.accountmanager.accounts") {
			list = append(list, p.account(p["mail.account."+account+".server"], p.list("mail.account."+account+".identities")))
		}
		check(t, list)
	})
}

func FuzzMbsync(f *testing.F) {
	f.Add("IMAPAccount work\nHost imap.x.example\nUser ada@x.example\nPassCmd \"+pass show x\"\nTLSType IMAPS\nAuthMechs XOAUTH2\n\nIMAPStore far\nAccount work\n")
	f.Add("IMAPStore a-remote\nHost h\nPort 99999\nSSLType None\n")
	f.Add("imapaccount\nhost\nMaildirStore x\nhost y\nTunnel \"ssh")
	f.Fuzz(func(t *testing.T, text string) {
		check(t, mbsyncAccounts(text, parseMsmtp("account a\nhost smtp.x.example\nfrom ada@x.example\n")))
	})
}

func FuzzHimalaya(f *testing.F) {
	f.Add("[accounts.work]\nemail = \"ada@x.example\"\nbackend.type = \"imap\"\nbackend.host = \"imap.x.example\"\nbackend.port = 993\nbackend.auth.type = \"password\"\nbackend.auth.cmd = \"pass x\"\nmessage.send.backend.type = \"smtp\"\n")
	f.Add("[work]\nemail = \"ada@x.example\"\nbackend = \"imap\"\nimap-host = \"h\"\nimap-port = 70000\nsender = \"smtp\"\nsmtp-host = \"s\"\n")
	f.Add("[accounts.a.imap]\nserver = \"imaps://h:0/\"\n[accounts.a.smtp]\nserver = \":\"\n[accounts.a.folder.aliases]\nsent = 7\n")
	f.Fuzz(func(t *testing.T, text string) {
		var file table
		if err := toml.Unmarshal([]byte(text), &file); err != nil {
			return
		}
		check(t, himalayaAccounts(file))
	})
}
