package smtpclient

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"postea/internal/dial"
	"postea/internal/transcript"
)

// scriptServer plays the server's side of a conversation written down line by
// line:
//
//	S: text     send a line
//	R: "text"   send exactly this (a Go string)
//	C: text     the client must send this line; * at the end matches the rest
//	BODY        read a message up to its end
//	CHUNK 5     the client must send "BDAT 5" and five bytes; CHUNK 5 LAST ends the message
//	SLOW 5 1s   the same, a kibibyte each second
//	TAKE 5      read five bytes of whatever comes
//	SILENT 1s   the client must say nothing for that time
//	PARTIAL     read until the client drops the connection
//	TLS         run the server's side of a handshake
//	WAIT 10s    let time pass
//	CLOSE       drop the connection
type scriptServer struct {
	t      *testing.T
	conn   net.Conn
	br     *bufio.Reader
	cert   tls.Certificate
	bodies []string
	chunks strings.Builder
}

// play runs script against act, which gets the client's end of the line.
func play(t *testing.T, cert tls.Certificate, script string, act func(net.Conn)) *scriptServer {
	t.Helper()
	near, far := net.Pipe()
	s := &scriptServer{t: t, conn: far, br: bufio.NewReader(far), cert: cert}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer far.Close()
		for line := range strings.SplitSeq(script, "\n") {
			if line = strings.TrimSpace(line); line != "" && !s.step(line) {
				return
			}
		}
		// Whatever the client says after the script but a goodbye is too much.
		rest, _ := io.ReadAll(s.br)
		if extra := strings.TrimSuffix(string(rest), "QUIT\r\n"); extra != "" {
			t.Errorf("the client goes on with %.200q", extra)
		}
	}()
	act(near)
	near.Close()
	<-done
	return s
}

func (s *scriptServer) step(line string) bool {
	verb, arg, _ := strings.Cut(line, " ")
	switch verb {
	case "S:":
		return s.send(arg + "\r\n")
	case "R:":
		raw, err := strconv.Unquote(arg)
		if err != nil {
			s.t.Errorf("script: %s: %v", line, err)
		}
		return s.send(raw)
	case "C:":
		return s.expect(arg)
	case "BODY":
		return s.body()
	case "CHUNK":
		return s.expect("BDAT "+arg) && s.chunk(arg)
	case "TAKE":
		size, err := strconv.Atoi(arg)
		if err != nil {
			s.t.Errorf("script: %s: %v", line, err)
		}
		_, err = io.CopyN(io.Discard, s.br, int64(size))
		return err == nil
	case "SLOW":
		return s.slowly(arg)
	case "SILENT":
		return s.silent(arg)
	case "PARTIAL":
		rest, _ := io.ReadAll(s.br)
		if bytes.HasSuffix(rest, []byte("\r\n.\r\n")) {
			s.t.Errorf("the message was ended: %q", rest)
		}
		return true
	case "TLS":
		secure := tls.Server(s.conn, &tls.Config{Certificates: []tls.Certificate{s.cert}})
		if err := secure.Handshake(); err != nil {
			return false
		}
		s.conn, s.br = secure, bufio.NewReader(secure)
		return true
	case "WAIT":
		d, err := time.ParseDuration(arg)
		if err != nil {
			s.t.Errorf("script: %s: %v", line, err)
		}
		time.Sleep(d)
		return true
	case "CLOSE":
		s.conn.Close()
		return false
	}
	s.t.Errorf("script: unknown line %q", line)
	return false
}

func (s *scriptServer) send(text string) bool {
	_, err := io.WriteString(s.conn, text)
	return err == nil // a client that hung up is judged by what it returns
}

func (s *scriptServer) expect(pattern string) bool {
	line, err := s.br.ReadString('\n')
	if err != nil {
		s.t.Errorf("want %q, the client hung up after %q", pattern, line)
		return false
	}
	got, ok := strings.CutSuffix(line, "\r\n")
	if !ok {
		s.t.Errorf("line without CRLF: %q", line)
	}
	prefix, open := strings.CutSuffix(pattern, "*")
	if got != pattern && !(open && strings.HasPrefix(got, prefix)) {
		s.t.Errorf("client says %q, want %q", got, pattern)
		return false
	}
	return true
}

func (s *scriptServer) body() bool {
	var b strings.Builder
	for {
		line, err := s.br.ReadString('\n')
		if err != nil {
			s.t.Errorf("the message ends in %q: %v", line, err)
			return false
		}
		if line == ".\r\n" {
			s.bodies = append(s.bodies, b.String())
			return true
		}
		b.WriteString(strings.TrimPrefix(line, "."))
	}
}

// chunk reads the content that "5" or "5 LAST" announced.
func (s *scriptServer) chunk(arg string) bool {
	count, mark, _ := strings.Cut(arg, " ")
	size, err := strconv.Atoi(count)
	if err != nil {
		s.t.Errorf("script: CHUNK %s: %v", arg, err)
	}
	if _, err := io.CopyN(&s.chunks, s.br, int64(size)); err != nil {
		s.t.Errorf("a chunk of %d bytes: %v", size, err)
		return false
	}
	if mark == "LAST" {
		s.bodies = append(s.bodies, s.chunks.String())
		s.chunks.Reset()
	}
	return true
}

func (s *scriptServer) slowly(arg string) bool {
	fields := strings.Fields(arg)
	if !s.expect("BDAT " + fields[0] + " LAST") {
		return false
	}
	size, _ := strconv.Atoi(fields[0])
	every, err := time.ParseDuration(fields[1])
	if err != nil {
		s.t.Errorf("script: SLOW %s: %v", arg, err)
	}
	for left := size; left > 0; left -= 1024 {
		time.Sleep(every)
		if _, err := io.CopyN(io.Discard, s.br, int64(min(left, 1024))); err != nil {
			return false
		}
	}
	return true
}

func (s *scriptServer) silent(arg string) bool {
	d, err := time.ParseDuration(arg)
	if err != nil {
		s.t.Errorf("script: SILENT %s: %v", arg, err)
	}
	s.conn.SetReadDeadline(time.Now().Add(d))
	if got, err := s.br.Peek(1); err == nil {
		s.t.Errorf("the client goes on with %q… before it is its turn", got)
		return false
	}
	s.br.Reset(s.conn)
	return s.conn.SetReadDeadline(time.Time{}) == nil
}

// tlsOptions returns options for a server with the certificate, verified
// against a CA file that holds it.
func tlsOptions(t *testing.T, mode dial.TLSMode) (Options, tls.Certificate) {
	t.Helper()
	cert, caFile := testCertificate(t)
	return Options{Dial: dial.Config{Host: "mail.test", Port: 587, TLS: mode, CAFile: caFile}}, cert
}

func testCertificate(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	return certificateUntil(t, time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC))
}

func expiredCertificate(t *testing.T) tls.Certificate {
	t.Helper()
	cert, _ := certificateUntil(t, time.Date(1991, 1, 1, 0, 0, 0, 0, time.UTC))
	return cert
}

func certificateUntil(t *testing.T, end time.Time) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "test"},
		DNSNames:     []string{"mail.test"},
		NotBefore:    time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC), // a bubble's clock begins in 2000
		NotAfter:     end,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

// plainOptions is for a server in the process.
func plainOptions() Options {
	return Options{Dial: dial.Config{Host: "localhost", Port: 25, TLS: dial.ModeNone}}
}

// recorder collects a trace.
type recorder struct {
	mu    sync.Mutex
	lines []string
}

func (r *recorder) trace(l transcript.Line) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, l.String())
}

func (r *recorder) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.lines, "\n")
}

func to(addresses ...string) []Recipient {
	var rcpts []Recipient
	for _, a := range addresses {
		rcpts = append(rcpts, Recipient{Address: a})
	}
	return rcpts
}
