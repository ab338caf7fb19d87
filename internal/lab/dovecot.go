package lab

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const dovecotProgram = "/usr/sbin/dovecot"

// Dovecot starts an IMAP server with three users, folders for Drafts, Sent,
// Archive, Junk and Trash, and LMTP for deliveries. It signs in by PLAIN, LOGIN,
// CRAM-MD5 and SCRAM.
func Dovecot(t testing.TB) *Server { t.Helper(); return dovecot(t, "") }

// dovecot also signs in by OAuth where tokenInfo is an address that tells whose
// a token is.
func dovecot(t testing.TB, tokenInfo string) *Server {
	t.Helper()
	err := installed(dovecotProgram, "/usr/lib/dovecot/imap", "/usr/lib/dovecot/lmtp")
	Require(t, "dovecot", err == nil, why(err, "run as root where the Debian packages dovecot-imapd and dovecot-lmtpd are installed"))
	version, err := exec.Command(dovecotProgram, "--version").Output()
	Require(t, "dovecot", err == nil && strings.HasPrefix(string(version), "2.3."), "its configuration is for Dovecot 2.3, as in Debian 12")
	s, _ := startDovecot(t, tokenInfo)
	return s
}

func why(err error, how string) string {
	if err == nil {
		return how
	}
	return err.Error() + "; " + how
}

// dovecotFiles fills the configuration.
type dovecotFiles struct {
	Host, Domain, Password  string
	Dir                     string
	IMAP, IMAPS, LMTP       int
	Certs                   Certificates
	Names                   []string
	LMTPSocket, AuthSocket  string
	Folders                 []string
	UserFile, Log, MailHome string
	TokenInfo, OAuthFile    string
}

func startDovecot(t testing.TB, tokenInfo string) (*Server, dovecotFiles) {
	t.Helper()
	dir := workDir(t)
	ports := freePorts(t, 3)
	f := dovecotFiles{
		Host: host, Domain: domain, Password: password, Dir: dir,
		IMAP: ports[0], IMAPS: ports[1], LMTP: ports[2], Certs: NewCertificates(t, dir),
		Names: []string{"alice", "bob", "carol"}, Folders: []string{"Drafts", "Sent", "Archive", "Junk", "Trash"},
		LMTPSocket: filepath.Join(dir, "run", "lmtp-lab"), AuthSocket: filepath.Join(dir, "run", "auth-lab"),
		UserFile: filepath.Join(dir, "users"), Log: filepath.Join(dir, "dovecot.log"), MailHome: filepath.Join(dir, "mail"),
	}
	mkdir(t, 0o755, filepath.Join(dir, "run"), filepath.Join(dir, "state"))
	mkdir(t, 0o700, f.MailHome)
	giveTo(t, "mail", f.MailHome)
	writeFile(t, f.UserFile, dovecotUsers, f)
	if f.TokenInfo = tokenInfo; tokenInfo != "" {
		f.OAuthFile = filepath.Join(dir, "oauth2.conf.ext")
		writeFile(t, f.OAuthFile, dovecotOAuth, f)
	}
	conf := filepath.Join(dir, "dovecot.conf")
	writeFile(t, conf, dovecotConf, f)
	p := run(t, filepath.Join(dir, "start.log"), dovecotProgram, "-F", "-c", conf)
	p.awaitGreeting(t, f.IMAP, "* OK")
	p.awaitGreeting(t, f.LMTP, "220")
	return &Server{
		Name: "dovecot", Host: host, Domain: domain, CAFile: f.Certs.CA, Dir: dir,
		IMAP: f.IMAP, IMAPS: f.IMAPS, LMTP: f.LMTP, Users: users(domain, password, f.Names...),
	}, f
}

func giveTo(t testing.TB, name, path string) {
	t.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(path, uid, -1); err != nil {
		t.Fatal(err)
	}
}

// The token goes behind the address; a reply with 200 names whose it is.
const dovecotOAuth = `tokeninfo_url = {{.TokenInfo}}
username_attribute = email
active_attribute = active
active_value = true
`

const dovecotUsers = `{{range .Names}}{{.}}@{{$.Domain}}:{PLAIN}{{$.Password}}::::::
{{end}}`

// Without fsync, and without the growing delay after failed sign-ins, tests are
// quick; the login processes wait in advance for the same reason, and a Maildir is
// not looked through each time a message is appended to it.
const dovecotConf = `
instance_name = postea-lab
base_dir = {{.Dir}}/run
state_dir = {{.Dir}}/state
log_path = {{.Log}}
protocols = imap lmtp
listen = {{.Host}}
hostname = mail.{{.Domain}}
postmaster_address = postmaster@{{.Domain}}
mail_uid = mail
mail_gid = mail
first_valid_uid = 1
mail_fsync = never
maildir_very_dirty_syncs = yes
mail_max_userip_connections = 100
recipient_delimiter = +
shutdown_clients = yes

ssl = required
ssl_cert = <{{.Certs.Cert}}
ssl_key = <{{.Certs.Key}}

auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256{{if .TokenInfo}} xoauth2 oauthbearer{{end}}
auth_default_realm = {{.Domain}}
auth_failure_delay = 0
{{if .TokenInfo}}passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {{.OAuthFile}}
}
{{end}}passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {{.UserFile}}
}
userdb {
  driver = passwd-file
  args = username_format=%u {{.UserFile}}
  default_fields = uid=mail gid=mail home={{.MailHome}}/%u
}

mail_location = maildir:~/Maildir
namespace inbox {
  inbox = yes
  separator = /
{{range .Folders}}  mailbox {{.}} {
    auto = subscribe
    special_use = \{{.}}
  }
{{end}}}

service imap-login {
  service_count = 0
  process_min_avail = 1
  inet_listener imap {
    port = {{.IMAP}}
  }
  inet_listener imaps {
    port = {{.IMAPS}}
    ssl = yes
  }
}
service lmtp {
  unix_listener {{.LMTPSocket}} {
    mode = 0666
  }
  inet_listener lmtp {
    port = {{.LMTP}}
  }
}
service auth {
  unix_listener {{.AuthSocket}} {
    mode = 0666
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
`
