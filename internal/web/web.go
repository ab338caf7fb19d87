// Package web asks web servers for what a message names, because the user said
// so: to be taken off a list, and for pictures.
//
//	err := web.Leave(ctx, list.OneClick, web.Options{})
//	data, err := web.Get(ctx, source, 4<<20, web.Options{})
//
// It is the only place from which postea does so. Nothing is told but what
// the URL itself tells: no cookies, no referrer, no name of the program. Only
// https is spoken, and only with machines of the internet at large.
package web

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"postea/internal/dial"
)

// Options of a request. The zero value is right outside of tests.
type Options struct {
	Proxy   string         // as in dial.Config
	Timeout time.Duration  // of all of it; zero is 30 s
	Roots   *x509.CertPool // nil: the system's
	Private bool           // allow servers of this machine and its network
}

// ErrPrivate says that the name leads to a machine of the own network, which no
// sender of mail has to speak to.
var ErrPrivate = errors.New("the address is not a public one")

// ErrTooLarge says that there is more than was asked for.
var ErrTooLarge = errors.New("it is too large")

// RefusedError says that the server answered, but not with a yes.
type RefusedError struct {
	Host string
	Code int
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s refused it (HTTP %d)", e.Host, e.Code)
}

const maxAnswer = 64 << 10

func (o Options) filled() Options {
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	return o
}

func (o Options) transport() *http.Transport {
	return &http.Transport{
		DialTLSContext:         o.dial,
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxAnswer,
	}
}

// dial connects to a host by TLS.
func (o Options) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	host, p, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if o.Proxy != "" { // it looks the name up, so that no address is known here
		port, err := strconv.Atoi(p)
		if err != nil {
			return nil, err
		}
		return dial.Dial(ctx, dial.Config{Host: host, Port: port, TLS: dial.ModeImplicit, Proxy: o.Proxy, Timeout: o.Timeout})
	}
	d := &tls.Dialer{
		NetDialer: &net.Dialer{Control: o.check},
		Config:    &tls.Config{ServerName: host, RootCAs: o.Roots, MinVersion: tls.VersionTLS12},
	}
	return d.DialContext(ctx, "tcp", addr)
}

// asking leaves the URL out of an error, for it names the reader.
func asking(u *url.URL, err error) error {
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err
	}
	return fmt.Errorf("asking %s: %w", u.Hostname(), err)
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
