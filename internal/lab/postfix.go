package lab

import (
	"path/filepath"
	"testing"
)

const postfixProgram = "/usr/sbin/postfix"

// postfixRun keeps Postfix in the foreground: the server is in a group of its own, and
// the end of what has started it is not its end.
const postfixRun = `trap '"$0" -c "$1" stop' TERM; "$0" -c "$1" start-fg & wait`

// Postfix starts a submission server, and the Dovecot it delivers to; the
// result has the services of both. Unknown recipients of the domain are accepted
// and bounce.
func Postfix(t testing.TB) *Server { t.Helper(); return PostfixOAuth(t, "") }

// PostfixOAuth is Postfix where both services also sign in by OAuth. tokenInfo is
// an address to which a token is appended: {"email": …, "active": "true"} says whose it is.
func PostfixOAuth(t testing.TB, tokenInfo string) *Server {
	t.Helper()
	err := installed(postfixProgram, "/usr/lib/postfix/sbin/master")
	Require(t, "postfix", err == nil, why(err, "run as root where the Debian package postfix is installed"))
	s := dovecot(t, tokenInfo)
	dir := workDir(t)
	ports := freePorts(t, 3)
	f := postfixFiles{
		Host: host, Domain: domain, Dir: dir, SMTP: ports[0], Submission: ports[1], Submissions: ports[2],
		Cert: filepath.Join(s.Dir, "server.pem"), Key: filepath.Join(s.Dir, "server.key"),
		LMTPSocket: filepath.Join(s.Dir, "run", "lmtp-lab"), AuthSocket: filepath.Join(s.Dir, "run", "auth-lab"),
		Rejected: "reject@" + domain, Deferred: "defer@" + domain,
	}
	etc := filepath.Join(dir, "etc")
	mkdir(t, 0o755, etc, filepath.Join(dir, "spool"), filepath.Join(dir, "log"))
	mkdir(t, 0o700, filepath.Join(dir, "data"))
	giveTo(t, "postfix", filepath.Join(dir, "data"))
	writeFile(t, filepath.Join(etc, "main.cf"), postfixMain, f)
	writeFile(t, filepath.Join(etc, "master.cf"), postfixMaster, f)
	p := run(t, filepath.Join(dir, "log", "start.log"), "/bin/sh", "-c", postfixRun, postfixProgram, etc)
	p.awaitGreeting(t, f.SMTP, "220")
	p.awaitGreeting(t, f.Submission, "220")

	s.Name, s.SMTP, s.Submission, s.Submissions = "postfix", f.SMTP, f.Submission, f.Submissions
	s.Bounces, s.Rejected, s.Deferred = "nobody@"+domain, f.Rejected, f.Deferred
	return s
}

// postfixFiles fills the configuration.
type postfixFiles struct {
	Host, Domain, Dir             string
	SMTP, Submission, Submissions int
	Cert, Key                     string
	LMTPSocket, AuthSocket        string
	Rejected, Deferred            string
}

const postfixMain = `
compatibility_level = 3.6
queue_directory = {{.Dir}}/spool
data_directory = {{.Dir}}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {{.Dir}}/log/postfix.log
maillog_file_prefixes = {{.Dir}}

myhostname = mail.{{.Domain}}
mydomain = {{.Domain}}
myorigin = {{.Domain}}
mydestination =
local_recipient_maps =
local_transport = error:5.1.1 no local users
alias_maps =
alias_database =
inet_interfaces = {{.Host}}
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
disable_dns_lookups = yes
smtp_host_lookup = native
default_transport = error:5.1.2 no other domain can be reached
recipient_delimiter = +
biff = no
append_dot_mydomain = no
message_size_limit = 104857600
mailbox_size_limit = 0
virtual_mailbox_limit = 0

virtual_mailbox_domains = {{.Domain}}
virtual_mailbox_maps =
virtual_transport = lmtp:unix:{{.LMTPSocket}}

smtpd_sasl_type = dovecot
smtpd_sasl_path = {{.AuthSocket}}
smtpd_sasl_security_options = noanonymous
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {{.Cert}}
smtpd_tls_key_file = {{.Key}}
smtpd_tls_session_cache_database =
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access inline:{ { {{.Rejected}} = 550 5.1.1 no such user here }, { {{.Deferred}} = 451 4.7.1 try again later } }

queue_run_delay = 3s
minimal_backoff_time = 3s
maximal_backoff_time = 30s
`

const postfixMaster = `
{{.Host}}:{{.SMTP}} inet n - n - - smtpd
{{.Host}}:{{.Submission}} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
{{.Host}}:{{.Submissions}} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`
