package demo

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"

	imap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-smtp"
)

// port is a listener and the server it feeds.
type port struct {
	listener net.Listener
	serve    func(net.Listener) error
}

// listen opens the four ports; serve begins to answer on them.
func (s *Server) listen(host string, config *tls.Config) error {
	// The libraries log what a server's operator wants to know. Here nobody
	// operates, and the terminal belongs to the client.
	quiet := log.New(io.Discard, "", 0)
	s.imap = imapserver.New(&imapserver.Options{
		NewSession: s.newSession, Caps: imapCaps(), Logger: quiet, TLSConfig: config,
	})
	s.smtp = smtp.NewServer(smtp.BackendFunc(s.newSubmission))
	s.smtp.Domain, s.smtp.TLSConfig, s.smtp.ErrorLog = hostname, config, quiet
	s.smtp.MaxMessageBytes, s.smtp.MaxRecipients = maxMessage, 100
	s.smtp.EnableSMTPUTF8, s.smtp.EnableDSN = true, true

	for _, p := range []struct {
		service  *Service
		serve    func(net.Listener) error
		implicit bool
		endpoint *Endpoint
	}{
		{s.IMAP, s.imap.Serve, true, &s.info.IMAP},
		{s.IMAP, s.imap.Serve, false, &s.imapTLS},
		{s.SMTP, s.smtp.Serve, true, &s.info.Submissions},
		{s.SMTP, s.smtp.Serve, false, &s.info.Submission},
	} {
		plain, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			for _, open := range s.ports {
				open.listener.Close()
			}
			return fmt.Errorf("listen: %w", err)
		}
		*p.endpoint = Endpoint{Host: host, Port: plain.Addr().(*net.TCPAddr).Port, TLS: "starttls"}
		var l net.Listener = &listener{Listener: plain, service: p.service}
		if p.implicit {
			p.endpoint.TLS, l = "implicit", tls.NewListener(l, config)
		}
		s.ports = append(s.ports, port{l, p.serve})
	}
	return nil
}

func (s *Server) serve() {
	for _, p := range s.ports {
		s.listening.Go(func() {
			// It ends when Close closes the listener; there is nobody to tell
			// of any other end.
			_ = p.serve(p.listener)
		})
	}
}

func (s *Server) newSession(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
	if !s.running.enter() {
		return nil, nil, &imap.Error{Type: imap.StatusResponseTypeBye, Text: "The server is closing"}
	}
	return &session{server: s}, &imapserver.GreetingData{}, nil
}

func (s *Server) newSubmission(c *smtp.Conn) (smtp.Session, error) {
	if s.ctx.Err() != nil {
		return nil, errors.New("the server is closing")
	}
	return &submission{server: s, conn: c}, nil
}
