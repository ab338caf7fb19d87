package dial

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"
)

// fallbackDelay is the head start of the first address family, RFC 8305 §5.
const fallbackDelay = 250 * time.Millisecond

// Dial connects to the server of c, through its proxy if there is one, and
// finishes the TLS handshake when the mode is implicit; the connection is then
// a *tls.Conn. It returns at once when ctx ends; ctx has no effect on the
// connection afterwards. Errors are *Error.
func Dial(ctx context.Context, c Config) (net.Conn, error) {
	host, err := c.check()
	if err != nil {
		return nil, &Error{Op: "connect", Kind: KindConfig, Host: c.Host, Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout())
	defer cancel()
	conn, err := connect(ctx, c, host)
	if err != nil {
		return nil, err
	}
	if c.TLS == ModeNone && !c.Insecure && !IsLoopback(conn) {
		conn.Close()
		return nil, &Error{Op: "connect", Kind: KindConfig, Host: host,
			Err: errors.New("refusing to go on without encryption: the name does not lead to this machine")}
	}
	if c.TLS == ModeNone || c.TLS == ModeStartTLS || c.TLS == ModeOpportunistic {
		return conn, nil
	}
	secure, err := handshake(ctx, conn, c)
	if err == nil {
		return secure, nil
	}
	if again := c.retryClassic(ctx, host, err); again != nil {
		return again, nil
	}
	return nil, err
}

// retryClassic connects once more without the post-quantum key exchange, when
// the first greeting made somebody hang up: it spans two packets, which some
// middleboxes cannot bear. It gives nil where that does not help.
func (c Config) retryClassic(ctx context.Context, host string, err error) net.Conn {
	if !hungUp(err) {
		return nil
	}
	c.classic = true
	conn, err := connect(ctx, c, host)
	if err != nil {
		return nil
	}
	secure, err := handshake(ctx, conn, c)
	if err != nil {
		return nil
	}
	return secure
}

// StartTLS runs the TLS handshake on conn after the protocol has agreed to it.
// The caller must have no byte of conn left in a buffer (RFC 3207 §6 and
// RFC 9051 §11.1). On failure conn is closed and the error is an *Error.
func StartTLS(ctx context.Context, conn net.Conn, c Config) (*tls.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout())
	defer cancel()
	return handshake(ctx, conn, c)
}

// TLSState returns what was agreed on conn, and false if conn is not TLS.
func TLSState(conn net.Conn) (tls.ConnectionState, bool) {
	secure, ok := conn.(interface{ ConnectionState() tls.ConnectionState })
	if !ok {
		return tls.ConnectionState{}, false
	}
	state := secure.ConnectionState()
	return state, state.HandshakeComplete
}

// Innermost returns what conn is made of at its lowest layer; closing that never
// blocks.
func Innermost(conn net.Conn) net.Conn {
	for {
		wrapped, ok := conn.(interface{ NetConn() net.Conn })
		if !ok {
			return conn
		}
		conn = wrapped.NetConn()
	}
}

// IsLoopback reports whether conn cannot have left this machine: a loopback
// address, a Unix socket or an in-process pipe.
func IsLoopback(conn net.Conn) bool {
	addr := conn.RemoteAddr()
	if addr == nil {
		return false
	}
	switch a := addr.(type) {
	case *net.TCPAddr:
		return a.IP.IsLoopback()
	case *net.UnixAddr:
		return true
	}
	return addr.Network() == "pipe"
}

func connect(ctx context.Context, c Config, host string) (net.Conn, error) {
	dialer := &net.Dialer{
		FallbackDelay: fallbackDelay,
		KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: time.Minute, Interval: 15 * time.Second, Count: 3,
		},
		Control: keepLittleUnsent,
	}
	if c.Proxy != "" {
		conn, err := dialProxy(ctx, dialer, c.Proxy, c.address(host))
		if err != nil {
			return nil, classify(ctx, "proxy", c.address(host), err)
		}
		return conn, nil
	}
	conn, err := dialer.DialContext(ctx, "tcp", c.address(host))
	if err != nil {
		return nil, classify(ctx, "connect", c.address(host), err)
	}
	return conn, nil
}

func handshake(ctx context.Context, conn net.Conn, c Config) (*tls.Conn, error) {
	conf, err := c.TLSConfig()
	if err != nil {
		conn.Close()
		return nil, &Error{Op: "tls", Kind: KindConfig, Host: c.Host, Err: err}
	}
	secure := tls.Client(conn, conf)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, classify(ctx, "tls", c.address(conf.ServerName), err)
	}
	return secure, nil
}
