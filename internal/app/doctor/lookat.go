package doctor

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"postea/config"
	"postea/imapclient"
	"postea/internal/dial"
	"postea/internal/transcript"
	"postea/smtpclient"
)

// Endpoint is a port of a server to be looked at.
type Endpoint struct {
	Host   string
	Port   int    // 0: the usual ports of IMAP and submission
	TLS    string // implicit, starttls or none; "": by the port, else by what it says
	CAFile string
}

// Look is what a server shows to somebody who does not sign in.
type Look struct {
	Service      string // imap or smtp; "" where it did not say
	Server       string // host:port
	Addresses    []string
	TLS          string // "TLS 1.3, implicit"; "" for none
	Certificates []Certificate
	Versions     []string // of TLS that it takes, the newest first, where TLS comes first on the port
	Offers       []string
	Means        []string // what they mean, a line each
	Advice       []string // what to do about what was found, a line each
	MaxSize      int64
	Conversation []transcript.Line
	Err          error
	Text         string // what Err means, one line
}

// Certificate is one of the chain that a server shows, its own first.
type Certificate struct {
	Subject, Issuer     string
	Names               []string
	NotBefore, NotAfter time.Time
	Pin                 string // of its public key, as pin = takes it
}

// usual are the ports that are looked at where none is named.
var usual = []int{993, 143, 465, 587, 25}

// lookTimeout bounds the look at one port.
const lookTimeout = 15 * time.Second

// LookAt connects to a server without signing in and tells what it shows: its
// addresses, TLS, what it offers, and the conversation. Ports are looked at side
// by side; it needs no configuration and no data directory.
func LookAt(ctx context.Context, at Endpoint) []Look {
	ports := []int{at.Port}
	if at.Port == 0 {
		ports = usual
	}
	addresses, err := addressesOf(ctx, at.Host)
	if err != nil {
		return []Look{{Server: at.Host, Err: err, Text: err.Error()}}
	}
	out := make([]Look, len(ports))
	var group sync.WaitGroup
	for i, port := range ports {
		l := &out[i]
		*l = Look{Server: net.JoinHostPort(at.Host, strconv.Itoa(port)), Addresses: addresses}
		group.Go(func() {
			limit, cancel := context.WithTimeout(ctx, lookTimeout)
			defer cancel()
			if l.Err = l.look(limit, at, port); l.Err != nil {
				l.Text = l.words(at, port)
			}
			l.advise(time.Now())
		})
	}
	group.Wait()
	return out
}

func addressesOf(ctx context.Context, host string) ([]string, error) {
	if ip := net.ParseIP(host); ip != nil {
		return []string{ip.String()}, nil
	}
	limit, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	list, err := net.DefaultResolver.LookupHost(limit, host)
	if err != nil {
		var dns *net.DNSError
		if errors.As(err, &dns) && dns.IsNotFound {
			return nil, fmt.Errorf("there is no host %s in the DNS: check the name", host)
		}
		return nil, fmt.Errorf("the address of %s cannot be found (%w); check the network and its name server", host, err)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

func (l *Look) look(ctx context.Context, at Endpoint, port int) error {
	mode := dial.TLSMode(at.TLS)
	switch port {
	case 993, 143:
		l.Service = "imap"
	case 465, 587, 25:
		l.Service = "smtp"
	default:
		service, encrypted := greeting(ctx, at, port)
		l.Service = service
		if encrypted && mode == "" {
			mode = dial.ModeImplicit
		}
	}
	if mode == "" {
		mode = dial.ModeStartTLS
		if port == 993 || port == 465 {
			mode = dial.ModeImplicit
		}
	}
	c := dial.Config{Host: at.Host, Port: port, TLS: mode, CAFile: at.CAFile, Timeout: lookTimeout, Insecure: mode == dial.ModeNone}
	if mode == dial.ModeImplicit {
		l.certificates(ctx, c)
	}
	if l.Service == "imap" {
		return l.imap(ctx, c)
	}
	l.Service = "smtp"
	return l.smtp(ctx, c)
}

// greeting finds out what speaks on a port: whether it waits for TLS, and which
// protocol begins with what it says.
func greeting(ctx context.Context, at Endpoint, port int) (service string, encrypted bool) {
	c := dial.Config{Host: at.Host, Port: port, TLS: dial.ModeStartTLS, Timeout: lookTimeout}
	read := func(conn net.Conn, wait time.Duration) string {
		_ = conn.SetReadDeadline(time.Now().Add(wait))
		line, _ := bufio.NewReaderSize(conn, 4<<10).ReadSlice('\n')
		switch s := string(line); {
		case strings.HasPrefix(s, "* "):
			return "imap"
		case strings.HasPrefix(s, "220"), strings.HasPrefix(s, "4"), strings.HasPrefix(s, "5"):
			return "smtp"
		}
		return ""
	}
	// TLS first: a server that speaks in clear text shows it at once, one that
	// waits for TLS would keep us waiting.
	if conn, err := dial.Dial(ctx, c); err == nil {
		defer conn.Close()
		t := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, ServerName: at.Host}) // only to read who speaks
		if err := t.HandshakeContext(ctx); err == nil {
			return read(t, 5*time.Second), true
		}
	}
	conn, err := dial.Dial(ctx, c)
	if err != nil {
		return "", false
	}
	defer conn.Close()
	return read(conn, 5*time.Second), false
}

// certificates reads the chain without trusting it: what is wrong with one shows
// best when it is seen. Nothing is said over this connection.
func (l *Look) certificates(ctx context.Context, c dial.Config) {
	c.TLS = dial.ModeStartTLS
	conn, err := dial.Dial(ctx, c)
	if err != nil {
		return
	}
	defer conn.Close()
	t := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, ServerName: c.Host})
	if err := t.HandshakeContext(ctx); err == nil {
		l.Certificates = certificatesOf(t.ConnectionState().PeerCertificates)
	}
	for v := uint16(tls.VersionTLS13); v >= tls.VersionTLS10; v-- {
		if l.takes(ctx, c, v) {
			l.Versions = append(l.Versions, tls.VersionName(v))
		}
	}
}

// takes tells whether a server speaks a version of TLS. Nothing is said over it.
func (l *Look) takes(ctx context.Context, c dial.Config, version uint16) bool {
	conn, err := dial.Dial(ctx, c)
	if err != nil {
		return false
	}
	defer conn.Close()
	t := tls.Client(conn, &tls.Config{InsecureSkipVerify: true, ServerName: c.Host, MinVersion: version, MaxVersion: version})
	return t.HandshakeContext(ctx) == nil
}

// advise says what the findings mean, and what to do about them.
func (l *Look) advise(now time.Time) {
	if l.Service == "imap" {
		l.Means = imapMeansSoFar(l.Offers)
	} else {
		l.Means = smtpMeans(l.Offers)
	}
	if l.Err != nil {
		l.Means = nil
	}
	l.Advice = append(l.Advice, adviseCertificates(l.Certificates, now)...)
	if old := slices.DeleteFunc(slices.Clone(l.Versions), func(v string) bool { return v >= "TLS 1.2" }); len(old) > 0 {
		l.Advice = append(l.Advice, fmt.Sprintf("the server still takes %s (RFC 8996): postea does not, but whoever runs it should switch that off", strings.Join(old, " and ")))
	}
	if len(l.Versions) > 0 && l.Versions[0] != "TLS 1.3" && l.Err == nil {
		l.Advice = append(l.Advice, "the server has no TLS 1.3: nothing is wrong with 1.2, but whoever runs it could switch it on")
	}
	for _, t := range l.Conversation {
		if at, ok := toldTime(t.Text); ok && t.From == transcript.Server {
			s := Service{Server: l.Server, Skew: skew(at, t.At), SkewKnown: true}
			s.adviseClock(now)
			l.Advice = append(l.Advice, s.Advice...)
			break
		}
	}
	if l.TLS == "" && l.Err == nil {
		l.Advice = append(l.Advice, "nothing is encrypted on this port: passwords are not sent over it; use another")
	}
}

func certificatesOf(list []*x509.Certificate) []Certificate {
	var out []Certificate
	for _, c := range list {
		names := slices.Clone(c.DNSNames)
		for _, ip := range c.IPAddresses {
			names = append(names, ip.String())
		}
		sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
		out = append(out, Certificate{
			Subject: c.Subject.String(), Issuer: c.Issuer.String(), Names: names, NotBefore: c.NotBefore, NotAfter: c.NotAfter,
			Pin: "sha256:" + hex.EncodeToString(sum[:]),
		})
	}
	return out
}

func (l *Look) secured(state tls.ConnectionState, ok bool, mode dial.TLSMode) {
	if ok {
		l.TLS = tls.VersionName(state.Version) + ", " + string(mode)
		l.Certificates = certificatesOf(state.PeerCertificates)
	}
}

func (l *Look) said(line transcript.Line) { l.Conversation = append(l.Conversation, line) }

func (l *Look) imap(ctx context.Context, c dial.Config) error {
	client, err := imapclient.Connect(ctx, imapclient.Options{Dial: c, Auth: imapclient.Auth{Policy: "none"},
		Trace: l.said})
	if err != nil {
		return err
	}
	defer client.Close()
	state, ok := client.TLSState()
	l.secured(state, ok, c.TLS)
	for name := range client.Caps() {
		l.Offers = append(l.Offers, string(name))
	}
	slices.Sort(l.Offers)
	_ = client.Logout(ctx) // a courtesy
	return nil
}

func (l *Look) smtp(ctx context.Context, c dial.Config) error {
	client, err := smtpclient.Connect(ctx, smtpclient.Options{Dial: c, Auth: smtpclient.Auth{Policy: "none"},
		Trace: l.said})
	if err != nil {
		return err
	}
	defer client.Close()
	state, ok := client.TLSState()
	l.secured(state, ok, c.TLS)
	caps := client.Capabilities()
	l.Offers, l.MaxSize = caps.Keywords(), caps.MaxSize()
	slices.Sort(l.Offers)
	_ = client.Quit(ctx) // a courtesy
	return nil
}

func (l *Look) words(at Endpoint, port int) string {
	s := config.Server{Host: at.Host, Port: port}
	return explainProbe(config.Account{Name: "probe", IMAP: s, SMTP: s}, l.Service, l.Err)
}
