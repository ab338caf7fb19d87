package smtpclient_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	netsmtp "net/smtp"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"postea/internal/dial"
	"postea/smtpclient"
)

// sink takes everything and keeps nothing.
type sink struct{}

func (sink) NewSession(*smtp.Conn) (smtp.Session, error) { return sink{}, nil }
func (sink) Mail(string, *smtp.MailOptions) error        { return nil }
func (sink) Rcpt(string, *smtp.RcptOptions) error        { return nil }
func (sink) Reset()                                      {}
func (sink) Logout() error                               { return nil }
func (sink) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

func startSink(b *testing.B) int {
	b.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := smtp.NewServer(sink{})
	server.Domain = "mail.test"
	server.ErrorLog = log.New(io.Discard, "", 0)
	go server.Serve(listener)
	b.Cleanup(func() { server.Close() })
	return listener.Addr().(*net.TCPAddr).Port
}

// benchClient sends one message over a connection that is open.
type benchClient func(body string) error

func posteaClient(known bool) func(*testing.B, int) benchClient {
	return func(b *testing.B, port int) benchClient {
		client, err := smtpclient.Connect(b.Context(), smtpclient.Options{
			Dial: dial.Config{Host: "127.0.0.1", Port: port, TLS: dial.ModeNone},
		})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { client.Close() })
		if known {
			if err := client.Learn(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		return func(body string) error {
			env := smtpclient.Envelope{From: "a@b.test", To: []smtpclient.Recipient{{Address: "c@d.test"}}, BodySize: int64(len(body))}
			_, err := client.Send(context.Background(), env, strings.NewReader(body), smtpclient.SendOptions{})
			return err
		}
	}
}

func netClient(b *testing.B, port int) benchClient {
	client, err := netsmtp.Dial(fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { client.Close() })
	return func(body string) error {
		if err := client.Mail("a@b.test"); err != nil {
			return err
		}
		if err := client.Rcpt("c@d.test"); err != nil {
			return err
		}
		w, err := client.Data()
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, body); err != nil {
			return err
		}
		return w.Close()
	}
}

func goSMTPClient(b *testing.B, port int) benchClient {
	client, err := smtp.Dial(fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { client.Close() })
	return func(body string) error {
		return client.SendMail("a@b.test", []string{"c@d.test"}, strings.NewReader(body))
	}
}

// BenchmarkSend compares clients over loopback, where only work counts and no
// waiting: each op is a message on a connection that is open.
func BenchmarkSend(b *testing.B) {
	small := strings.Repeat("The quick brown fox jumps over the lazy dog, and then some more.\r\n", 30)
	large := strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", 128_000)
	for _, size := range []struct{ name, body string }{{"2kB", small}, {"10MB", large}} {
		for _, c := range []struct {
			name string
			open func(*testing.B, int) benchClient
		}{
			{"postea one flight", posteaClient(true)},
			{"postea DATA", posteaClient(false)},
			{"net-smtp", netClient},
			{"go-smtp", goSMTPClient},
		} {
			if size.name == "10MB" && c.name == "postea DATA" {
				continue // a message of that size has the server probed first
			}
			b.Run(size.name+"/"+c.name, func(b *testing.B) {
				send := c.open(b, startSink(b))
				b.SetBytes(int64(len(size.body)))
				b.ReportAllocs()
				for b.Loop() {
					if err := send(size.body); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkGroup is the time of a message in a queue of many.
func BenchmarkGroup(b *testing.B) {
	body := strings.Repeat("The quick brown fox jumps over the lazy dog, and then some more.\r\n", 30)
	client, err := smtpclient.Connect(b.Context(), smtpclient.Options{
		Dial: dial.Config{Host: "127.0.0.1", Port: startSink(b), TLS: dial.ModeNone}, Groups: true,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { client.Close() })
	if err := client.Learn(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for _, err := range client.SendGroup(b.Context(), func(yield func(smtpclient.Message) bool) {
		for b.Loop() {
			env := smtpclient.Envelope{From: "a@b.test", To: []smtpclient.Recipient{{Address: "c@d.test"}}, BodySize: int64(len(body))}
			if !yield(smtpclient.Message{Envelope: env, Body: strings.NewReader(body)}) {
				return
			}
		}
	}) {
		if err != nil {
			b.Fatal(err)
		}
	}
}
