package smtpclient

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"postea/internal/dial"
)

// A whole session inside TLS, signed in by the policy a profile has by default.
func TestImplicitTLSSession(t *testing.T) {
	opts, cert := tlsOptions(t, dial.ModeImplicit)
	opts.Auth = Auth{Username: "ada", Password: secret("s3cret")}
	var rec recorder
	opts.Trace = rec.trace
	script := `TLS
		S: 220 hi
		C: EHLO [127.0.0.1]
		S: 250-mx
		S: 250-PIPELINING
		S: 250 AUTH LOGIN PLAIN
		C: AUTH PLAIN AGFkYQBzM2NyZXQ=
		S: 235 2.7.0 welcome
		C: MAIL FROM:<ada@a.test>
		C: RCPT TO:<bob@b.test>
		C: DATA
		S: 250 ok
		S: 250 ok
		S: 354 go
		BODY
		S: 250 ok
		C: QUIT
		S: 221 bye`
	synctest.Test(t, func(t *testing.T) {
		s := play(t, cert, script, func(conn net.Conn) {
			secure, err := dial.StartTLS(t.Context(), conn, opts.Dial)
			if err != nil {
				t.Fatal(err)
			}
			c, err := New(t.Context(), secure, opts)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Send(t.Context(), envelope("bob@b.test"), strings.NewReader(message), SendOptions{}); err != nil {
				t.Error(err)
			}
			if err := c.Quit(t.Context()); err != nil {
				t.Error(err)
			}
		})
		if len(s.bodies) != 1 || s.bodies[0] != onTheWire {
			t.Errorf("server got %q", s.bodies)
		}
		if strings.Contains(rec.String(), "AGFk") || !strings.Contains(rec.String(), "Client: MAIL FROM:<ada@a.test>") {
			t.Errorf("trace:\n%s", &rec)
		}
	})
}

// With TLS 1.3 the handshake is over for the client before the server can have anything
// against it.
func TestServerWantsCertificate(t *testing.T) {
	opts, cert := tlsOptions(t, dial.ModeImplicit)
	ours, theirs := net.Pipe()
	go func() {
		s := tls.Server(theirs, &tls.Config{Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequireAnyClientCert})
		_ = s.HandshakeContext(t.Context()) // is refused
		s.Close()
	}()
	secure, err := dial.StartTLS(t.Context(), ours, opts.Dial)
	if err != nil {
		t.Fatal(err)
	}
	_, err = New(t.Context(), secure, opts)
	if e := asError(err); e == nil || !e.Temporary || !strings.Contains(e.Explain(), "certificate required") {
		t.Errorf("%v", err)
	}
}

func TestCloseWhileSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sendOver(t, plainOptions(), helloFlight+"C: MAIL *\nC: RCPT *\nC: DATA\nPARTIAL", func(ctx context.Context, c *Client) {
			done := make(chan error, 1)
			go func() {
				_, err := c.Send(ctx, envelope("bob@b.test"), strings.NewReader(message), SendOptions{})
				done <- err
			}()
			synctest.Wait()
			c.Close()
			if e := asError(<-done); e == nil || e.Phase != PhaseMail || e.Unknown() {
				t.Errorf("error = %v", e)
			}
		})
	})
}
