package lab

import (
	"net"
	"os"
	"strconv"
	"testing"
	"time"
)

// Mox returns the server that the LAB_MOX_… variables tell of.
func Mox(t testing.TB) *Server {
	t.Helper()
	const how = "start one and export the LAB_MOX_… variables (HOST, IMAP_PORT, IMAPS_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT, SMTP_PORT, CA_FILE, ALICE, BOB, PASSWORD)"
	at := os.Getenv("LAB_MOX_HOST")
	Require(t, "mox", at != "", how)
	s := &Server{
		Name: "mox", Host: at, Domain: os.Getenv("LAB_MOX_DOMAIN"), CAFile: firstOf("LAB_MOX_CA_FILE", "LAB_CA_FILE"),
		IMAP: envPort("IMAP_PORT"), IMAPS: envPort("IMAPS_PORT"),
		Submission: envPort("SUBMISSION_PORT"), Submissions: envPort("SUBMISSIONS_PORT"), SMTP: envPort("SMTP_PORT"),
		Bounces: os.Getenv("LAB_MOX_BOUNCES"), Rejected: os.Getenv("LAB_MOX_REJECTED"),
	}
	for _, name := range []string{"LAB_MOX_ALICE", "LAB_MOX_BOB"} {
		address := os.Getenv(name)
		s.Users = append(s.Users, User{Address: address, Username: address, Password: os.Getenv("LAB_MOX_PASSWORD")})
	}
	conn, err := net.DialTimeout("tcp", net.JoinHostPort(at, strconv.Itoa(s.IMAPS)), 2*time.Second)
	Require(t, "mox", err == nil, "nothing answers where the LAB_MOX_… variables point")
	conn.Close()
	return s
}

func envPort(name string) int {
	port, err := strconv.Atoi(os.Getenv("LAB_MOX_" + name))
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
