package discover

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"postea/internal/dial"
)

// Source is how settings were found, the most trusted first.
type Source int

// The sources.
const (
	BuiltIn    Source = iota // the table of this package, by the domain
	Autoconfig               // the domain's own document
	Collection               // Mozilla's collection, by the domain
	Records                  // the domain's SRV records
	Exchanger                // the domain's MX, of a provider that is known
	Guess                    // a usual name that answered
)

func (s Source) String() string {
	return [...]string{"built in", "autoconfig", "Mozilla's collection", "SRV records", "MX record", "usual names"}[s]
}

// Server is one end of an account as found.
type Server struct {
	Host     string
	Port     int
	TLS      string // implicit or starttls
	Username string
	OAuth    bool // signs in with OAuth 2
	Password bool // signs in with a password
}

// Found is settings from one source.
type Found struct {
	Source   Source
	Where    string // what the source was asked about: a domain, an address of a document
	Provider string // as it calls itself; may be empty. Text from outside
	IMAP     []Server
	SMTP     []Server
	OAuth    string // google, microsoft, yahoo, fastmail …: whose OAuth signs in; "": unknown or none
	Hint     string // what somebody must know who signs in there; may be empty
	URL      string // where that is done
	// Unvouched names servers outside the domain for which only the DNS speaks.
	Unvouched []string
}

// Step is what became of asking one source.
type Step struct {
	Source Source
	Where  string
	Text   string // "found", or why not; text from outside may be in it
}

// Answer is everything that was found out about an address.
type Answer struct {
	Address string
	Domain  string
	Best    *Found // nil: nothing was found
	Steps   []Step // in the order of their sources
	No      string // why there can be no account of this address, in words; "" where there can
	Unheard bool   // nobody that was asked could be reached, as without a network
}

// Resolver is what is asked of the DNS; *net.Resolver is one.
type Resolver interface {
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
}

// Finder finds servers. The zero value asks the DNS and the web, and guesses
// nothing. It may be used from several goroutines.
type Finder struct {
	Resolver Resolver     // nil: net.DefaultResolver
	Client   *http.Client // nil: one of its own. Redirects are followed to https only, whatever it says
	// Check connects to a server and returns nil where it answers as the service
	// (imap, smtp) over verified TLS. nil: nothing is guessed.
	Check      func(ctx context.Context, service string, s Server) error
	Collection string        // where Mozilla's collection is; "" is its usual place, "-" asks nobody
	Timeout    time.Duration // for everything; 0 is 3 s
}

// Through gives a Finder that asks the web through a proxy (socks5:// or http://),
// which looks up the names, and no DNS, which would be asked past it.
func (f Finder) Through(proxy string) Finder {
	to := func(*http.Request) (*url.URL, error) { return dial.ProxyURL(proxy) }
	f.Resolver, f.Client = silent{}, &http.Client{Transport: &http.Transport{Proxy: to}}
	f.Timeout = cmp.Or(f.Timeout, proxyTimeout)
	return f
}

// silent is a Resolver that asks nobody.
type silent struct{}

var errSilent = errors.New("not asked past the proxy")

func (silent) LookupMX(context.Context, string) ([]*net.MX, error) { return nil, errSilent }

func (silent) LookupSRV(context.Context, string, string, string) (string, []*net.SRV, error) {
	return "", nil, errSilent
}

const (
	usualTimeout    = 3 * time.Second
	proxyTimeout    = 15 * time.Second // Tor first makes a way
	usualCollection = "https://autoconfig.thunderbird.net/v1.1/"
)

var errNothing = errors.New("nothing there")

// BuiltInOnly is Find that asks nobody.
func BuiltInOnly(address string) Answer {
	a, _, _ := begin(address)
	return a
}

// begin looks into the table; done tells that nothing else is to be asked.
func begin(address string) (a Answer, who person, done bool) {
	at := strings.LastIndexByte(address, '@')
	a = Answer{Address: address}
	if at < 1 || at == len(address)-1 {
		a.No = "that is no mail address"
		return a, who, true
	}
	domain, err := idna.Lookup.ToASCII(strings.ToLower(address[at+1:]))
	if err != nil || !labels(domain) {
		a.No = "the part behind the @ is no domain"
		return a, who, true
	}
	a.Domain = domain
	if !hostName(domain) { // of one's own network: nobody knows about it
		return a, who, true
	}
	who = person{address: address, local: address[:at], domain: domain}
	if p, ok := providerOf(domain); ok {
		a.Steps = []Step{{Source: BuiltIn, Where: domain, Text: "found"}}
		if a.No = p.none; a.No == "" {
			found := p.found(who, BuiltIn, domain)
			a.Best = &found
		}
		return a, who, true
	}
	return a, who, false
}

// Find finds the servers of an address. It never fails: what went wrong is in
// the steps.
func (f Finder) Find(ctx context.Context, address string) Answer {
	a, who, done := begin(address)
	if done {
		return a
	}
	timeout := f.Timeout
	if timeout == 0 {
		timeout = usualTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	f.ask(ctx, who, &a)
	return a
}

// person is whose settings are looked for.
type person struct{ address, local, domain string }

// question is one thing that is asked; its place in the list is its rank.
type question struct {
	source Source
	where  string
	ask    func(context.Context) (Found, error)
}

func (f Finder) questions(who person) []question {
	qs := []question{
		{Autoconfig, "https://autoconfig." + who.domain + "/mail/config-v1.1.xml", nil},
		{Autoconfig, "https://" + who.domain + "/.well-known/autoconfig/mail/config-v1.1.xml", nil},
	}
	if f.Collection != "-" {
		base := f.Collection
		if base == "" {
			base = usualCollection
		}
		qs = append(qs, question{Collection, base + who.domain, nil})
	}
	for i := range qs {
		source, url := qs[i].source, qs[i].where
		qs[i].ask = func(ctx context.Context) (Found, error) { return f.document(ctx, url, who, source) }
	}
	qs = append(qs,
		question{Records, who.domain, func(ctx context.Context) (Found, error) { return f.records(ctx, who) }},
		question{Exchanger, who.domain, func(ctx context.Context) (Found, error) { return f.exchanger(ctx, who) }},
	)
	if f.Check != nil {
		qs = append(qs, question{Guess, who.domain, func(ctx context.Context) (Found, error) { return f.guess(ctx, who) }})
	}
	return qs
}

// ask asks everybody at once and returns when nobody is left who could know
// better than the best so far, or when the time is over.
func (f Finder) ask(ctx context.Context, who person, a *Answer) {
	type reply struct {
		n     int
		found Found
		err   error
	}
	qs := f.questions(who)
	replies := make(chan reply, len(qs))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for n, q := range qs {
		go func() {
			found, err := q.ask(ctx)
			replies <- reply{n, found, err}
		}()
	}
	got := make([]*reply, len(qs))
	for range qs {
		select {
		case r := <-replies:
			got[r.n] = &r
		case <-ctx.Done():
		}
		if ctx.Err() != nil || settled(len(qs), func(n int) (answered, found bool) {
			return got[n] != nil, got[n] != nil && got[n].err == nil
		}) {
			break
		}
	}
	heard := false
	for n, q := range qs {
		s := Step{Source: q.source, Where: q.where, Text: "found"}
		r := got[n]
		heard = heard || r != nil && q.source != Guess && !unreached(r.err)
		switch {
		case r == nil && ctx.Err() != nil:
			s.Text = "did not answer in time"
		case r == nil:
			s.Text = "not needed"
		case r.err != nil:
			s.Text = reason(r.err)
		case a.Best == nil:
			a.Best = &r.found
		}
		a.Steps = append(a.Steps, s)
	}
	a.Unheard = a.Best == nil && !heard
}

// unreached tells of an error that says nothing of what was asked for.
func unreached(err error) bool {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return !dns.IsNotFound
	}
	_, ok := errors.AsType[*net.OpError](err)
	return ok || errors.Is(err, errSilent) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// settled tells whether one was found and everybody above it has answered.
func settled(n int, state func(int) (answered, found bool)) bool {
	for i := range n {
		answered, found := state(i)
		if found {
			return true
		}
		if !answered {
			return false
		}
	}
	return true
}

func reason(err error) string {
	var dns *net.DNSError
	switch {
	case errors.Is(err, errNothing):
		return errNothing.Error()
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "did not answer in time"
	case errors.As(err, &dns) && dns.IsNotFound:
		return errNothing.Error()
	case errors.As(err, &dns):
		return dial.LookupReason(dns)
	}
	return err.Error()
}
