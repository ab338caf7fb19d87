package dial

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

func itoa(n int) string { return strconv.Itoa(n) }

// connectProxy answers CONNECT with answer and then echoes.
func connectProxy(t *testing.T, answer string, seen chan<- *http.Request) int {
	t.Helper()
	return listen(t, func(conn net.Conn) {
		br := bufio.NewReader(conn)
		req, err := http.ReadRequest(br)
		if err != nil {
			return
		}
		if seen != nil {
			seen <- req
		}
		io.WriteString(conn, answer)
		io.Copy(conn, br)
	})
}

func TestHTTPProxy(t *testing.T) {
	seen := make(chan *http.Request, 1)
	port := connectProxy(t, "HTTP/1.1 200 OK\r\n\r\nhello", seen)
	conn, err := Dial(t.Context(), Config{
		Host: "mail.test", Port: 587, TLS: ModeStartTLS, Proxy: "http://ada:secret@127.0.0.1:" + itoa(port),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	req := <-seen
	if req.Method != "CONNECT" || req.Host != "mail.test:587" || req.Header.Get("Proxy-Authorization") != "Basic YWRhOnNlY3JldA==" {
		t.Errorf("asked for %s %s, %v", req.Method, req.Host, req.Header)
	}
	greeting := make([]byte, 5)
	if _, err := io.ReadFull(conn, greeting); err != nil || string(greeting) != "hello" {
		t.Errorf("what came with the proxy's answer is lost: %q, %v", greeting, err)
	}
	roundTrip(t, conn)
}

// socksProxy speaks as much of RFC 1928 as a test needs.
func socksProxy(t *testing.T, reply byte) int {
	t.Helper()
	return listen(t, func(conn net.Conn) {
		head := make([]byte, 2)
		if _, err := io.ReadFull(conn, head); err != nil {
			return
		}
		io.CopyN(io.Discard, conn, int64(head[1]))
		conn.Write([]byte{5, 0})
		request := make([]byte, 5)
		if _, err := io.ReadFull(conn, request); err != nil {
			return
		}
		io.CopyN(io.Discard, conn, int64(request[4])+2)
		conn.Write([]byte{5, reply, 0, 1, 0, 0, 0, 0, 0, 0})
		io.Copy(conn, conn)
	})
}

func TestSOCKSProxy(t *testing.T) {
	conn, err := Dial(t.Context(), Config{
		Host: "mail.test", Port: 587, TLS: ModeStartTLS, Proxy: "socks5://127.0.0.1:" + itoa(socksProxy(t, 0)),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	roundTrip(t, conn)
}

func TestProxyFails(t *testing.T) {
	closed := listen(t, func(net.Conn) {})
	endless := listen(t, func(conn net.Conn) {
		io.WriteString(conn, "HTTP/1.1 200 OK\r\n"+strings.Repeat("X: y\r\n", 20000))
		io.Copy(io.Discard, conn)
	})
	for name, tt := range map[string]struct{ spec, says string }{
		"forbidden":       {"http://127.0.0.1:" + itoa(connectProxy(t, "HTTP/1.1 407 Who are you\r\n\r\n", nil)), "answered 407"},
		"hangs up":        {"http://127.0.0.1:" + itoa(closed), "no usable answer"},
		"endless header":  {"http://127.0.0.1:" + itoa(endless), "no usable answer"},
		"socks refuses":   {"socks5://127.0.0.1:" + itoa(socksProxy(t, 5)), "could not connect: connection refused"},
		"socks hangs up":  {"socks5://u:p@127.0.0.1:" + itoa(closed), "hung up"},
		"unknown scheme":  {"ftp://127.0.0.1:1", "not known"},
		"not a URL":       {"http://u:secret@%zz", "not a URL"},
		"nobody at home":  {"http://127.0.0.1:1", "the proxy 127.0.0.1:1 cannot be reached: nothing listens there"},
		"socks not there": {"socks5://127.0.0.1:1", "the proxy 127.0.0.1:1 cannot be reached: nothing listens there"},
	} {
		spec := tt.spec
		_, err := Dial(t.Context(), Config{Host: "mail.test", Port: 587, TLS: ModeStartTLS, Proxy: spec})
		var e *Error
		if !errors.As(err, &e) || e.Kind != KindProxy || e.Op != "proxy" || !strings.Contains(err.Error(), "proxy") {
			t.Errorf("%s: error = %v", name, err)
		} else if !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "->") {
			t.Errorf("%s: says %q", name, err)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the password is in %q", name, err)
		}
	}
}

func FuzzParsePin(f *testing.F) {
	f.Add("sha256:" + strings.Repeat("ab", 32))
	f.Add("SHA256:q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=")
	f.Add("sha256:")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parsePin(s)
		if err != nil {
			return
		}
		if again, err := parsePin(p.String()); err != nil || again != p {
			t.Errorf("%q: %v, %v", s, again, err)
		}
	})
}
