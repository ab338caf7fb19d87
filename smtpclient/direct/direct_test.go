package direct

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emersion/go-smtp"

	"postea/smtpclient"
)

// world is DNS, the web and the mail servers, as a transport sees them.
type world struct {
	mx       map[string][]*net.MX
	txt      map[string][]string
	policies map[string]string // by domain
	servers  map[string]*server
	dialled  []string
}

func (w *world) LookupMX(_ context.Context, domain string) ([]*net.MX, error) {
	if domain == "broken.test." {
		return nil, &net.DNSError{Err: "server failure", Name: domain, IsTemporary: true}
	}
	if records, ok := w.mx[strings.TrimSuffix(domain, ".")]; ok {
		return records, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: domain, IsNotFound: true}
}

func (w *world) LookupTXT(_ context.Context, name string) ([]string, error) {
	return w.txt[strings.TrimSuffix(name, ".")], nil
}

func (w *world) LookupNetIP(_ context.Context, network, host string) ([]netip.Addr, error) {
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: host != "half.test." || network != "ip4"}
}

func (w *world) RoundTrip(req *http.Request) (*http.Response, error) {
	domain := strings.TrimPrefix(req.URL.Host, "mta-sts.")
	text, ok := w.policies[domain]
	if !ok || req.URL.Scheme != "https" || req.URL.Path != "/.well-known/mta-sts.txt" {
		return nil, errors.New("nothing there")
	}
	resp := &http.Response{StatusCode: http.StatusOK, Status: "200 OK", Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, Body: io.NopCloser(strings.NewReader(text))}
	if text == "moved" {
		resp.StatusCode, resp.Status = http.StatusFound, "302 Found"
		resp.Header.Set("Location", "https://evil.test/")
	}
	return resp, nil
}

func (w *world) dial(ctx context.Context, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil || port != "25" {
		return nil, fmt.Errorf("dialled %q", address)
	}
	if host, _ = strings.CutSuffix(host, "."); net.ParseIP(host) == nil && !strings.HasPrefix(address, host+".:") {
		return nil, fmt.Errorf("dialled %q, which may lead to another domain of this machine's search list", address)
	}
	w.dialled = append(w.dialled, host)
	s, ok := w.servers[host]
	if !ok {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	if s == nil {
		return nil, errors.New("connection refused")
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", s.address)
}

// server takes mail for everybody but nobody@.
type server struct {
	address string
	mu      sync.Mutex
	mails   []string
}

func (s *server) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, secure := c.TLSConnectionState()
	return &session{server: s, secure: secure}, nil
}

type session struct {
	server *server
	secure bool
	rcpts  []string
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody@") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	s.rcpts = append(s.rcpts, to)
	return nil
}
func (s *session) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.mails = append(s.server.mails, fmt.Sprintf("%s tls=%v %q", strings.Join(s.rcpts, ","), s.secure, body))
	return err
}
func (s *session) Reset()        { s.rcpts = nil }
func (s *session) Logout() error { return nil }

func startServer(t *testing.T, cert *tls.Certificate) *server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{address: listener.Addr().String()}
	srv := smtp.NewServer(s)
	srv.Domain = "mx.test"
	srv.ErrorLog = log.New(io.Discard, "", 0)
	if cert != nil {
		srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*cert}}
	}
	go srv.Serve(listener)
	t.Cleanup(func() { srv.Close() })
	return s
}

// certificateFor makes a certificate of its own authority, and a file with it.
func certificateFor(t *testing.T, name string) (*tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}

const enforce = "version: STSv1\nmode: enforce\nmx: mx1.sts.test\nmx: *.wild.test\nmax_age: 86400\n"

func TestDirect(t *testing.T) {
	good, ca := certificateFor(t, "mx1.sts.test")
	other, _ := certificateFor(t, "other.test")
	tests := []struct {
		name    string
		to      []string
		outcome []string // domain, host, what; in order
		dialled string
	}{
		{"the nearest server", []string{"a@two.test", "b@two.test"}, []string{"two.test near.test ok [0 1]"}, "near.test"},
		{"the next when the nearest is down", []string{"a@down.test"}, []string{"down.test far.test ok [0]"}, "off.test far.test"},
		{"the nearest is down, the next has no address", []string{"a@stale.test"}, []string{"stale.test gone.test for now: cannot connect to off.test: connection refused [0]"}, "off.test gone.test"},
		{"no MX: the domain itself", []string{"a@implicit.test"}, []string{"implicit.test implicit.test ok [0]"}, "implicit.test"},
		{"null MX", []string{"a@null.test"}, []string{"null.test  for good: the domain accepts no mail [0]"}, ""},
		{"no such domain", []string{"a@nowhere.test"}, []string{"nowhere.test nowhere.test for good: the domain has no mail server [0]"}, "nowhere.test"},
		{"half of DNS does not answer", []string{"a@half.test"}, []string{"half.test half.test for now: the address of half.test cannot be looked up: no such host [0]"}, "half.test"},
		{"not a domain", []string{"postmaster"}, []string{`postmaster  for good: the domain has no mail server: "postmaster" [0]`}, ""},
		{"DNS is broken", []string{"a@broken.test"}, []string{"broken.test  for now: the address of broken.test cannot be looked up: the name server cannot tell it now [0]"}, ""},
		{"address literal", []string{"a@[127.0.0.9]"}, []string{"[127.0.0.9] [127.0.0.9] ok [0]"}, "127.0.0.9"},
		{"two domains, one refuses", []string{"a@two.test", "nobody@implicit.test", "c@two.test"}, []string{"two.test near.test ok [0 2]", "implicit.test implicit.test 550 [1]"}, "near.test implicit.test"},
		{"certificate for another name", []string{"a@other.test"}, []string{"other.test mx.other.test ok tls [0]"}, "mx.other.test"},
		{"policy holds", []string{"a@sts.test"}, []string{"sts.test mx1.sts.test ok tls verified [0]"}, "mx1.sts.test"},
		{"policy names other servers", []string{"a@outside.test"}, []string{"outside.test  for now: the domain's policy (MTA-STS) allows none of its servers [0]"}, ""},
		{"policy, and no proof", []string{"a@wild.test"}, []string{"wild.test mx.wild.test certificate [0]"}, "mx.wild.test"},
		{"policy that only tests", []string{"a@testing.test"}, []string{"testing.test mx.other.test ok tls [0]"}, "mx.other.test"},
		{"policy behind a redirect", []string{"a@moved.test"}, []string{"moved.test mx.other.test ok tls [0]"}, "mx.other.test"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plain := startServer(t, nil)
			w := &world{
				mx: map[string][]*net.MX{
					"two.test": {{Host: "far.test.", Pref: 20}, {Host: "near.test.", Pref: 10}}, "down.test": {{Host: "off.test.", Pref: 1}, {Host: "far.test.", Pref: 2}},
					"stale.test": {{Host: "off.test.", Pref: 1}, {Host: "gone.test.", Pref: 2}},
					"null.test":  {{Host: "."}}, "other.test": {{Host: "mx.other.test."}},
					"sts.test": {{Host: "evil.test.", Pref: 1}, {Host: "mx1.sts.test.", Pref: 5}}, "outside.test": {{Host: "evil.test."}},
					"wild.test": {{Host: "mx.wild.test."}}, "testing.test": {{Host: "mx.other.test."}}, "moved.test": {{Host: "mx.other.test."}},
				},
				txt: map[string][]string{
					"_mta-sts.sts.test": {"other", "v=STSv1; id=1;"}, "_mta-sts.outside.test": {"v=STSv1; id=1"}, "_mta-sts.wild.test": {"v=STSv1; id=1"},
					"_mta-sts.testing.test": {"v=STSv1; id=1"}, "_mta-sts.moved.test": {"v=STSv1; id=1"}, "_mta-sts.two.test": {"v=STSv1; id=1", "v=STSv1; id=2"},
				},
				policies: map[string]string{"sts.test": enforce, "outside.test": enforce, "wild.test": enforce, "testing.test": strings.Replace(enforce, "enforce", "testing", 1), "moved.test": "moved"},
				servers: map[string]*server{
					"near.test": plain, "far.test": plain, "implicit.test": plain, "127.0.0.9": plain, "off.test": nil,
					"mx.other.test": startServer(t, other), "mx1.sts.test": startServer(t, good), "mx.wild.test": startServer(t, other),
				},
			}
			transport := New(Options{Resolver: w, Dial: w.dial, HTTP: &http.Client{Transport: w}, CAFile: ca, LocalName: "mail.a.test"})
			env := smtpclient.Envelope{From: "ada@a.test"}
			for _, address := range tt.to {
				env.To = append(env.To, smtpclient.Recipient{Address: address})
			}
			var got []string
			committed := 0
			opts := smtpclient.SendOptions{BeforeCommit: func(results []smtpclient.RecipientResult) error {
				for _, r := range results {
					if r.MayHave() && strings.HasPrefix(tt.to[r.Index], "nobody") {
						t.Errorf("recipient %d is at risk", r.Index)
					}
				}
				committed++
				return nil
			}}
			for d, err := range transport.Send(t.Context(), env, strings.NewReader("Subject: x\r\n\r\n"), opts) {
				got = append(got, fmt.Sprintf("%s %s %s %v", d.Domain, d.Host, words(d, err), d.Recipients))
			}
			if strings.Join(got, "\n") != strings.Join(tt.outcome, "\n") {
				t.Errorf("outcomes:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(tt.outcome, "\n"))
			}
			if dialled := strings.Join(w.dialled, " "); dialled != tt.dialled {
				t.Errorf("dialled %q, want %q", dialled, tt.dialled)
			}
		})
	}
}

func words(d Delivery, err error) string {
	var e *smtpclient.Error
	what := "ok"
	switch errors.As(err, &e); {
	case e == nil:
	case e.Code != 0:
		what = fmt.Sprint(e.Code)
	case strings.Contains(e.Err.Error(), "certificate"):
		what = "certificate"
	case e.Temporary:
		what = "for now: " + e.Err.Error()
	default:
		what = "for good: " + e.Err.Error()
	}
	if d.TLS {
		what += " tls"
	}
	if d.Verified {
		what += " verified"
	}
	return what
}

// A server whose handshake fails gets the mail in clear, where no policy forbids.
func TestBrokenEncryption(t *testing.T) {
	s := startServer(t, &tls.Certificate{})
	w := &world{servers: map[string]*server{"implicit.test": s}}
	transport := New(Options{Resolver: w, Dial: w.dial, HTTP: &http.Client{Transport: w}})
	env := smtpclient.Envelope{To: []smtpclient.Recipient{{Address: "a@implicit.test"}}}
	for d, err := range transport.Send(t.Context(), env, strings.NewReader("x\r\n"), smtpclient.SendOptions{}) {
		if err != nil || d.TLS || len(s.mails) != 1 || len(w.dialled) != 2 {
			t.Errorf("%+v, %v, dialled %q", d, err, w.dialled)
		}
	}
}

// A server that takes the connection and says nothing, as where port 25 is closed off, is
// not waited for as long as one's own: whatever else is to be sent waits behind it.
func TestSilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		silent := func(context.Context, string) (net.Conn, error) {
			near, far := net.Pipe()
			t.Cleanup(func() { far.Close() })
			return near, nil
		}
		transport := New(Options{Resolver: &world{}, Dial: silent, HTTP: &http.Client{Transport: &world{}}})
		env := smtpclient.Envelope{To: []smtpclient.Recipient{{Address: "a@implicit.test"}}}
		for _, err := range transport.Send(t.Context(), env, strings.NewReader("x\r\n"), smtpclient.SendOptions{}) {
			var e *smtpclient.Error
			if !errors.As(err, &e) || !e.Temporary || e.Explain() != "The server did not answer in time." {
				t.Errorf("%v", err)
			}
		}
		if took := time.Since(began); took > 2*time.Minute {
			t.Errorf("it was waited for %s", took)
		}
	})
}

// A policy stands until it expires, whatever DNS says meanwhile, also for
// another process.
func TestPolicyIsKept(t *testing.T) {
	w := &world{txt: map[string][]string{"_mta-sts.sts.test": {"v=STSv1; id=1"}}, policies: map[string]string{"sts.test": enforce}}
	kept := &memory{texts: map[string]string{}}
	transport := New(Options{Resolver: w, HTTP: &http.Client{Transport: w}, Policies: kept})
	if p := transport.policyOf(t.Context(), "sts.test"); !p.enforced() {
		t.Fatalf("policy %+v", p)
	}
	w.txt, w.policies = nil, nil
	transport = New(Options{Resolver: w, HTTP: &http.Client{Transport: w}, Policies: kept})
	if p := transport.policyOf(t.Context(), "sts.test"); !p.enforced() || !p.allows("mx1.sts.test") {
		t.Errorf("without the record: %+v", p)
	}
	w.txt = map[string][]string{"_mta-sts.sts.test": {"v=STSv1; id=2"}}
	if p := transport.policyOf(t.Context(), "sts.test"); !p.enforced() {
		t.Errorf("with a new one that cannot be fetched: %+v", p)
	}
	w.policies = map[string]string{"sts.test": "version: STSv1\nmode: none\nmax_age: 10\n"}
	if p := transport.policyOf(t.Context(), "sts.test"); p.enforced() {
		t.Errorf("withdrawn: %+v", p)
	}
	w.txt = nil
	for what, text := range map[string]string{
		"expired": `{"id":"1","mode":"enforce","mx":["a.test"],"expires":"2000-01-01T00:00:00Z"}`, "unreadable": "{",
	} {
		kept.texts["sts.test"] = text
		if p := transport.policyOf(t.Context(), "sts.test"); p.enforced() {
			t.Errorf("%s: %+v", what, p)
		}
	}
}

// Policies are fetched over the connections that mail takes, such as a proxy.
func TestPolicyTakesTheSameRoad(t *testing.T) {
	w := &world{txt: map[string][]string{"_mta-sts.sts.test": {"v=STSv1; id=1"}}}
	var dialled []string
	transport := New(Options{Resolver: w, Dial: func(_ context.Context, address string) (net.Conn, error) {
		dialled = append(dialled, address)
		return nil, errors.New("no road")
	}})
	if p := transport.policyOf(t.Context(), "sts.test"); p.enforced() {
		t.Errorf("policy %+v", p)
	}
	if len(dialled) != 1 || dialled[0] != "mta-sts.sts.test:443" {
		t.Errorf("dialled %q", dialled)
	}
}

func TestPolicyMatches(t *testing.T) {
	p := policy{MX: []string{"mx.a.test", "*.b.test"}}
	for host, want := range map[string]bool{"mx.a.test": true, "x.b.test": true, "b.test": false, "x.y.b.test": false, "a.test": false, "xmx.a.test": false} {
		if p.allows(host) != want {
			t.Errorf("%s: %v", host, !want)
		}
	}
}

func FuzzPolicy(f *testing.F) {
	f.Add(enforce)
	f.Add("version: STSv1\r\nmode: testing\r\nmx: a.test.\r\nmax_age: 99999999999\r\n")
	f.Add(":\nmax_age: -1")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePolicy(text, time.Now())
		if err == nil && p.enforced() && len(p.MX) == 0 {
			t.Error("a policy that allows nobody")
		}
	})
}
