package lab

import (
	"os"
	"strings"
	"testing"

	"postea/internal/dial"
)

const (
	host     = "127.0.0.1"
	domain   = "example.test"
	password = "lab-password-7"
)

// Server is a mail server that is up. A port of 0 is a service it does not have.
type Server struct {
	Name   string // "dovecot", "postfix" or "mox"
	Host   string // also a name the certificate is for
	Domain string
	CAFile string
	Dir    string // its files; "" if it is not ours
	Users  []User

	IMAP, IMAPS             int // STARTTLS (and, from the loopback interface, clear text); TLS
	Submission, Submissions int // STARTTLS; TLS
	SMTP, LMTP              int // delivery without signing in

	Bounces  string // an address that is accepted and then bounces; "" for none
	Rejected string // one that is refused at RCPT with 5xx
	Deferred string // one that is refused at RCPT with 4xx
}

// User is somebody with a mailbox.
type User struct {
	Address, Username, Password string
	Token                       string // for OAuth; "" for none
}

// Account returns the i-th user; there are at least two.
func (s *Server) Account(i int) User { return s.Users[i] }

// IMAPDial says how to reach the IMAP service; "starttls" and "none" share a
// port.
func (s *Server) IMAPDial(mode dial.TLSMode) dial.Config {
	return s.dial(mode, s.IMAPS, s.IMAP)
}

// SubmissionDial says how to reach the submission service.
func (s *Server) SubmissionDial(mode dial.TLSMode) dial.Config {
	return s.dial(mode, s.Submissions, s.Submission)
}

func (s *Server) dial(mode dial.TLSMode, implicit, clear int) dial.Config {
	c := dial.Config{Host: s.Host, Port: clear, TLS: mode, CAFile: s.CAFile}
	if mode == dial.ModeImplicit || mode == "" {
		c.Port = implicit
	}
	return c
}

// Require skips the test unless ok, and says how to get what is missing. If
// POSTEA_TEST_REQUIRE lists name, the test fails instead.
func Require(t testing.TB, name string, ok bool, how string) {
	t.Helper()
	if ok {
		return
	}
	if required(os.Getenv("POSTEA_TEST_REQUIRE"), name) {
		t.Fatalf("%s is required and missing: %s", name, how)
	}
	t.Skipf("no %s: %s", name, how)
}

func required(list, name string) bool {
	for entry := range strings.SplitSeq(list, ",") {
		if strings.EqualFold(strings.TrimSpace(entry), name) {
			return true
		}
	}
	return false
}

// Corpus returns the directory of sample mail.
func Corpus(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("POSTEA_TEST_CORPUS")
	info, err := os.Stat(dir)
	Require(t, "corpus", dir != "" && err == nil && info.IsDir(), "set POSTEA_TEST_CORPUS to a directory of sample mail")
	return dir
}

func users(domain, password string, names ...string) []User {
	out := make([]User, len(names))
	for i, name := range names {
		address := name + "@" + domain
		out[i] = User{Address: address, Username: address, Password: password}
	}
	return out
}
