package dial

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
	"unicode"
)

// Kind is what a caller decides on.
type Kind int

const (
	KindOther       Kind = iota
	KindUnknownHost      // the name does not exist
	KindRefused          // nothing listens there
	KindTimeout          // no answer within Config.Timeout or the context's deadline
	KindCertificate      // the server cannot prove who it is
	KindTLS              // the handshake failed for another reason
	KindProxy            // the proxy could not or would not
	KindConfig           // the Config itself: mode, port, CA file, pin
	KindCanceled         // the context was cancelled
)

// Error is the failure of a connect or an upgrade.
type Error struct {
	Op   string // "resolve", "connect", "tls" or "proxy"
	Kind Kind
	Host string // host:port, or the host as configured
	Pin  string // with KindCertificate: the pin of the key that was presented, if one was
	Err  error
}

// Error says in one line what happened.
func (e *Error) Error() string {
	var dns *net.DNSError
	if (e.Kind == KindOther || e.Kind == KindTimeout) && errors.As(e.Err, &dns) {
		return "the address of " + printable(strings.TrimSuffix(dns.Name, ".")) + " cannot be looked up: " + LookupReason(dns)
	}
	switch e.Kind {
	case KindUnknownHost:
		return "there is no server named " + hostOnly(e.Host)
	case KindRefused:
		return "the server " + e.Host + " refuses the connection: nothing listens there"
	case KindTimeout:
		return "the server " + e.Host + " did not answer in time"
	case KindCanceled:
		return "connecting to " + e.Host + " was cancelled"
	case KindCertificate:
		return "the certificate of " + hostOnly(e.Host) + " " + certificateReason(e.Err)
	case KindTLS:
		return "no encrypted connection to " + e.Host + ": " + tlsReason(e.Err)
	}
	var number syscall.Errno
	if e.Kind == KindOther && errors.As(e.Err, &number) {
		return "cannot connect to " + e.Host + ": " + number.Error() // without the names of calls and sockets
	}
	return "cannot connect to " + e.Host + ": " + printable(errText(e.Err))
}

// LookupReason says in a few words why a name server gave no answer. The error keeps of what was
// in the way only the words.
func LookupReason(err *net.DNSError) string {
	server := "the name server"
	if err.Server != "" {
		server += " " + err.Server
	}
	switch {
	case err.IsTimeout:
		return server + " does not answer"
	case strings.HasSuffix(err.Err, syscall.ENETUNREACH.Error()), strings.HasSuffix(err.Err, syscall.EHOSTUNREACH.Error()), strings.HasSuffix(err.Err, syscall.EADDRNOTAVAIL.Error()):
		return "no network leads to " + server
	case strings.HasSuffix(err.Err, syscall.ECONNREFUSED.Error()):
		return "nothing answers at " + server
	case err.IsTemporary, err.Err == "server misbehaving":
		return server + " cannot tell it now"
	}
	return printable(err.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Timeout reports whether waiting longer might have helped.
func (e *Error) Timeout() bool { return e.Kind == KindTimeout }

func errText(err error) string {
	if err == nil {
		return "unknown error"
	}
	return err.Error()
}

func hostOnly(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return hostport
}

// Failed is the error of a connection to host that was not made here.
func Failed(ctx context.Context, host string, err error) *Error {
	return classify(ctx, "connect", host, err)
}

// classify turns the error of a step into an *Error. The context is asked
// first: its end surfaces as all sorts of I/O errors.
func classify(ctx context.Context, op, host string, err error) *Error {
	e := &Error{Op: op, Kind: kindOf(op, err), Host: host, Err: err}
	if ended := ctx.Err(); ended != nil {
		e.Kind, e.Err = KindTimeout, fmt.Errorf("%w: %w", ended, err)
		if errors.Is(ended, context.Canceled) {
			e.Kind = KindCanceled
		}
	}
	if e.Kind == KindUnknownHost {
		e.Op = "resolve"
	}
	if e.Kind == KindCertificate {
		e.Pin = presentedPin(err)
	}
	return e
}

func kindOf(op string, err error) Kind {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case op == "proxy":
		return KindProxy
	case errors.As(err, &dns) && dns.IsNotFound:
		return KindUnknownHost
	case errors.Is(err, syscall.ECONNREFUSED):
		return KindRefused
	case isCertificate(err):
		return KindCertificate
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return KindTimeout
	case op == "tls":
		return KindTLS
	}
	return KindOther
}

func isCertificate(err error) bool {
	var verification *tls.CertificateVerificationError
	var pinned *pinError
	return errors.As(err, &verification) || errors.As(err, &pinned)
}

func presentedPin(err error) string {
	var pinned *pinError
	if errors.As(err, &pinned) {
		return pinned.got.String()
	}
	var verification *tls.CertificateVerificationError
	if errors.As(err, &verification) && len(verification.UnverifiedCertificates) > 0 {
		return PinOf(verification.UnverifiedCertificates[0])
	}
	return ""
}

func certificateReason(err error) string {
	var pinned *pinError
	var name x509.HostnameError
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &pinned):
		return "has another key than the pinned one (" + pinned.got.String() + ")"
	case errors.As(err, &name):
		return "is for " + otherNames(name.Certificate)
	case errors.As(err, &unknown):
		return authorityReason(unknown.Cert)
	case errors.As(err, &invalid):
		return invalidReason(invalid)
	}
	return "cannot be verified: " + printable(errText(err))
}

func authorityReason(cert *x509.Certificate) string {
	if cert == nil {
		return "is signed by an unknown authority"
	}
	if cert.Subject.String() == cert.Issuer.String() {
		return "is self-signed, by an unknown authority"
	}
	return "is signed by an unknown authority (" + printable(cert.Issuer.String()) + ")"
}

func invalidReason(invalid x509.CertificateInvalidError) string {
	cert := invalid.Cert
	switch {
	case invalid.Reason == x509.Expired && cert != nil && time.Now().Before(cert.NotBefore):
		return "is not valid before " + day(cert.NotBefore)
	case invalid.Reason == x509.Expired && cert != nil:
		return "expired on " + day(cert.NotAfter)
	case invalid.Reason == x509.IncompatibleUsage:
		return "is not meant for servers"
	}
	return "cannot be verified: " + printable(invalid.Error())
}

func day(t time.Time) string { return t.UTC().Format("2 January 2006") }

const shownNames = 5

func otherNames(cert *x509.Certificate) string {
	var names []string
	if cert != nil {
		names = append(names, cert.DNSNames...)
		for _, ip := range cert.IPAddresses {
			names = append(names, ip.String())
		}
	}
	if len(names) == 0 {
		return "no server name at all"
	}
	more := ""
	if len(names) > shownNames {
		more = fmt.Sprintf(" and %d more", len(names)-shownNames)
		names = names[:shownNames]
	}
	return "other names: " + printable(strings.Join(names, ", ")) + more
}

func hungUp(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET)
}

// Alert gives the words by which the other side ended TLS, "" where it said none. What a
// server of TLS 1.3 has against the client's certificate, or that there is none, comes
// only with what is read first.
func Alert(err error) string {
	var told *net.OpError
	if errors.As(err, &told) && told.Op == "remote error" { // of crypto/tls, whose type for it is its own
		return printable(errText(told.Err))
	}
	return ""
}

func tlsReason(err error) string {
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &record) && string(record.RecordHeader[:]) == "HTTP/":
		return "a web server answers on this port: sign in on the page of this network first, or check the port"
	case errors.As(err, &record):
		return "the server does not speak TLS from the start on this port; it may be one for tls = \"starttls\""
	case hungUp(err):
		return "the server hung up during the handshake"
	case err != nil && strings.Contains(err.Error(), "unsupported protocol version"),
		err != nil && strings.Contains(err.Error(), "protocol version not supported"):
		return "the server offers only TLS versions older than 1.2"
	case Alert(err) != "":
		return "the server refused the handshake (" + Alert(err) + ")"
	}
	return printable(errText(err))
}

const shownText = 300

// printable makes text that came from the network fit for one line.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
	if runes := []rune(s); len(runes) > shownText {
		return string(runes[:shownText]) + "…"
	}
	return s
}
