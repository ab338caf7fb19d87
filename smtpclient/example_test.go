package smtpclient_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"postea/smtpclient"
)

// exampleBackend takes mail for everybody but nobody@.
type exampleBackend struct {
	mails chan string
}

func (b *exampleBackend) NewSession(*smtp.Conn) (smtp.Session, error) {
	return &exampleSession{backend: b}, nil
}

type exampleSession struct {
	backend *exampleBackend
	rcpts   []string
	options []string
}

func (s *exampleSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *exampleSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != "ada" || password != "secret" {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *exampleSession) Mail(from string, opts *smtp.MailOptions) error {
	s.options = append(s.options, fmt.Sprintf("size=%d utf8=%v", opts.Size, opts.UTF8))
	return nil
}

func (s *exampleSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody@") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	s.rcpts = append(s.rcpts, to)
	return nil
}

func (s *exampleSession) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.backend.mails <- strings.Join(s.rcpts, ",") + "\n" + string(body)
	return nil
}

func (s *exampleSession) Reset()        { s.rcpts, s.options = nil, nil }
func (s *exampleSession) Logout() error { return nil }

// startServer runs a go-smtp server on a loopback port.
func startServer(backend smtp.Backend) (server *smtp.Server, port int) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server = smtp.NewServer(backend)
	server.Domain = "mail.test"
	server.AllowInsecureAuth = true
	server.EnableSMTPUTF8 = true
	server.EnableDSN = true
	server.ErrorLog = log.New(io.Discard, "", 0)
	go server.Serve(listener)
	return server, listener.Addr().(*net.TCPAddr).Port
}

func ExampleConnect() {
	backend := &exampleBackend{mails: make(chan string, 1)}
	server, port := startServer(backend)
	defer server.Close()

	ctx := context.Background()
	client, err := smtpclient.Connect(ctx, smtpclient.Options{
		Dial: smtpclient.DialConfig{Host: "127.0.0.1", Port: port, TLS: smtpclient.NoTLS},
		Auth: smtpclient.Auth{
			Username: "ada",
			Password: func(context.Context) (string, error) { return "secret", nil },
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Quit(ctx)

	result, err := client.Send(ctx, smtpclient.Envelope{
		From: "ada@mail.test",
		To:   []smtpclient.Recipient{{Address: "bob@mail.test"}, {Address: "nobody@mail.test"}},
	}, strings.NewReader("Subject: hello\n\nHello Bob,\n.\nAda\n"), smtpclient.SendOptions{})
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range result.Recipients {
		fmt.Println(r.Accepted, r.Reply.Code, r.Reply.Enhanced)
	}
	fmt.Println(strings.ReplaceAll(<-backend.mails, "\r\n", "\n"))
	// Output:
	// true 250 2.0.0
	// false 550 5.1.1
	// bob@mail.test
	// Subject: hello
	//
	// Hello Bob,
	// .
	// Ada
}

func ExampleError_Explain() {
	err := &smtpclient.Error{Phase: smtpclient.PhaseAuth, Code: 534, Enhanced: "5.7.9", Text: "Application-specific password required"}
	fmt.Println(err.Explain())
	fmt.Println(err)
	// Output:
	// The server wants an app password or OAuth sign-in.
	// auth: 534 5.7.9 Application-specific password required
}
