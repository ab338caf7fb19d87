package dial

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/idna"
)

// TLSMode says when a connection becomes TLS. The empty mode is ModeImplicit.
type TLSMode string

const (
	ModeImplicit TLSMode = "implicit" // TLS from the first byte, RFC 8314 §3
	ModeStartTLS TLSMode = "starttls" // plain, then upgraded by the protocol
	ModeNone     TLSMode = "none"     // plain; loopback only unless Insecure

	// ModeOpportunistic is plain, then upgraded by the protocol if the server
	// offers it, with whatever certificate it has. It protects against listeners
	// only, and is for mail between servers, where there is no secret to lose.
	ModeOpportunistic TLSMode = "opportunistic"
)

const defaultTimeout = 30 * time.Second

// Config describes one server and how to reach it. It may be copied and used
// from several goroutines.
type Config struct {
	Host   string // name or IP address; also the name the certificate must be for
	Port   int
	TLS    TLSMode
	CAFile string // PEM roots that replace the system's; "" uses the system's

	// Pin is "sha256:" and the hex or base64 digest of the server's public key
	// (SubjectPublicKeyInfo). It takes the place of chain and name verification,
	// or is demanded on top of it when CAFile is set.
	Pin string

	Proxy        string                 // socks5://[user:pass@]host:port or http://…; "" connects directly
	Insecure     bool                   // permits ModeNone beyond the loopback interface
	Timeout      time.Duration          // for the whole connect, and for each upgrade; zero means 30 s
	SessionCache tls.ClientSessionCache // resumes TLS sessions; nil never does

	classic bool // no post-quantum key exchange
}

func (c Config) timeout() time.Duration {
	if c.Timeout > 0 {
		return c.Timeout
	}
	return defaultTimeout
}

// host returns the server's name in its ASCII form.
func (c Config) host() (string, error) {
	name := strings.TrimSuffix(strings.TrimSpace(c.Host), ".")
	name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	if name == "" {
		return "", errors.New("no server name given")
	}
	for _, r := range name {
		if r > 0x7f {
			ascii, err := idna.Lookup.ToASCII(name)
			if err != nil {
				return "", fmt.Errorf("server name %q: %w", name, err)
			}
			return ascii, nil
		}
		if r <= ' ' || r == 0x7f || r == '/' {
			return "", fmt.Errorf("server name %q contains a character no host name may hold", name)
		}
	}
	return name, nil
}

// check validates what can be validated without the network and returns the
// ASCII host name.
func (c Config) check() (string, error) {
	host, err := c.host()
	if err != nil {
		return "", err
	}
	if c.Port < 1 || c.Port > 65535 {
		return "", fmt.Errorf("port %d is not between 1 and 65535", c.Port)
	}
	switch c.TLS {
	case "", ModeImplicit, ModeStartTLS, ModeOpportunistic:
	case ModeNone:
		if !c.Insecure && (c.Proxy != "" || !isLoopbackName(host)) {
			return "", errors.New("refusing to connect without encryption to a server that is not on this machine")
		}
	default:
		return "", fmt.Errorf("unknown TLS mode %q", c.TLS)
	}
	return host, nil
}

func isLoopbackName(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func (c Config) address(host string) string {
	return net.JoinHostPort(host, strconv.Itoa(c.Port))
}

// TLSConfig returns the TLS settings for the server: TLS 1.2 or newer
// (RFC 8997), verified against CAFile or the system's roots and the name Host,
// or against Pin. It fails on an unreadable CAFile and a malformed Pin.
func (c Config) TLSConfig() (*tls.Config, error) {
	host, err := c.host()
	if err != nil {
		return nil, err
	}
	conf := &tls.Config{
		ServerName:         host,
		MinVersion:         tls.VersionTLS12,
		ClientSessionCache: c.SessionCache,
		// Full records from the start: uploads matter more than the first byte.
		DynamicRecordSizingDisabled: true,
	}
	conf.InsecureSkipVerify = c.TLS == ModeOpportunistic && c.CAFile == ""
	if c.CAFile != "" {
		if conf.RootCAs, err = readRoots(c.CAFile); err != nil {
			return nil, err
		}
	}
	if c.classic {
		conf.CurvePreferences = []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384}
	}
	if c.Pin != "" {
		want, err := parsePin(c.Pin)
		if err != nil {
			return nil, err
		}
		// The pinned key is the identity; VerifyConnection runs on resumed
		// sessions as well, which VerifyPeerCertificate does not.
		conf.InsecureSkipVerify = c.CAFile == ""
		conf.VerifyConnection = func(state tls.ConnectionState) error {
			return want.verify(state)
		}
	}
	return conf, nil
}

func readRoots(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the CA file: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("no certificate found in the CA file %s", file)
	}
	return roots, nil
}
