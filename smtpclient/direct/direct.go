package direct

import (
	"context"
	"errors"
	"io"
	"iter"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"postea/internal/dial"
	"postea/internal/transcript"
	"postea/smtpclient"
)

// Resolver is what is asked of DNS; *net.Resolver is one.
type Resolver interface {
	LookupMX(ctx context.Context, domain string) ([]*net.MX, error)
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Options of New; all fields may be left zero.
type Options struct {
	LocalName string   // for EHLO: the public name of this host, which many servers demand
	Resolver  Resolver // nil: that of the system
	// Dial connects to host:port; nil: TCP from this host.
	Dial     func(ctx context.Context, address string) (net.Conn, error)
	Port     int          // 0: 25
	CAFile   string       // for servers that must prove who they are; "": the system's authorities
	HTTP     *http.Client // fetches policies; nil: one that connects by Dial; redirects are never followed
	Policies PolicyStore  // keeps the policies of domains; nil: for as long as the Transport lives
	Timeouts smtpclient.Timeouts
	Trace    func(transcript.Line)
}

// PolicyStore keeps a text for each domain, as long as it can. Without it whoever
// spoils DNS at the right moment can keep a policy from being known (RFC 8461 §10.1).
type PolicyStore interface {
	Policy(ctx context.Context, domain string) (string, error) // "" where there is none
	SetPolicy(ctx context.Context, domain, text string) error
}

// Transport delivers mail. It may be used by several goroutines.
type Transport struct {
	opts Options

	policies PolicyStore
}

// Reasons why a domain gets no mail; smtpclient.Error wraps them.
var (
	ErrNullMX   = errors.New("the domain accepts no mail")
	ErrNoServer = errors.New("the domain has no mail server")
	ErrPolicy   = errors.New("the domain's policy (MTA-STS) allows none of its servers")
)

// Short, as another server may be nearer, and other messages wait behind this one.
const (
	connectTimeout  = 30 * time.Second
	greetingTimeout = time.Minute // RFC 5321 §4.5.3.2.1 has five for who has time
)

// New makes a transport.
func New(o Options) *Transport {
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	if o.Port == 0 {
		o.Port = 25
	}
	if o.Timeouts.Greeting == 0 {
		o.Timeouts.Greeting = greetingTimeout
	}
	if o.Dial == nil {
		dialer := &net.Dialer{Timeout: connectTimeout}
		o.Dial = func(ctx context.Context, address string) (net.Conn, error) {
			return dialer.DialContext(ctx, "tcp", address)
		}
	}
	if o.HTTP == nil {
		dial := o.Dial
		o.HTTP = &http.Client{Timeout: time.Minute, Transport: &http.Transport{
			DialContext:       func(ctx context.Context, _, address string) (net.Conn, error) { return dial(ctx, address) },
			DisableKeepAlives: true, // a policy is one page
		}}
	}
	client := *o.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // RFC 8461 §3.3
	o.HTTP = &client
	if o.Policies == nil {
		o.Policies = &memory{texts: map[string]string{}}
	}
	return &Transport{opts: o, policies: o.Policies}
}

// Delivery is the outcome for some of the recipients, all of one domain.
type Delivery struct {
	Domain     string
	Host       string // the server that was talked to last; "" if none
	TLS        bool
	Verified   bool // the server proved who it is, as the domain's policy demands
	Recipients []int
	Result     *smtpclient.Result // nil if no server was asked
}

// Send delivers one message, domain by domain, and yields each outcome with its
// error, which is an *smtpclient.Error. The recipients, in Delivery.Recipients
// and by the Index of each result, are those of env.To. Errors of one domain do
// not keep the message from the others, so the sequence ends when all have been
// tried, or ctx ends.
func (t *Transport) Send(ctx context.Context, env smtpclient.Envelope, body io.ReadSeeker, opts smtpclient.SendOptions) iter.Seq2[Delivery, error] {
	return func(yield func(Delivery, error) bool) {
		for _, group := range byDomain(env.To) {
			if !t.deliver(ctx, group, env, body, opts, yield) || ctx.Err() != nil {
				return
			}
		}
	}
}

// group is the recipients of one domain.
type group struct {
	domain  string
	indexes []int
}

func byDomain(to []smtpclient.Recipient) []group {
	var groups []group
	at := map[string]int{}
	for i, r := range to {
		domain := strings.ToLower(r.Address[strings.LastIndexByte(r.Address, '@')+1:])
		n, ok := at[domain]
		if !ok {
			n = len(groups)
			at[domain] = n
			groups = append(groups, group{domain: domain})
		}
		groups[n].indexes = append(groups[n].indexes, i)
	}
	return groups
}

// deliver tries the servers of a domain one after the other until one of them
// answers for the message. It reports whether the caller wants more.
func (t *Transport) deliver(ctx context.Context, g group, env smtpclient.Envelope, body io.ReadSeeker, opts smtpclient.SendOptions, yield func(Delivery, error) bool) bool {
	d := Delivery{Domain: g.domain, Recipients: g.indexes}
	hosts, err := t.hosts(ctx, g.domain)
	if err != nil {
		return yield(d, err)
	}
	rules := t.policyOf(ctx, g.domain)
	var lastErr error
	for _, host := range hosts {
		if rules.enforced() && !rules.allows(host) {
			continue
		}
		d.Host = host
		client, err := t.connect(ctx, host, rules.enforced())
		if err != nil {
			if lastErr == nil || !errors.Is(err, ErrNoServer) { // a name that leads nowhere says nothing of the others
				lastErr = err
			}
			if ctx.Err() != nil {
				break
			}
			continue // RFC 5321 §5.1: the next in the list
		}
		state, encrypted := client.TLSState()
		d.TLS, d.Verified = encrypted, encrypted && rules.enforced() && len(state.VerifiedChains) > 0
		more := t.transfer(ctx, client, g, d, env, body, opts, yield)
		// What was accepted stays accepted, whatever QUIT brings.
		_ = client.Quit(ctx)
		return more
	}
	if lastErr == nil {
		lastErr = &smtpclient.Error{Phase: smtpclient.PhaseTLS, Temporary: true, Err: ErrPolicy}
	}
	return yield(d, lastErr)
}

func (t *Transport) transfer(ctx context.Context, c *smtpclient.Client, g group, d Delivery, env smtpclient.Envelope, body io.ReadSeeker, opts smtpclient.SendOptions, yield func(Delivery, error) bool) bool {
	part := env
	part.To = make([]smtpclient.Recipient, len(g.indexes))
	for i, n := range g.indexes {
		part.To[i] = env.To[n]
	}
	if tell := opts.BeforeCommit; tell != nil {
		opts.BeforeCommit = func(results []smtpclient.RecipientResult) error { return tell(g.renumber(results)) }
	}
	for result, err := range c.SendParts(ctx, part, body, opts) {
		d.Result = result
		if result != nil {
			result.Recipients = g.renumber(result.Recipients)
			d.Recipients = nil
			for _, r := range result.Recipients {
				d.Recipients = append(d.Recipients, r.Index)
			}
		}
		if !yield(d, err) {
			return false
		}
	}
	return true
}

// renumber turns indexes within the group into those of the whole envelope.
func (g group) renumber(results []smtpclient.RecipientResult) []smtpclient.RecipientResult {
	for i := range results {
		results[i].Index = g.indexes[results[i].Index]
	}
	return results
}

// connect opens a session with one server. Encryption that fails is left out the
// second time, unless the policy is in force.
func (t *Transport) connect(ctx context.Context, host string, verified bool) (*smtpclient.Client, error) {
	if verified {
		return t.session(ctx, host, dial.ModeStartTLS)
	}
	c, err := t.session(ctx, host, dial.ModeOpportunistic)
	var e *smtpclient.Error
	if errors.As(err, &e) && e.Phase == smtpclient.PhaseTLS && ctx.Err() == nil {
		return t.session(ctx, host, dial.ModeNone)
	}
	return c, err
}

func (t *Transport) session(ctx context.Context, host string, mode dial.TLSMode) (*smtpclient.Client, error) {
	bare := strings.Trim(strings.TrimPrefix(host, "[IPv6:"), "[]")
	conn, err := t.opts.Dial(ctx, net.JoinHostPort(absolute(bare), strconv.Itoa(t.opts.Port)))
	if err != nil {
		return nil, t.unlessUnanswered(ctx, bare, connectFailed(ctx, bare, err))
	}
	cfg := dial.Config{Host: bare, Port: t.opts.Port, TLS: mode, Insecure: true}
	if mode == dial.ModeStartTLS {
		cfg.CAFile = t.opts.CAFile
	}
	return smtpclient.New(ctx, conn, smtpclient.Options{
		Dial: cfg, Auth: smtpclient.Auth{Policy: "none"}, LocalName: t.opts.LocalName,
		Timeouts: t.opts.Timeouts, Trace: t.opts.Trace,
	})
}

// unlessUnanswered gives err, and where that says that a host has no address, what keeps this
// from being known: of the two questions, for addresses of IPv4 and of IPv6, a dialer believes
// the one that was answered.
func (t *Transport) unlessUnanswered(ctx context.Context, host string, err error) error {
	if !errors.Is(err, ErrNoServer) {
		return err
	}
	for _, network := range []string{"ip4", "ip6"} {
		var dns *net.DNSError
		if _, lerr := t.opts.Resolver.LookupNetIP(ctx, network, absolute(host)); errors.As(lerr, &dns) && !dns.IsNotFound {
			return connectFailed(ctx, host, lerr)
		}
	}
	return err
}

// absolute keeps the machine's search list away from a name: one that does not exist
// would be sought among its own domains, and what is found there is somebody else.
func absolute(host string) string {
	if net.ParseIP(host) != nil {
		return host
	}
	return host + "."
}

func connectFailed(ctx context.Context, host string, err error) error {
	var d *dial.Error
	if !errors.As(err, &d) { // by a proxy it is one
		d = dial.Failed(ctx, host, err)
	}
	if d.Kind == dial.KindUnknownHost {
		return &smtpclient.Error{Phase: smtpclient.PhaseConnect, Err: ErrNoServer}
	}
	return &smtpclient.Error{Phase: smtpclient.PhaseConnect, Temporary: true, Err: d}
}
