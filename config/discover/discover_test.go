package discover

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postea/internal/lab"
)

// world is a DNS and a web of its own, on the loopback interface.
type world struct {
	mx    map[string][]*net.MX
	srv   map[string][]*net.SRV
	pages map[string]string // host + path
	slow  map[string]bool   // hosts that never answer
	moved map[string]string

	mu    sync.Mutex
	asked []string
}

func notFound(name string) error {
	return &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (w *world) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	if list, ok := w.mx[name]; ok {
		return list, nil
	}
	return nil, notFound(name)
}

func (w *world) LookupSRV(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
	if list, ok := w.srv["_"+service+"._"+proto+"."+name]; ok {
		return "", list, nil
	}
	return "", nil, notFound(name)
}

func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.asked = append(w.asked, r.Host+r.URL.String())
	w.mu.Unlock()
	if w.slow[r.Host] {
		<-r.Context().Done()
		return
	}
	if to, ok := w.moved[r.Host+r.URL.Path]; ok {
		http.Redirect(rw, r, to, http.StatusFound)
		return
	}
	page, ok := w.pages[r.Host+r.URL.Path]
	if !ok {
		http.NotFound(rw, r)
		return
	}
	fmt.Fprint(rw, page)
}

// questions are what it was asked so far; a request that was given up may still come.
func (w *world) questions() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.asked)
}

func (w *world) finder(t *testing.T) Finder {
	t.Helper()
	s := httptest.NewTLSServer(w)
	t.Cleanup(s.Close)
	tr := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, s.Listener.Addr().String())
		},
	}
	t.Cleanup(tr.CloseIdleConnections)
	return Finder{Resolver: w, Client: &http.Client{Transport: tr}, Collection: "https://collection.test/v1.1/", Timeout: 2 * time.Second}
}

func page(hosts ...string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><clientConfig version="1.1"><emailProvider id="x"><displayName>X Mail</displayName>`)
	for i, h := range hosts {
		kind, tag, port := "imap", "incomingServer", 993
		if i%2 == 1 {
			kind, tag, port = "smtp", "outgoingServer", 465
		}
		fmt.Fprintf(&b, `<%s type=%q><hostname>%s</hostname><port>%d</port><socketType>SSL</socketType><username>%%EMAILLOCALPART%%</username><authentication>password-cleartext</authentication></%s>`, tag, kind, h, port, tag)
	}
	b.WriteString(`</emailProvider></clientConfig>`)
	return b.String()
}

func TestFind(t *testing.T) {
	const wellKnown = "example.org/.well-known/autoconfig/mail/config-v1.1.xml"
	answers := func(hosts ...string) func(context.Context, string, Server) error {
		return func(_ context.Context, _ string, s Server) error {
			if slices.Contains(hosts, fmt.Sprintf("%s:%d", s.Host, s.Port)) {
				return nil
			}
			return errors.New("nobody listens")
		}
	}
	tests := []struct {
		name, address string
		w             world
		check         func(context.Context, string, Server) error
		source        Source
		imap, smtp    string // host:port user
		unvouched     []string
		nothing       bool
	}{
		{name: "built in asks nobody", address: "ada@gmail.com", source: BuiltIn, imap: "imap.gmail.com:993 ada@gmail.com", smtp: "smtp.gmail.com:465 ada@gmail.com"},
		{name: "a country of Yahoo", address: "ada@yahoo.co.uk", source: BuiltIn, imap: "imap.mail.yahoo.com:993 ada@yahoo.co.uk", smtp: "smtp.mail.yahoo.com:465 ada@yahoo.co.uk"},
		{name: "the local part signs in", address: "ada@web.de", source: BuiltIn, imap: "imap.web.de:993 ada", smtp: "smtp.web.de:465 ada"},
		{name: "differs between the ends", address: "ada@icloud.com", source: BuiltIn, imap: "imap.mail.me.com:993 ada", smtp: "smtp.mail.me.com:587 ada@icloud.com"},
		{name: "the domain's own word counts more", address: "ada@example.org", source: Autoconfig,
			w: world{pages: map[string]string{
				"autoconfig.example.org/mail/config-v1.1.xml": page("imap.example.org", "smtp.example.org"),
				"collection.test/v1.1/example.org":            page("other.example.net", "other.example.net"),
			}}, imap: "imap.example.org:993 ada", smtp: "smtp.example.org:465 ada"},
		{name: "well-known", address: "ada@example.org", source: Autoconfig,
			w: world{pages: map[string]string{wellKnown: page("mx.example.org", "mx.example.org")}}, imap: "mx.example.org:993 ada", smtp: "mx.example.org:465 ada"},
		{name: "a domain in its own script", address: "ada@bücher.example", source: Autoconfig,
			w: world{pages: map[string]string{"autoconfig.xn--bcher-kva.example/mail/config-v1.1.xml": page("imap.%EMAILDOMAIN%", "smtp.%EMAILDOMAIN%")}}, imap: "imap.xn--bcher-kva.example:993 ada", smtp: "smtp.xn--bcher-kva.example:465 ada"},
		{name: "the collection", address: "ada@example.org", source: Collection,
			w: world{pages: map[string]string{"collection.test/v1.1/example.org": page("imap.hoster.net", "smtp.hoster.net")}}, imap: "imap.hoster.net:993 ada", smtp: "smtp.hoster.net:465 ada"},
		{name: "one that hangs is not waited for", address: "ada@example.org", source: Collection,
			w: world{slow: map[string]bool{"autoconfig.example.org": true}, pages: map[string]string{"collection.test/v1.1/example.org": page("imap.hoster.net", "smtp.hoster.net")}}, imap: "imap.hoster.net:993 ada", smtp: "smtp.hoster.net:465 ada"},
		{name: "SRV of the domain", address: "ada@example.org", source: Records,
			w: world{srv: map[string][]*net.SRV{
				"_imaps._tcp.example.org":       {{Target: "imap.example.org.", Port: 993}},
				"_submissions._tcp.example.org": {{Target: ".", Port: 0}},
				"_submission._tcp.example.org":  {{Target: "smtp.example.org.", Port: 587}},
			}}, imap: "imap.example.org:993 ada@example.org", smtp: "smtp.example.org:587 ada@example.org"},
		{name: "SRV of somebody else must be confirmed", address: "ada@example.org", source: Records,
			w: world{srv: map[string][]*net.SRV{
				"_imaps._tcp.example.org":       {{Target: "imap.thief.net.", Port: 993}},
				"_submissions._tcp.example.org": {{Target: "smtp.example.org.", Port: 465}},
			}}, imap: "imap.thief.net:993 ada@example.org", smtp: "smtp.example.org:465 ada@example.org", unvouched: []string{"imap.thief.net"}},
		{name: "Workspace by its MX", address: "ada@example.org", source: Exchanger,
			w:    world{mx: map[string][]*net.MX{"example.org": {{Host: "alt1.aspmx.l.google.com.", Pref: 5}, {Host: "aspmx.l.google.com.", Pref: 1}}}},
			imap: "imap.gmail.com:993 ada@example.org", smtp: "smtp.gmail.com:465 ada@example.org", unvouched: []string{"imap.gmail.com", "smtp.gmail.com"}},
		{name: "a hoster by its MX", address: "ada@example.org", source: Exchanger,
			w:    world{mx: map[string][]*net.MX{"example.org": {{Host: "mx1.hoster.net.", Pref: 1}}}, pages: map[string]string{"collection.test/v1.1/hoster.net": page("imap.hoster.net", "smtp.hoster.net")}},
			imap: "imap.hoster.net:993 ada", smtp: "smtp.hoster.net:465 ada", unvouched: []string{"imap.hoster.net", "smtp.hoster.net"}},
		{name: "usual names", address: "ada@example.org", source: Guess, check: answers("mail.example.org:993", "mail.example.org:587"),
			imap: "mail.example.org:993 ada@example.org", smtp: "mail.example.org:587 ada@example.org"},
		{name: "nothing", address: "ada@example.org", check: answers(), nothing: true},
		{name: "to a page in clear", address: "ada@example.org", nothing: true,
			w: world{moved: map[string]string{wellKnown: "http://example.org/plain.xml"}, pages: map[string]string{"example.org/plain.xml": page("imap.example.org", "smtp.example.org")}}},
		{name: "from page to page without end", address: "ada@example.org", nothing: true, w: world{moved: map[string]string{wellKnown: "https://" + wellKnown}}},
		{name: "too large", address: "ada@example.org", nothing: true, w: world{pages: map[string]string{wellKnown: page("imap.example.org", "smtp.example.org") + strings.Repeat(" ", maxDocument)}}},
		{name: "a domain that takes no mail", address: "ada@example.org", nothing: true, w: world{mx: map[string][]*net.MX{"example.org": {{Host: ".", Pref: 0}}}}},
	}
	for i := range tests {
		tt := &tests[i]
		t.Run(tt.name, func(t *testing.T) {
			f := tt.w.finder(t)
			f.Check = tt.check
			got := f.Find(t.Context(), tt.address)
			for _, asked := range tt.w.questions() {
				if strings.Contains(asked, "ada") {
					t.Errorf("the address was told: %s", asked)
				}
			}
			if tt.nothing {
				if got.Best != nil {
					t.Fatalf("found %+v", got.Best)
				}
				for _, s := range got.Steps {
					if s.Text == "" || s.Text == "found" {
						t.Errorf("step %+v", s)
					}
				}
				return
			}
			if got.Best == nil {
				t.Fatalf("nothing found: %+v", got)
			}
			show := func(s Server) string { return fmt.Sprintf("%s:%d %s", s.Host, s.Port, s.Username) }
			if b := got.Best; b.Source != tt.source || show(b.IMAP[0]) != tt.imap || show(b.SMTP[0]) != tt.smtp {
				t.Errorf("found by %v %+v %+v", b.Source, b.IMAP, b.SMTP)
			}
			if !slices.Equal(got.Best.Unvouched, tt.unvouched) {
				t.Errorf("unvouched %v, want %v", got.Best.Unvouched, tt.unvouched)
			}
			if asked := tt.w.questions(); tt.source == BuiltIn && len(asked) > 0 {
				t.Errorf("asked %v", asked)
			}
		})
	}
}

func TestNoAccount(t *testing.T) {
	for address, word := range map[string]string{"a@tuta.com": "no IMAP", "a@hey.com": "no IMAP", "a": "no mail address", "a@": "no mail address", "a@b c.example": "no domain", "a@[127.0.0.1]": "no domain", "a@../x": "no domain"} {
		got := Finder{}.Find(t.Context(), address)
		if got.Best != nil || !strings.Contains(got.No, word) {
			t.Errorf("%s: %q", address, got.No)
		}
	}
}

// Of a name of one's own network nobody is asked, and the servers can be typed.
func TestOwnNetwork(t *testing.T) {
	for _, address := range []string{"a@localhost", "a@mail.local", "a@intranet"} {
		got := Finder{}.Find(t.Context(), address)
		if got.No != "" || got.Best != nil || got.Domain == "" || len(got.Steps) > 0 {
			t.Errorf("%s: %+v", address, got)
		}
	}
}

// unplugged is a machine without a network.
type unplugged struct{ dns error }

func (u unplugged) LookupMX(context.Context, string) ([]*net.MX, error) { return nil, u.dns }

func (u unplugged) LookupSRV(context.Context, string, string, string) (string, []*net.SRV, error) {
	return "", nil, u.dns
}

// That nobody can be asked is told apart from that nobody knows.
func TestUnheard(t *testing.T) {
	dead := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: errors.New("network is unreachable")}
	}}}
	for _, tt := range []struct {
		dns  *net.DNSError
		want bool
	}{{&net.DNSError{Err: "server misbehaving", IsTemporary: true}, true}, {&net.DNSError{Err: "no such host", IsNotFound: true}, false}} {
		f := Finder{Resolver: unplugged{tt.dns}, Client: dead, Check: func(context.Context, string, Server) error { return errors.New("no") }}
		if got := f.Find(t.Context(), "ada@somewhere.example"); got.Unheard != tt.want || got.Best != nil {
			t.Errorf("%v: %+v", tt.dns, got)
		} else if said := fmt.Sprint(got.Steps); tt.want && (!strings.Contains(said, "the name server cannot tell it now") || strings.Contains(said, "misbehaving")) {
			t.Errorf("it is said %s", said)
		}
	}
	if got := new(world).finder(t).Find(t.Context(), "ada@somewhere.example"); got.Unheard {
		t.Errorf("%+v", got)
	}
}

// Whatever a document says, no server without TLS, no address and no other
// protocol comes out of it.
func TestHostileDocuments(t *testing.T) {
	server := func(host, port, socket, auth string) string {
		return fmt.Sprintf(`<clientConfig><emailProvider id="x"><incomingServer type="imap"><hostname>%s</hostname><port>%s</port><socketType>%s</socketType><authentication>%s</authentication></incomingServer></emailProvider></clientConfig>`, host, port, socket, auth)
	}
	deep := strings.Repeat("<a>", 50000)
	for name, doc := range map[string]string{
		"clear":          server("imap.example.org", "143", "plain", "password-cleartext"),
		"no socket":      server("imap.example.org", "143", "", "password-cleartext"),
		"address":        server("127.0.0.1", "993", "SSL", "password-cleartext"),
		"address 6":      server("::1", "993", "SSL", "password-cleartext"),
		"decimal":        server("2130706433", "993", "SSL", "password-cleartext"),
		"this machine":   server("localhost", "993", "SSL", "password-cleartext"),
		"user in host":   server("%EMAILADDRESS%.thief.net", "993", "SSL", "password-cleartext"),
		"path":           server("imap.example.org/x", "993", "SSL", "password-cleartext"),
		"script":         server("&lt;script&gt;", "993", "SSL", "password-cleartext"),
		"escape":         server("imap.example.org&#10;X", "993", "SSL", "password-cleartext"),
		"port 0":         server("imap.example.org", "0", "SSL", "password-cleartext"),
		"port 70000":     server("imap.example.org", "70000", "SSL", "password-cleartext"),
		"port words":     server("imap.example.org", "993; rm", "SSL", "password-cleartext"),
		"no sign-in":     server("imap.example.org", "993", "SSL", "client-IP-address"),
		"entities":       `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>` + server("&b;", "993", "SSL", "password-cleartext"),
		"outside entity": `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + server("&a;", "993", "SSL", "password-cleartext"),
		"not xml":        "<html><body>Welcome!</body>",
		"nothing":        "",
		"deep":           deep,
		"pop3":           strings.Replace(server("pop.example.org", "995", "SSL", "password-cleartext"), `"imap"`, `"pop3"`, 1),
	} {
		if got, err := parseDocument([]byte(doc), ada); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

var ada = person{address: "ada@example.org", local: "ada", domain: "example.org"}

func TestUsername(t *testing.T) {
	for pattern, want := range map[string]string{
		"%EMAILADDRESS%": "ada@example.org", "%EMAILLOCALPART%": "ada", "%EMAILLOCALPART%#%EMAILDOMAIN%": "ada#example.org", "": "ada@example.org",
		"%USERNAME%": "ada@example.org", "fixed": "fixed", "a\nb": "ada@example.org", strings.Repeat("x", 500): "ada@example.org",
	} {
		if got := ada.username(pattern); got != want {
			t.Errorf("%q gives %q", pattern, got)
		}
	}
}

// Every document of the collection of samples gives servers with TLS, or a
// reason in words.
func TestCorpus(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(lab.Corpus(t), "autoconfig", "*", "*.xml"))
	if err != nil || len(files) < 50 {
		t.Fatalf("%d documents, %v", len(files), err)
	}
	good := 0
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found, err := parseDocument(data, ada)
		if err != nil {
			t.Logf("%s: %v", filepath.Base(name), err)
			continue
		}
		good++
		checkFound(t, found)
	}
	if good < len(files)*3/4 {
		t.Errorf("only %d of %d documents gave servers", good, len(files))
	}
	t.Logf("%d of %d documents gave servers", good, len(files))
}

func checkFound(t *testing.T, found Found) {
	t.Helper()
	for _, s := range slices.Concat(found.IMAP, found.SMTP) {
		if s.TLS != "implicit" && s.TLS != "starttls" || !hostName(s.Host) || s.Port < 1 || s.Username == "" || !s.Password && !s.OAuth {
			t.Errorf("%+v", s)
		}
	}
	if len(found.IMAP) == 0 {
		t.Error("found, but no IMAP")
	}
}

func FuzzDocument(f *testing.F) {
	f.Add([]byte(page("imap.example.org", "smtp.example.org")))
	f.Add([]byte(`<?xml version="1.0" encoding="iso-8859-1"?><clientConfig><emailProvider><displayName>` + "\xe4" + `</displayName></emailProvider></clientConfig>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if found, err := parseDocument(data, ada); err == nil {
			checkFound(t, found)
		}
	})
}

// The table holds no contradiction: every domain once, every host with a name.
func TestProviders(t *testing.T) {
	seen := map[string]string{}
	for _, p := range providers() {
		for _, d := range p.domains {
			if was, twice := seen[d]; twice {
				t.Errorf("%s is of %s and of %s", d, was, p.name)
			}
			seen[d] = p.name
		}
		if p.none != "" {
			continue
		}
		found := p.found(ada, BuiltIn, "x")
		for _, s := range []Server{found.IMAP[0], found.SMTP[0]} {
			if s.Host != "127.0.0.1" && !hostName(s.Host) || s.Port == 0 || !s.Password && !s.OAuth {
				t.Errorf("%s: %+v", p.name, s)
			}
		}
	}
	for domain, want := range map[string]bool{"yahoo.de": true, "yahoo.com.br": true, "yahoo.evil": false, "yahoo.x.evil": false, "notyahoo.com": false, "hotmail.fr": true, "contoso.onmicrosoft.com": true} {
		if _, got := providerOf(domain); got != want {
			t.Errorf("%s: %v", domain, got)
		}
	}
}
