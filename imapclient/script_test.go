package imapclient

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"postea/internal/dial"
)

// script is the server's side of a conversation that a test has written down.
type script struct {
	t    *testing.T
	conn net.Conn
	br   *bufio.Reader
	tag  string
}

const offers = "IMAP4rev1 SASL-IR IDLE MOVE UIDPLUS ESEARCH LITERAL-"

// expect reads a command and compares what follows the tag.
func (s *script) expect(want string) {
	line := s.line()
	tag, rest, _ := strings.Cut(line, " ")
	s.tag = tag
	if rest != want {
		s.t.Errorf("client said %q, want %q", rest, want)
	}
}

// line reads one line, "" at the end of the connection.
func (s *script) line() string {
	line, err := s.br.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrClosedPipe) {
		s.t.Errorf("reading from the client: %v", err)
	}
	return strings.TrimRight(line, "\r\n")
}

// expectLine compares a line that has no tag.
func (s *script) expectLine(want string) {
	if line := s.line(); line != want {
		s.t.Errorf("client said %q, want %q", line, want)
	}
}

func (s *script) literal(n int) string {
	p := make([]byte, n)
	if _, err := io.ReadFull(s.br, p); err != nil {
		s.t.Errorf("reading a literal: %v", err)
	}
	return string(p)
}

// send writes lines; a leading "@" stands for the tag of the last command.
func (s *script) send(lines ...string) {
	for _, line := range lines {
		if rest, ok := strings.CutPrefix(line, "@"); ok {
			line = s.tag + rest
		}
		s.raw(line + "\r\n")
	}
}

// raw writes; a client that has hung up is its test's business.
func (s *script) raw(text string) { _, _ = io.WriteString(s.conn, text) }

func (s *script) greet(caps string) { s.send("* OK [CAPABILITY " + caps + "] ready") }

// selected leads the client through SELECT of a folder with n messages.
func (s *script) selected(n int) {
	s.expect(`SELECT "INBOX"`)
	s.send(fmt.Sprintf("* %d EXISTS", n), "* FLAGS (\\Seen)", "* OK [UIDVALIDITY 7] ok", "* OK [UIDNEXT 100] ok", "@ OK [READ-WRITE] done")
}

// drain reads until the client hangs up.
func (s *script) drain() { _, _ = io.Copy(io.Discard, s.br) }

// serve runs a script against a new connection; the test ends only after it.
func serve(t *testing.T, run func(*script)) net.Conn {
	t.Helper()
	client, server := net.Pipe()
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		defer server.Close()
		run(&script{t: t, conn: server, br: bufio.NewReader(server)})
	}()
	t.Cleanup(func() {
		client.Close()
		<-finished
	})
	return client
}

func plain() Options {
	return Options{Dial: dial.Config{Host: "imap.example.org", Port: 143, TLS: dial.ModeNone}, Timeouts: Timeouts{Command: 20 * time.Second}}
}

func withPassword(o Options) Options {
	o.Auth.Username = "ada"
	o.Auth.Password = func(context.Context) (string, error) { return "secret", nil }
	return o
}

// session connects without signing in and runs the script behind the greeting.
func session(t *testing.T, caps string, run func(*script)) *Client {
	t.Helper()
	conn := serve(t, func(s *script) {
		s.greet(caps)
		run(s)
	})
	c, err := New(t.Context(), conn, plain())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// folder is session with INBOX open.
func folder(t *testing.T, caps string, n int, run func(*script)) *Client {
	t.Helper()
	c := session(t, caps, func(s *script) {
		s.selected(n)
		run(s)
	})
	if _, err := c.Select(t.Context(), "INBOX", false); err != nil {
		t.Fatal(err)
	}
	return c
}

// want checks kind and fate of an error.
func want(t *testing.T, err error, kind Kind, fatal bool) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error is %v, want an *Error", err)
	}
	if e.Kind != kind || e.Fatal() != fatal {
		t.Fatalf("error is %v (kind %d, fatal %t), want kind %d, fatal %t", e, e.Kind, e.Fatal(), kind, fatal)
	}
	if line := e.Error(); line == "" || strings.ContainsAny(line, "\r\n\x1b") {
		t.Errorf("error text %q is not one plain line", line)
	}
	return e
}
