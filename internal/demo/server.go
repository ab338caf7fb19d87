package demo

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-smtp"
)

// maxMessage is the size of the largest message that is taken.
const maxMessage = 25 << 20

// Options say how a server starts. Only Dir is required.
type Options struct {
	Dir  string // where ca.pem is written; it must exist
	Host string // the address to listen on, of the loopback interface; "127.0.0.1" if empty

	// Now is the clock that dates mail, time.Now if nil. The sample mail lies
	// in the hours, days and months before the start.
	Now func() time.Time

	// EchoAfter is how long answers, bounces and reports take to arrive. With
	// 0 they come at once, but still after the reply to the submission.
	EchoAfter time.Duration

	// Empty leaves the sample mail out. The folders with a special use exist.
	Empty bool
}

// Server is a running server. Its methods may be called from any goroutine.
type Server struct {
	Users []User // "home" and "work"

	IMAP *Service // the line to the mailboxes
	SMTP *Service // the line for submission

	now      func() time.Time
	after    time.Duration
	accounts []*account
	people   map[string]person // who writes back, by address
	info     Info
	imapTLS  Endpoint // STARTTLS

	ctx       context.Context // done when the server closes
	cancel    context.CancelFunc
	imap      *imapserver.Server
	smtp      *smtp.Server
	ports     []port
	listening sync.WaitGroup
	running   group // IMAP sessions, and answers under way
	closing   sync.Once

	mu         sync.Mutex
	accepted   []Submission
	numbered   int
	loseAnswer bool
}

// Endpoint is where a service listens, and how it does TLS: "implicit" or
// "starttls".
type Endpoint struct {
	Host string `json:"host"`
	Port int    `json:"port"`
	TLS  string `json:"tls"`
}

// Login is what somebody signs in with, to all services alike.
type Login struct {
	Address  string `json:"address"`
	Username string `json:"username"`
	Password string `json:"password"`
}

// Info is all a client needs to know. Its JSON is what "postea demo --serve"
// prints.
type Info struct {
	IMAP        Endpoint `json:"imap"`
	Submission  Endpoint `json:"submission"`
	Submissions Endpoint `json:"submissions"`
	Users       []Login  `json:"users"`
	CAFile      string   `json:"ca_file"`
}

// Start starts a server, which runs until Close is called or the context is
// done.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Dir == "" {
		return nil, errors.New("demo: no directory given for the certificate")
	}
	if o.Host == "" {
		o.Host = "127.0.0.1"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{
		Users: users(), now: o.Now, after: o.EchoAfter, people: make(map[string]person),
		IMAP: &Service{conns: make(map[*conn]struct{})}, SMTP: &Service{conns: make(map[*conn]struct{})},
	}
	s.info.CAFile = filepath.Join(o.Dir, "ca.pem")
	config, err := newCertificate(s.info.CAFile, "localhost", "127.0.0.1", "::1", o.Host)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	started := s.now()
	for _, u := range s.Users {
		s.accounts = append(s.accounts, newAccount(u, started))
		s.info.Users = append(s.info.Users, Login{u.Address, u.Username, u.Password})
	}
	s.meet(echoes()...)
	if !o.Empty {
		s.fill(started)
	}
	if err := s.listen(o.Host, config); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	s.serve()
	context.AfterFunc(ctx, func() { s.Close() })
	return s, nil
}

// Info tells where the services are and who may sign in.
func (s *Server) Info() Info { return s.info }

// IMAPStartTLS is where IMAP begins in clear text. The one in Info is better
// known, and has TLS from the first byte.
func (s *Server) IMAPStartTLS() Endpoint { return s.imapTLS }

// Close ends all connections and waits for the server's goroutines.
func (s *Server) Close() error {
	s.closing.Do(func() {
		s.cancel()
		s.running.close()
		s.IMAP.SetOffline(true)
		s.SMTP.SetOffline(true)
		// The libraries want to be closed only when they no longer accept.
		for _, p := range s.ports {
			p.listener.Close()
		}
		s.listening.Wait()
		s.imap.Close()
		s.smtp.Shutdown(context.Background()) // its connections are cut already, so this does not wait long
	})
	s.running.wait()
	return nil
}
