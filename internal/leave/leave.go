// Package leave takes an address off a mailing list with one request, the
// one-click unsubscription of RFC 8058.
//
//	err := leave.Post(ctx, list.OneClick, leave.Options{})
//
// It is the only place from which postea asks a web server for something that a
// message names, and only because the user said so. Nothing is told but what
// the URL itself tells: no cookies, no referrer, no name of the program.
package leave

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"postea/internal/dial"
)

// Options of Post. The zero value is right outside of tests.
type Options struct {
	Proxy   string         // as in dial.Config
	Timeout time.Duration  // of all of it; zero is 30 s
	Roots   *x509.CertPool // nil: the system's
	Private bool           // allow servers of this machine and its network
}

// ErrPrivate says that the name leads to a machine of the own network, which no
// sender of mail has to speak to.
var ErrPrivate = errors.New("the address is not a public one")

// RefusedError says that the server answered, but not with a yes.
type RefusedError struct {
	Host string
	Code int
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s refused it (HTTP %d)", e.Host, e.Code)
}

const maxAnswer = 64 << 10

// Post asks the server of a list to take the reader off it (RFC 8058 §3.2). The
// error is a *RefusedError where the server said no, and wraps ErrPrivate where
// it is none that may be asked.
func Post(ctx context.Context, target string, o Options) error {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return errors.New("the list gives no https address for leaving it")
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader("List-Unsubscribe=One-Click"))
	if err != nil {
		return fmt.Errorf("leaving the list: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("User-Agent", "")
	client := &http.Client{
		Transport: &http.Transport{
			DialTLSContext:         o.dialer(u),
			DisableKeepAlives:      true,
			DisableCompression:     true,
			MaxResponseHeaderBytes: maxAnswer,
		},
		// RFC 8058 §3.1: the server must not redirect. To follow would be to ask
		// somebody whom the message does not name.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		if inner, ok := errors.AsType[*url.Error](err); ok {
			err = inner.Err // the URL names the reader
		}
		return fmt.Errorf("asking %s: %w", u.Hostname(), err)
	}
	defer func() { _ = resp.Body.Close() }()
	// What it says is for a browser; only the code counts.
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return &RefusedError{u.Hostname(), resp.StatusCode}
	}
	return nil
}

// dialer connects to the host of u and to no other.
func (o Options) dialer(u *url.URL) func(context.Context, string, string) (net.Conn, error) {
	port := 443
	if p, err := strconv.Atoi(u.Port()); err == nil {
		port = p
	}
	return func(ctx context.Context, _, addr string) (net.Conn, error) {
		if o.Proxy != "" { // it looks the name up, so that no address is known here
			return dial.Dial(ctx, dial.Config{Host: u.Hostname(), Port: port, TLS: dial.ModeImplicit, Proxy: o.Proxy, Timeout: o.Timeout})
		}
		d := &tls.Dialer{
			NetDialer: &net.Dialer{Control: o.check},
			Config:    &tls.Config{ServerName: u.Hostname(), RootCAs: o.Roots, MinVersion: tls.VersionTLS12},
		}
		return d.DialContext(ctx, "tcp", addr)
	}
}

// check looks at the address that the name has led to, just before it is
// connected to, so that no second answer of the name server comes in between.
func (o Options) check(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if o.Private || public(at.Addr()) {
		return nil
	}
	return ErrPrivate
}

// public tells of addresses that belong to the internet at large (RFC 6890).
func public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, reserved := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2002::/16"} {
		if netip.MustParsePrefix(reserved).Contains(a) {
			return false
		}
	}
	return true
}
