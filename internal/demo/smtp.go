package demo

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// submission is one SMTP connection. go-smtp may call Reset while a Data that
// reads chunks is still running, hence the lock.
type submission struct {
	server *Server
	conn   *smtp.Conn

	mu      sync.Mutex
	account *account // nil before the log-in
	mail    Submission
}

func reply(code int, enhanced smtp.EnhancedCode, format string, args ...any) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: fmt.Sprintf(format, args...)}
}

func (s *submission) AuthMechanisms() []string { return []string{sasl.Plain, sasl.Login} }

func (s *submission) Auth(mechanism string) (sasl.Server, error) {
	switch mechanism {
	case sasl.Plain:
		return sasl.NewPlainServer(func(identity, username, password string) error {
			if identity != "" && !strings.EqualFold(identity, username) {
				return smtp.ErrAuthFailed
			}
			return s.signIn(username, password)
		}), nil
	case sasl.Login:
		return &loginServer{signIn: s.signIn}, nil
	}
	return nil, smtp.ErrAuthUnknownMechanism
}

func (s *submission) signIn(username, password string) error {
	a := s.server.signIn(username, password)
	if a == nil || s.server.SMTP.refuse.Load() {
		return smtp.ErrAuthFailed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.account = a
	return nil
}

// loginServer is the LOGIN mechanism, which asks for one thing at a time and
// never became an RFC.
type loginServer struct {
	signIn   func(username, password string) error
	asked    int
	username string
}

func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	if response == nil {
		l.asked = 1
		return []byte("Username:"), false, nil
	}
	if l.asked < 2 {
		l.asked, l.username = 2, string(response)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.signIn(l.username, string(response))
}

func (s *submission) Mail(from string, options *smtp.MailOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.account == nil {
		if _, secure := s.conn.TLSConnectionState(); !secure {
			return reply(530, smtp.EnhancedCode{5, 7, 0}, "Must issue a STARTTLS command first")
		}
		return reply(530, smtp.EnhancedCode{5, 7, 0}, "Authentication required")
	}
	if from != "" && s.server.owner(from) != s.account {
		return reply(553, smtp.EnhancedCode{5, 7, 1}, "<%s>: %s may not send as this address", from, s.account.user.Username)
	}
	s.mail = Submission{Username: s.account.user.Username, From: from}
	if options != nil {
		s.mail.EnvID, s.mail.Return, s.mail.utf8 = options.EnvelopeID, string(options.Return), options.UTF8
	}
	return nil
}

func (s *submission) Rcpt(to string, options *smtp.RcptOptions) error {
	if err := s.server.mayReceive(to); err != nil {
		return err
	}
	r := Recipient{Address: to}
	if options != nil {
		r.Original = options.OriginalRecipient
		for _, n := range options.Notify {
			r.Notify = append(r.Notify, string(n))
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mail.To = append(s.mail.To, r)
	return nil
}

func (s *submission) Data(r io.Reader) error {
	s.mu.Lock()
	mail := s.mail
	s.mu.Unlock()
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	mail.Raw = raw
	if hops := strings.Count(strings.ToLower(string(headerOf(raw))), "\nreceived:"); hops > 50 {
		return reply(554, smtp.EnhancedCode{5, 4, 6}, "This message goes round in circles")
	}
	mail.client = s.conn.Hostname()
	s.server.accept(mail)
	if s.server.losesAnswer() {
		s.conn.Conn().Close()
		return errors.New("connection lost")
	}
	return nil
}

func (s *submission) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mail = Submission{}
}

func (s *submission) Logout() error { return nil }
