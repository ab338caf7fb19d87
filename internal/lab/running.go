package lab

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Mox returns the server that the LAB_MOX_… variables tell of.
func Mox(t testing.TB) *Server {
	t.Helper()
	return Running(t, "mox")
}

// Running returns the server of the name (dovecot, postfix or mox) that somebody
// else has started and told of in LAB_<NAME>_… variables. Unlike the one Dovecot
// starts, that one has a submission service and takes OAuth tokens. Its
// mailboxes are the same for all, so the test has the server for itself: tests
// of other packages, which run at the same time, wait.
//
// In POSTEA_TEST_REQUIRE its name is mox, dovecot-running or postfix-running.
func Running(t testing.TB, name string) *Server {
	t.Helper()
	v := envServer("LAB_" + strings.ToUpper(name) + "_")
	how := "start one and export the " + string(v) + "… variables (HOST, IMAP_PORT, IMAPS_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT, SMTP_PORT, CHECK_PORT, CA_FILE, ALICE, BOB, PASSWORD)"
	need := name + "-running"
	if name == "mox" { // there is no other
		need = name
	}
	Require(t, need, v.get("HOST") != "", how)
	s := &Server{
		Name: name, Host: v.get("HOST"), Domain: v.get("DOMAIN"), CAFile: firstOf(string(v)+"CA_FILE", "LAB_CA_FILE"),
		IMAP: v.port("IMAP_PORT"), IMAPS: v.port("IMAPS_PORT"), LMTP: v.port("LMTP_PORT"),
		Submission: v.port("SUBMISSION_PORT"), Submissions: v.port("SUBMISSIONS_PORT"), SMTP: v.port("SMTP_PORT"),
		Bounces: v.get("BOUNCES"), Rejected: v.get("REJECTED"), Deferred: v.get("DEFERRED"),
	}
	for _, user := range []string{"ALICE", "BOB"} {
		address := v.get(user)
		s.Users = append(s.Users, User{Address: address, Username: address, Password: v.get("PASSWORD"), Token: v.get(user + "_TOKEN")})
	}
	conn, err := net.DialTimeout("tcp", net.JoinHostPort(s.Host, v.get("CHECK_PORT")), 2*time.Second)
	Require(t, need, err == nil, "nothing answers where the "+string(v)+"… variables point")
	conn.Close()
	haveAlone(t, filepath.Join(os.TempDir(), "postea-test-"+name+".lock"))
	return s
}

// envServer is what the names of a server's variables begin with.
type envServer string

func (v envServer) get(name string) string { return os.Getenv(string(v) + name) }

func (v envServer) port(name string) int {
	port, err := strconv.Atoi(v.get(name))
	if err != nil {
		return 0
	}
	return port
}

func firstOf(names ...string) string {
	for _, name := range names {
		if value := os.Getenv(name); value != "" {
			return value
		}
	}
	return ""
}
