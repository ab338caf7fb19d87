package outbox

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
)

// server is a submission server that does as told and counts what it took.
type server struct {
	t    testing.TB
	addr *net.TCPAddr

	mu       sync.Mutex
	rcpt     map[string]string // reply to RCPT by address; "" is 250
	atMail   string            // reply to MAIL
	afterDot string            // "": 250; "drop": take it and hang up; "lose": hang up and forget it; else the reply
	atAuth   string
	atReset  string
	offers   []string // further EHLO keywords
	sevenBit bool     // it does not offer 8BITMIME
	greeting string
	breakAt  int           // the message at which afterDot is done, counted from 1; 0: at all
	room     int           // how many messages it takes before afterDot is done
	pause    chan struct{} // when not nil: closed before the reply to the dot is given
	atDot    chan struct{} // when not nil: told when a dot has come
	took     []string      // the messages, whole
	conns    int
	dots     int
	hangUps  int    // how often it hangs up when a message begins
	perConn  int    // how many messages it takes on a connection; 0: any number
	atRcpt   func() // when not nil: called at each RCPT
}

func newServer(t testing.TB) *server {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, addr: l.Addr().(*net.TCPAddr), rcpt: map[string]string{}}
	var group sync.WaitGroup
	t.Cleanup(func() { l.Close(); group.Wait() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			group.Go(func() { s.serve(c) })
		}
	}()
	return s
}

func (s *server) set(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *server) taken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.took...)
}

func (s *server) serve(c net.Conn) {
	defer c.Close()
	s.mu.Lock()
	s.conns++
	greeting := s.greeting
	s.mu.Unlock()
	if greeting == "" {
		greeting = "220 test"
	}
	say := func(line string) { fmt.Fprintf(c, "%s\r\n", line) }
	say(greeting)
	in := bufio.NewScanner(c)
	in.Split(wholeLines)
	rcpts, mails := 0, 0
	var chunks strings.Builder
	for in.Scan() {
		line := in.Text()
		s.mu.Lock()
		atMail, atAuth, atReset, rcpt, perConn := s.atMail, s.atAuth, s.atReset, s.rcpt, s.perConn
		s.mu.Unlock()
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		switch {
		case verb == "EHLO":
			say("250-test")
			s.mu.Lock()
			for _, o := range s.offers {
				say("250-" + o)
			}
			if !s.sevenBit {
				say("250-8BITMIME")
			}
			s.mu.Unlock()
			say("250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250-DSN\r\n250 AUTH PLAIN")
		case verb == "AUTH":
			say(or(atAuth, "235 2.7.0 welcome"))
		case verb == "RSET":
			say(or(atReset, "250 2.0.0 ok"))
		case verb == "MAIL" && s.hangsUp():
			return
		case verb == "MAIL" && perConn > 0 && mails == perConn:
			say("421 too many messages in this connection")
			return
		case verb == "MAIL":
			rcpts = 0
			chunks.Reset()
			mails++
			say(or(atMail, "250 2.1.0 ok"))
		case verb == "RCPT":
			address := line[strings.Index(line, "<")+1 : strings.Index(line, ">")]
			s.mu.Lock()
			reply, hook := rcpt[address], s.atRcpt
			s.mu.Unlock()
			if hook != nil {
				hook()
			}
			if reply == "" {
				rcpts++
			}
			say(or(reply, "250 2.1.5 ok"))
		case verb == "DATA" && rcpts == 0:
			say("554 5.5.1 no valid recipients")
		case verb == "DATA":
			say("354 go on")
			if !s.content(in, say) {
				return
			}
		case verb == "BDAT":
			var size int
			fmt.Sscanf(line, "BDAT %d", &size)
			last := strings.HasSuffix(line, " LAST")
			if !s.chunk(in, say, size, last, rcpts > 0, &chunks) {
				return
			}
			if last {
				rcpts = 0
			}
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (s *server) hangsUp() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hangUps == 0 {
		return false
	}
	s.hangUps--
	return true
}

func (s *server) content(in *bufio.Scanner, say func(string)) bool {
	var b strings.Builder
	for in.Scan() {
		line := in.Text()
		if line == "." {
			return s.verdict(say, b.String())
		}
		b.WriteString(strings.TrimPrefix(line, "."))
		b.WriteString("\r\n")
	}
	return false
}

// wholeLines splits at CRLF and knows no line without one.
func wholeLines(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.Index(data, []byte("\r\n")); i >= 0 {
		return i + 2, data[:i], nil
	}
	return 0, nil, nil
}

// chunk reads a piece of a message that is counted, and throws it away if nobody gets it.
func (s *server) chunk(in *bufio.Scanner, say func(string), size int, last, wanted bool, chunks *strings.Builder) bool {
	end := chunks.Len() + size
	for chunks.Len() < end && in.Scan() {
		chunks.WriteString(in.Text() + "\r\n")
	}
	switch {
	case chunks.Len() < end:
		return false
	case !wanted:
		say("554 5.5.1 no valid recipients")
		return true
	case !last:
		say("250 2.0.0 go on")
		return true
	}
	return s.verdict(say, chunks.String())
}

func (s *server) verdict(say func(string), message string) bool {
	s.mu.Lock()
	pause, atDot, how := s.pause, s.atDot, s.afterDot
	if s.dots++; s.breakAt != 0 && s.dots != s.breakAt {
		how = ""
	}
	if len(s.took) < s.room {
		how = ""
	}
	s.mu.Unlock()
	if atDot != nil {
		atDot <- struct{}{}
	}
	if pause != nil {
		<-pause
	}
	if how == "" || how == "drop" {
		s.set(func() { s.took = append(s.took, message) })
	}
	switch how {
	case "":
		say("250 2.0.0 Ok: queued as ABC123")
	case "drop", "lose":
		return false
	default:
		say(how)
	}
	return true
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
