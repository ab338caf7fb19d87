package smtpclient

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// turnConn holds everything that is written back until the other side has been
// silent for a while, as a long line does, and counts how often that happens:
// the round trips. In a synctest bubble "silent" is exact.
type turnConn struct {
	net.Conn
	out   bytes.Buffer
	turns int
}

func (t *turnConn) Write(p []byte) (int, error) { return t.out.Write(p) }

func (t *turnConn) Read(p []byte) (int, error) {
	t.Conn.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
	n, err := t.Conn.Read(p)
	if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		return n, err
	}
	if err := t.flush(); err != nil {
		return 0, err
	}
	t.Conn.SetReadDeadline(time.Time{})
	return t.Conn.Read(p)
}

func (t *turnConn) flush() error {
	if t.out.Len() == 0 {
		return nil
	}
	t.turns++
	_, err := t.out.WriteTo(t.Conn)
	return err
}

// turnServer is an SMTP server with the habits of those in the wild.
type turnServer struct {
	offers   []string // EHLO keywords
	implicit bool
	cert     tls.Certificate

	runsRefused      bool           // a refused chunk stays in the input: go-smtp up to 0.24
	keepsTransaction bool           // all recipients refused: only RSET ends it, as with Exim
	refuse           map[string]int // recipient → code
	maxRcpt          int            // refused beyond
	tooMany          string         // how; "": 452

	turn     *turnConn
	conn     net.Conn
	br       *bufio.Reader
	messages []turnMessage
	run      []string // lines of bodies that were run as commands
	verbs    []string
	began    bool
	from     string
	rcpts    []string
	body     []byte
	failed   bool
}

type turnMessage struct {
	from  string
	rcpts []string
	body  string
}

// serve talks to one client until it hangs up.
func (s *turnServer) serve(conn net.Conn) {
	defer conn.Close()
	s.turn = &turnConn{Conn: conn}
	s.conn = s.turn
	if s.implicit {
		s.conn = tls.Server(s.turn, &tls.Config{Certificates: []tls.Certificate{s.cert}})
	}
	s.br = bufio.NewReader(s.conn)
	s.say("220 mx.test ESMTP Turns 1.0")
	for {
		line, err := s.br.ReadString('\n')
		if err != nil || !s.command(strings.TrimRight(line, "\r\n")) {
			s.turn.flush()
			return
		}
	}
}

func (s *turnServer) say(format string, args ...any) { fmt.Fprintf(s.conn, format+"\r\n", args...) }

func (s *turnServer) reset() { s.began, s.from, s.rcpts, s.body, s.failed = false, "", nil, nil, false }

func (s *turnServer) command(line string) bool {
	verb, arg, _ := strings.Cut(line, " ")
	s.verbs = append(s.verbs, verb)
	switch verb {
	case "EHLO":
		s.reset()
		s.say("250-mx.test")
		for _, o := range s.offers {
			s.say("250-%s", o)
		}
		s.say("250 HELP")
	case "STARTTLS":
		s.say("220 go")
		s.conn = tls.Server(s.turn, &tls.Config{Certificates: []tls.Certificate{s.cert}})
		s.br = bufio.NewReader(s.conn)
	case "AUTH":
		s.say("235 2.7.0 welcome")
	case "RSET":
		s.reset()
		s.say("250 2.0.0 reset")
	case "NOOP":
		s.say("250 2.0.0 fine")
	case "QUIT":
		s.say("221 2.0.0 bye")
		return false
	case "MAIL":
		s.mail(arg)
	case "RCPT":
		s.rcpt(arg)
	case "DATA":
		s.data()
	case "BDAT":
		s.bdat(arg)
	default:
		s.say("500 5.5.2 what is %s", verb)
	}
	return true
}

func addressIn(arg string) string {
	_, rest, _ := strings.Cut(arg, "<")
	address, _, _ := strings.Cut(rest, ">")
	return address
}

func (s *turnServer) mail(arg string) {
	if s.began {
		s.say("503 5.5.1 sender already given")
		return
	}
	s.began, s.from = true, addressIn(arg)
	s.say("250 2.1.0 ok")
}

func (s *turnServer) rcpt(arg string) {
	address := addressIn(arg)
	switch {
	case !s.began:
		s.say("503 5.5.1 MAIL first")
	case s.refuse[address] != 0:
		s.say("%d no %s", s.refuse[address], address)
	case s.maxRcpt > 0 && len(s.rcpts) >= s.maxRcpt:
		s.say("%s", cmp.Or(s.tooMany, "452 4.5.3 too many recipients"))
	default:
		s.rcpts = append(s.rcpts, address)
		s.say("250 2.1.5 ok")
	}
}

func (s *turnServer) data() {
	if len(s.rcpts) == 0 {
		s.say("554 5.5.1 no valid recipients")
		s.over()
		return
	}
	s.say("354 go")
	for {
		line, err := s.br.ReadString('\n')
		if err != nil {
			return
		}
		if line == ".\r\n" {
			break
		}
		s.body = append(s.body, strings.TrimPrefix(line, ".")...)
	}
	s.deliver()
}

func (s *turnServer) bdat(arg string) {
	fields := strings.Fields(arg)
	size, err := strconv.Atoi(fields[0])
	if err != nil {
		s.say("501 5.5.4 size")
		return
	}
	last := slices.Contains(fields, "LAST")
	if len(s.rcpts) == 0 {
		if s.runsRefused {
			s.say("502 5.5.1 RCPT first")
			s.over()
			lines := len(s.verbs)
			for range 1 { // the next line is a command to this server
				line, err := s.br.ReadString('\n')
				if err != nil || !s.command(strings.TrimRight(line, "\r\n")) {
					return
				}
			}
			s.run = append(s.run, s.verbs[lines:]...)
			return
		}
		io.CopyN(io.Discard, s.br, int64(size))
		s.say("554 5.5.1 no valid recipients")
		s.over()
		return
	}
	chunk := make([]byte, size)
	if _, err := io.ReadFull(s.br, chunk); err != nil {
		return
	}
	s.body = append(s.body, chunk...)
	if !last {
		s.say("250 2.0.0 %d", size)
		return
	}
	s.deliver()
}

// over ends a transaction that failed.
func (s *turnServer) over() {
	if !s.keepsTransaction {
		s.reset()
	}
}

func (s *turnServer) deliver() {
	s.messages = append(s.messages, turnMessage{s.from, s.rcpts, string(s.body)})
	s.reset()
	s.say("250 2.0.0 Ok: queued as %d", len(s.messages))
}

// withTurns leads a client to the server; act runs in the same bubble.
func withTurns(t *testing.T, s *turnServer, opts Options, act func(c *Client)) {
	t.Helper()
	near, far := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.serve(far)
	}()
	defer func() {
		near.Close()
		<-done
	}()
	conn := near
	if s.implicit {
		conf, err := opts.Dial.TLSConfig()
		if err != nil {
			t.Fatal(err)
		}
		conn = tls.Client(near, conf)
		if err := conn.(*tls.Conn).HandshakeContext(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	c, err := New(t.Context(), conn, opts)
	if err != nil {
		t.Errorf("New: %v", err)
		return
	}
	defer c.Close()
	act(c)
}
