package dial

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func TestDialTLS(t *testing.T) {
	ca := newAuthority(t)
	cert := ca.issue(t, nil)
	leaf := parse(t, cert.Certificate[0])
	port := listen(t, echoTLS(&tls.Config{Certificates: []tls.Certificate{cert}}))
	digest := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	for name, c := range map[string]Config{
		"CA file":        {Host: "localhost", CAFile: ca.file},
		"address":        {Host: "127.0.0.1", TLS: ModeImplicit, CAFile: ca.file},
		"trailing dot":   {Host: "localhost.", CAFile: ca.file},
		"pin":            {Host: "localhost", Pin: PinOf(leaf)},
		"pin in base64":  {Host: "localhost", Pin: "SHA256:" + base64.StdEncoding.EncodeToString(digest[:])},
		"pin and CA":     {Host: "localhost", Pin: PinOf(leaf), CAFile: ca.file},
		"resumed":        {Host: "localhost", CAFile: ca.file, SessionCache: tls.NewLRUClientSessionCache(1)},
		"pinned resumed": {Host: "localhost", Pin: PinOf(leaf), SessionCache: tls.NewLRUClientSessionCache(1)},
	} {
		t.Run(name, func(t *testing.T) {
			c.Port = port
			for range 2 {
				conn, err := Dial(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				roundTrip(t, conn)
				if state, ok := TLSState(conn); !ok || state.Version < tls.VersionTLS12 {
					t.Errorf("state %v", ok)
				}
				conn.Close()
			}
		})
	}
}

func TestDialRefusesCertificates(t *testing.T) {
	ca, other := newAuthority(t), newAuthority(t)
	tests := []struct {
		name   string
		change func(*x509.Certificate)
		caFile string
		pin    string
		says   string
	}{
		{"expired", func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(2021, 3, 4, 0, 0, 0, 0, time.UTC)
		}, ca.file, "", "expired on 4 March 2021"},
		{"not yet valid", func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Date(2120, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(2121, 1, 2, 0, 0, 0, 0, time.UTC)
		}, ca.file, "", "not valid before 2 January 2120"},
		{"other names", func(c *x509.Certificate) {
			c.DNSNames, c.IPAddresses = []string{"a.test", "b.test", "c.test", "d.test", "e.test", "f.test"}, nil
		}, ca.file, "", "other names: a.test, b.test, c.test, d.test, e.test and 1 more"},
		{"common name only", func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = nil, nil }, ca.file, "", "no server name"},
		{"for clients", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }, ca.file, "", "not meant for servers"},
		{"unknown authority", nil, other.file, "", "unknown authority (CN=Test CA)"},
		{"other pin", nil, "", "sha256:" + strings.Repeat("00", 32), "another key than the pinned one"},
		{"right pin, unknown authority", nil, other.file, "-", "unknown authority"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cert := ca.issue(t, tt.change)
			leaf := parse(t, cert.Certificate[0])
			if tt.pin == "-" {
				tt.pin = PinOf(leaf)
			}
			port := listen(t, echoTLS(&tls.Config{Certificates: []tls.Certificate{cert}}))
			_, err := Dial(t.Context(), Config{Host: "localhost", Port: port, CAFile: tt.caFile, Pin: tt.pin})
			var e *Error
			if !errors.As(err, &e) || e.Kind != KindCertificate || e.Op != "tls" || e.Pin != PinOf(leaf) {
				t.Fatalf("error = %#v", err)
			}
			if !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("says %q, want %q", err, tt.says)
			}
		})
	}
}

// Only who hung up is asked again: another greeting changes nothing about a certificate.
func TestRefusedCertificateIsAskedForOnce(t *testing.T) {
	ca, other := newAuthority(t), newAuthority(t)
	echo := echoTLS(&tls.Config{Certificates: []tls.Certificate{ca.issue(t, nil)}})
	var asked atomic.Int32
	port := listen(t, func(conn net.Conn) {
		asked.Add(1)
		echo(conn)
	})
	_, err := Dial(t.Context(), Config{Host: "localhost", Port: port, CAFile: other.file})
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindCertificate || asked.Load() != 1 {
		t.Errorf("asked %d times, %v", asked.Load(), err)
	}
}

// What the server cannot be trusted with is hung up, not left open.
func TestFailedHandshakeHangsUp(t *testing.T) {
	ca, other := newAuthority(t), newAuthority(t)
	cert := ca.issue(t, nil)
	ended := make(chan struct{})
	port := listen(t, func(conn net.Conn) {
		echoTLS(&tls.Config{Certificates: []tls.Certificate{cert}})(conn)
		io.Copy(io.Discard, conn)
		close(ended)
	})
	if _, err := Dial(t.Context(), Config{Host: "localhost", Port: port, CAFile: other.file}); err == nil {
		t.Fatal("no error")
	}
	<-ended
}

func TestSelfSignedIsNamed(t *testing.T) {
	ca := newAuthority(t)
	if got := authorityReason(ca.cert); !strings.Contains(got, "self-signed") {
		t.Errorf("%q", got)
	}
	if got := authorityReason(nil); !strings.Contains(got, "unknown authority") {
		t.Errorf("%q", got)
	}
}

func TestDialHandshakeFails(t *testing.T) {
	ca := newAuthority(t)
	cert := ca.issue(t, nil)
	tests := []struct {
		name   string
		handle func(net.Conn)
		says   string
	}{
		{"plain server", func(conn net.Conn) { io.WriteString(conn, "220 hello\r\n"); io.Copy(io.Discard, conn) }, "does not speak TLS from the start"},
		{"web page", func(conn net.Conn) {
			io.WriteString(conn, "HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\n\r\n")
			io.Copy(io.Discard, conn)
		}, "sign in on the page of this network"},
		{"hangs up", func(net.Conn) {}, "hung up"},
		{"TLS 1.1", echoTLS(&tls.Config{Certificates: []tls.Certificate{cert}, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}), "older than 1.2"},
		{"wants a certificate", echoTLS(&tls.Config{Certificates: []tls.Certificate{cert}, MaxVersion: tls.VersionTLS12, ClientAuth: tls.RequireAnyClientCert}), "the server refused the handshake (tls: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Dial(t.Context(), Config{Host: "localhost", Port: listen(t, tt.handle), CAFile: ca.file})
			var e *Error
			if !errors.As(err, &e) || e.Kind != KindTLS {
				t.Fatalf("error = %#v", err)
			}
			if !strings.Contains(err.Error(), tt.says) {
				t.Errorf("says %q, want %q", err, tt.says)
			}
		})
	}
}

// silent accepts and says nothing until the client goes.
func silent(conn net.Conn) { io.Copy(io.Discard, conn) }

func TestDialIsCancelled(t *testing.T) {
	port := listen(t, silent)
	proxyConfig := Config{Host: "mail.test", Port: 25, TLS: ModeStartTLS, Proxy: "http://" + net.JoinHostPort("127.0.0.1", itoa(port))}
	for name, c := range map[string]Config{
		"in the handshake": {Host: "localhost", Port: port},
		"in the proxy":     proxyConfig,
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			c.Timeout = time.Hour
			done := make(chan error)
			go func() { _, err := Dial(ctx, c); done <- err }()
			cancel()
			var e *Error
			if err := <-done; !errors.As(err, &e) || e.Kind != KindCanceled || !errors.Is(err, context.Canceled) {
				t.Errorf("error = %#v", err)
			}
		})
	}
}

func TestDialTimesOut(t *testing.T) {
	_, err := Dial(t.Context(), Config{Host: "localhost", Port: listen(t, silent), Timeout: time.Millisecond})
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindTimeout || !e.Timeout() {
		t.Errorf("error = %#v", err)
	}
}

func TestDialRefused(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	_, err = Dial(t.Context(), Config{Host: "127.0.0.1", Port: port, TLS: ModeNone})
	var e *Error
	if !errors.As(err, &e) || e.Kind != KindRefused || !strings.Contains(err.Error(), "nothing listens") {
		t.Errorf("error = %#v", err)
	}
}

func TestPlainOnlyToLoopback(t *testing.T) {
	port := listen(t, echo)
	for _, host := range []string{"localhost", "127.0.0.1"} {
		conn, err := Dial(t.Context(), Config{Host: host, Port: port, TLS: ModeNone})
		if err != nil {
			t.Fatal(err)
		}
		roundTrip(t, conn)
		if _, ok := TLSState(conn); ok || !IsLoopback(conn) {
			t.Errorf("%s: TLS %v, loopback %v", host, ok, IsLoopback(conn))
		}
		conn.Close()
	}
	for _, c := range []Config{
		{Host: "192.0.2.1"}, {Host: "mail.example.org"}, {Host: "localhost.example.org"}, {Host: "localhost", Proxy: "socks5://127.0.0.1:1"},
	} {
		c.Port, c.TLS = port, ModeNone
		_, err := Dial(t.Context(), c)
		var e *Error
		if !errors.As(err, &e) || e.Kind != KindConfig {
			t.Errorf("%s: error = %v", c.Host, err)
		}
	}
	if _, err := (Config{Host: "192.0.2.1", Port: 25, TLS: ModeNone, Insecure: true}).check(); err != nil {
		t.Error(err)
	}
}

func TestStartTLS(t *testing.T) {
	ca := newAuthority(t)
	port := listen(t, echoTLS(&tls.Config{Certificates: []tls.Certificate{ca.issue(t, nil)}}))
	c := Config{Host: "localhost", Port: port, TLS: ModeStartTLS, CAFile: ca.file}
	conn, err := Dial(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	secure, err := StartTLS(t.Context(), conn, c)
	if err != nil {
		t.Fatal(err)
	}
	roundTrip(t, secure)
	secure.Close()
}

func TestConfigErrors(t *testing.T) {
	notPEM := filepath.Join(t.TempDir(), "x.pem")
	if err := os.WriteFile(notPEM, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	port := listen(t, silent)
	for name, c := range map[string]Config{
		"no host":       {Port: 25},
		"bad host":      {Host: "a b", Port: 25},
		"bad IDN":       {Host: "xn--\u00fc", Port: 25},
		"no port":       {Host: "localhost"},
		"high port":     {Host: "localhost", Port: 70000},
		"bad mode":      {Host: "localhost", Port: 25, TLS: "ssl"},
		"no CA file":    {Host: "localhost", Port: port, CAFile: "/does/not/exist"},
		"empty CA file": {Host: "localhost", Port: port, CAFile: notPEM},
		"bad pin":       {Host: "localhost", Port: port, Pin: "sha256:zz"},
		"pin prefix":    {Host: "localhost", Port: port, Pin: "md5:00"},
	} {
		_, err := Dial(t.Context(), c)
		var e *Error
		if !errors.As(err, &e) || e.Kind != KindConfig || e.Error() == "" {
			t.Errorf("%s: error = %v", name, err)
		}
	}
}

func TestTLSConfig(t *testing.T) {
	conf, err := Config{Host: "bücher.example."}.TLSConfig()
	if err != nil || conf.ServerName != "xn--bcher-kva.example" || conf.MinVersion != tls.VersionTLS12 || conf.InsecureSkipVerify {
		t.Errorf("%+v, %v", conf, err)
	}
	ca := newAuthority(t).file
	for _, c := range []Config{{}, {TLS: ModeStartTLS}, {CAFile: ca}, {TLS: ModeOpportunistic, CAFile: ca}, {TLS: ModeOpportunistic}} {
		c.Host = "mail.example"
		if conf, err := c.TLSConfig(); err != nil || conf.InsecureSkipVerify != (c.TLS == ModeOpportunistic && c.CAFile == "") {
			t.Errorf("%+v: unverified %v, %v", c, conf.InsecureSkipVerify, err)
		}
	}
}

// lookup is the failure of a connect whose name could not be looked up.
func lookup(err net.DNSError) *Error {
	err.Name, err.Server = "mail.test.", "192.0.2.53:53"
	return classify(context.Background(), "connect", "mail.test:993", &net.OpError{Op: "dial", Net: "tcp", Err: &err})
}

func TestErrorTexts(t *testing.T) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	tests := []struct {
		err  *Error
		kind Kind
		says string
	}{
		{classify(context.Background(), "connect", "mail.test:993", &net.DNSError{IsNotFound: true}), KindUnknownHost, "no server named mail.test"},
		{lookup(net.DNSError{Err: "i/o timeout", IsTimeout: true}), KindTimeout, "the address of mail.test cannot be looked up: the name server 192.0.2.53:53 does not answer"},
		{lookup(net.DNSError{Err: "server misbehaving", IsTemporary: true}), KindOther, "the name server 192.0.2.53:53 cannot tell it now"},
		{lookup(net.DNSError{Err: "dial udp 192.0.2.53:53: connect: network is unreachable"}), KindOther, "looked up: no network leads to the name server 192.0.2.53:53"},
		{lookup(net.DNSError{Err: "read udp 192.0.2.1:40->192.0.2.53:53: read: connection refused"}), KindOther, "nothing answers at the name server 192.0.2.53:53"},
		{classify(context.Background(), "connect", "192.0.2.1:993", &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ENETUNREACH)}), KindOther, "cannot connect to 192.0.2.1:993: network is unreachable"},
		{classify(context.Background(), "connect", "mail.test:993", os.ErrDeadlineExceeded), KindTimeout, "did not answer"},
		{classify(ended, "tls", "mail.test:993", net.ErrClosed), KindCanceled, "cancelled"},
		{classify(context.Background(), "connect", "mail.test:993", errors.New("no route\x1b[2J\n")), KindOther, "no route\uFFFD[2J\uFFFD"},
		{&Error{Kind: KindOther, Host: "h:1"}, KindOther, "unknown error"},
	}
	for _, tt := range tests {
		if tt.err.Kind != tt.kind || !strings.Contains(tt.err.Error(), tt.says) {
			t.Errorf("%d %q, want %d %q", tt.err.Kind, tt.err, tt.kind, tt.says)
		}
	}
	if long := printable(strings.Repeat("x", 1000)); len([]rune(long)) != shownText+1 {
		t.Errorf("%d characters shown", len([]rune(long)))
	}
}
