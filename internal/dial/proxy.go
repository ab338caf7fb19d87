package dial

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/proxy"
)

// proxyHeadLimit bounds what a proxy may answer to CONNECT.
const proxyHeadLimit = 32 << 10

// proxyError marks a failure that is the proxy's, in words.
type proxyError struct {
	what string
	err  error
}

func (e *proxyError) Error() string { return e.what }
func (e *proxyError) Unwrap() error { return e.err }

// ProxyURL reads the address of a proxy, as it stands in Config.
func ProxyURL(spec string) (*url.URL, error) {
	u, err := url.Parse(spec)
	if err != nil {
		// The parse error repeats the URL, which may hold a password.
		return nil, &proxyError{what: "the proxy address is not a URL"}
	}
	return u, nil
}

func dialProxy(ctx context.Context, dialer *net.Dialer, spec, target string) (net.Conn, error) {
	u, err := ProxyURL(spec)
	if err != nil {
		return nil, err
	}
	switch u.Scheme {
	case "socks5", "socks5h":
		return dialSOCKS(ctx, dialer, u, target)
	case "http":
		return dialConnect(ctx, dialer, u, target)
	}
	return nil, &proxyError{what: fmt.Sprintf("the proxy scheme %q is not known; use socks5:// or http://", u.Scheme)}
}

func proxyAddress(u *url.URL, port string) string {
	if u.Port() != "" {
		port = u.Port()
	}
	return net.JoinHostPort(u.Hostname(), port)
}

func dialSOCKS(ctx context.Context, dialer *net.Dialer, u *url.URL, target string) (net.Conn, error) {
	var auth *proxy.Auth
	if u.User != nil {
		password, _ := u.User.Password()
		auth = &proxy.Auth{User: u.User.Username(), Password: password}
	}
	way := &toProxy{Dialer: dialer}
	socks, err := proxy.SOCKS5("tcp", proxyAddress(u, "1080"), auth, way)
	if err != nil {
		return nil, &proxyError{"the proxy settings cannot be used", err}
	}
	withContext, ok := socks.(proxy.ContextDialer)
	if !ok {
		return nil, &proxyError{what: "the proxy dialer cannot be cancelled"}
	}
	conn, err := withContext.DialContext(ctx, "tcp", target)
	switch {
	case way.err != nil:
		return nil, notThere(ctx, u, way.err)
	case hungUp(err):
		return nil, &proxyError{"the proxy " + u.Host + " hung up", err}
	case err != nil:
		said := err
		if op, ok := errors.AsType[*net.OpError](err); ok {
			said = op.Err
		}
		return nil, &proxyError{"the proxy " + u.Host + " could not connect: " + printable(strings.TrimPrefix(said.Error(), "unknown error ")), err}
	}
	return conn, nil
}

// toProxy keeps why the proxy itself was not reached.
type toProxy struct {
	*net.Dialer
	err error
}

func (d *toProxy) DialContext(ctx context.Context, network, address string) (conn net.Conn, err error) {
	conn, d.err = d.Dialer.DialContext(ctx, network, address)
	return conn, d.err
}

// notThere says why a proxy was not reached.
func notThere(ctx context.Context, u *url.URL, err error) error {
	e := Failed(ctx, u.Host, err)
	why := e.Error()
	switch e.Kind {
	case KindRefused:
		why = "nothing listens there"
	case KindTimeout:
		why = "it did not answer in time"
	case KindOther:
		why = strings.TrimPrefix(why, "cannot connect to "+u.Host+": ")
	}
	return &proxyError{"the proxy " + u.Host + " cannot be reached: " + why, err}
}

// dialConnect asks an HTTP proxy for a tunnel, RFC 9110 §9.3.6.
func dialConnect(ctx context.Context, dialer *net.Dialer, u *url.URL, target string) (net.Conn, error) {
	conn, err := dialer.DialContext(ctx, "tcp", proxyAddress(u, "8080"))
	if err != nil {
		return nil, notThere(ctx, u, err)
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	tunnel, err := requestTunnel(conn, u, target)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return tunnel, nil
}

func requestTunnel(conn net.Conn, u *url.URL, target string) (net.Conn, error) {
	var req bytes.Buffer
	fmt.Fprintf(&req, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", target, target)
	if u.User != nil {
		password, _ := u.User.Password()
		token := base64.StdEncoding.EncodeToString([]byte(u.User.Username() + ":" + password))
		fmt.Fprintf(&req, "Proxy-Authorization: Basic %s\r\n", token)
	}
	req.WriteString("\r\n")
	if _, err := conn.Write(req.Bytes()); err != nil {
		return nil, &proxyError{"the proxy " + u.Host + " hung up", err}
	}
	br := bufio.NewReader(&io.LimitedReader{R: conn, N: proxyHeadLimit})
	resp, err := http.ReadResponse(br, &http.Request{Method: http.MethodConnect})
	if err != nil {
		return nil, &proxyError{"the proxy " + u.Host + " gave no usable answer", err}
	}
	if resp.StatusCode/100 != 2 {
		return nil, &proxyError{what: "the proxy " + u.Host + " answered " + printable(resp.Status)}
	}
	rest, err := br.Peek(br.Buffered())
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return &tunnelConn{Conn: conn, rest: bytes.Clone(rest)}, nil
}

// tunnelConn gives back what the server had sent behind the proxy's answer.
type tunnelConn struct {
	net.Conn
	rest []byte
}

func (t *tunnelConn) Read(p []byte) (int, error) {
	if len(t.rest) > 0 {
		n := copy(p, t.rest)
		t.rest = t.rest[n:]
		return n, nil
	}
	return t.Conn.Read(p)
}
