package outbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/internal/mail"
	"postea/internal/store"
	"postea/smtpclient/direct"
)

// world is DNS and the ways to the servers of domains, without policies.
type world map[string]*server // by domain, which is its own server; nil: down

func (world) LookupMX(_ context.Context, domain string) ([]*net.MX, error) {
	return nil, &net.DNSError{Err: "no such host", Name: domain, IsNotFound: true}
}

func (world) LookupTXT(context.Context, string) ([]string, error) { return nil, nil }

func (world) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func (w world) dial(ctx context.Context, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	host = strings.TrimSuffix(host, ".")
	switch s, ok := w[host]; {
	case !ok:
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	case s == nil:
		return nil, errors.New("connection refused")
	default:
		return (&net.Dialer{}).DialContext(ctx, "tcp", s.addr.String())
	}
}

// newDirectBench is a bench whose account delivers to the servers of a.test,
// b.test and c.test; down.test is down, and there is no nowhere.test.
func newDirectBench(t *testing.T) (*bench, world) {
	b := newBench(t)
	b.acc.SMTP = config.Server{Transport: config.Direct, Helo: "mail.ada.test"}
	w := world{"a.test": newServer(t), "b.test": newServer(t), "c.test": newServer(t), "down.test": nil}
	b.w.mx = direct.Options{Resolver: w, Dial: w.dial}
	return b, w
}

// set lets f change what the servers say, while none of them is reading it.
func (w world) set(f func(world)) {
	for _, s := range w {
		if s != nil {
			s.mu.Lock()
			defer s.mu.Unlock()
		}
	}
	f(w)
}

func (w world) taken() string {
	var got []string
	for _, domain := range []string{"a.test", "b.test", "c.test"} {
		got = append(got, fmt.Sprint(len(w[domain].taken())))
	}
	return strings.Join(got, " ")
}

// Each domain has the message once, and what one of them says is nothing to the
// others.
func TestDirectDelivery(t *testing.T) {
	tests := map[string]struct {
		to     string
		script func(world)
		state  mail.ItemState
		want   string // of the recipients
		taken  string // messages at a.test, b.test and c.test
		next   time.Duration
	}{
		"three domains":       {"x@a.test y@b.test z@a.test u@c.test", nil, mail.ItemAccepted, "accepted 250, accepted 250, accepted 250, accepted 250", "1 1 1", 0},
		"one refuses":         {"x@a.test y@b.test", func(w world) { w["a.test"].rcpt["x@a.test"] = "550 5.1.1 no" }, mail.ItemRejected, "failed 550, accepted 250", "0 1 0", 0},
		"one defers":          {"x@a.test y@b.test", func(w world) { w["a.test"].rcpt["x@a.test"] = "451 4.7.1 greylisted" }, mail.ItemDeferred, "pending 451, accepted 250", "0 1 0", time.Minute},
		"one is down":         {"x@down.test y@b.test", nil, mail.ItemDeferred, "pending, accepted 250", "0 1 0", time.Minute},
		"one does not exist":  {"x@nowhere.test y@b.test", nil, mail.ItemRejected, "failed, accepted 250", "0 1 0", 0},
		"one hangs up":        {"x@a.test y@b.test", func(w world) { w["a.test"].afterDot = "drop" }, mail.ItemUnsure, "unsure, accepted 250", "1 1 0", 0},
		"one wants a sign-in": {"x@a.test y@b.test", func(w world) { w["a.test"].atMail = "530 5.7.0 sign in first" }, mail.ItemRejected, "failed 530, accepted 250", "0 1 0", 0},
		"one has a limit":     {"x@a.test y@a.test z@a.test y@b.test", func(w world) { w["a.test"].offers = []string{"LIMITS RCPTMAX=2"} }, mail.ItemAccepted, "accepted 250, accepted 250, accepted 250, accepted 250", "2 1 0", 0},
		"all refuse":          {"x@a.test y@b.test", func(w world) { w["a.test"].atMail = "550 no"; w["b.test"].greeting = "421 later" }, mail.ItemDeferred, "failed 550, pending", "0 0 0", time.Minute},
		"nobody":              {"x@nowhere.test", nil, mail.ItemRejected, "failed", "0 0 0", 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b, w := newDirectBench(t)
			if tt.script != nil {
				w.set(tt.script)
			}
			id := b.flushed(strings.Fields(tt.to)...)
			o := b.expect(id, tt.state, strings.Split(tt.want, ", ")...)
			if got := w.taken(); got != tt.taken {
				t.Errorf("messages at the servers: %s, want %s", got, tt.taken)
			}
			if tt.next != 0 && !o.NextAttempt.Equal(b.now.Add(tt.next)) || tt.next == 0 && !o.NextAttempt.IsZero() {
				t.Errorf("next try at %v", o.NextAttempt)
			}
			if o.Attempts != 1 || o.LastText == "" || len(b.srv.taken()) != 0 {
				t.Errorf("%d attempts, %q", o.Attempts, o.LastText)
			}
			b.flush()
			if got := w.taken(); got != tt.taken {
				t.Errorf("sent again: %s", got)
			}
		})
	}
}

// The next try is for those who wait, and nobody else.
func TestDirectDeliveryTriesTheRestAgain(t *testing.T) {
	b, w := newDirectBench(t)
	w.set(func(w world) { w["a.test"].rcpt["x@a.test"] = "451 4.7.1 greylisted" })
	id := b.flushed("x@a.test", "y@b.test")
	w["a.test"].set(func() { delete(w["a.test"].rcpt, "x@a.test") })
	b.now = b.now.Add(time.Minute)
	b.flush()
	b.expect(id, mail.ItemAccepted, "accepted 250", "accepted 250")
	if got := w.taken(); got != "1 1 0" {
		t.Errorf("messages at the servers: %s", got)
	}
	if c := b.conversation(id); !strings.Contains(c, "Client: EHLO mail.ada.test") || strings.Contains(c, "y@b.test") {
		t.Errorf("conversation:\n%s", c)
	}
}

// A domain that is down holds up no other message.
func TestDirectDeliveryHoldsUpNothing(t *testing.T) {
	b, _ := newDirectBench(t)
	down, up := b.queue("x@down.test"), b.queue("y@b.test")
	b.flush()
	b.expect(down, mail.ItemDeferred, "pending")
	b.expect(up, mail.ItemAccepted, "accepted 250")
}

// What a domain has said is on the disk before the next is asked: a process
// that dies then leaves nobody in doubt who has the message.
func TestDirectDeliveryCutShort(t *testing.T) {
	b, w := newDirectBench(t)
	w.set(func(w world) { w["b.test"].pause, w["b.test"].atDot = make(chan struct{}), make(chan struct{}) })
	id := b.queue("x@a.test", "y@b.test", "z@c.test")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.w.Flush(ctx) }()
	<-w["b.test"].atDot
	b.expect(id, mail.ItemSending, "accepted 250", "unsure", "pending")
	cancel()
	close(w["b.test"].pause)
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	b.expect(id, mail.ItemDeferred, "accepted 250", "accepted 250", "pending")
	b.w = b.worker()
	b.w.mx = direct.Options{Resolver: w, Dial: w.dial}
	b.flush()
	b.expect(id, mail.ItemAccepted, "accepted 250", "accepted 250", "accepted 250")
	if got := w.taken(); got != "1 1 1" {
		t.Errorf("messages at the servers: %s", got)
	}
}

// Policies of domains outlive the process, and a proxy is used.
func TestDirectDeliveryPolicies(t *testing.T) {
	b, _ := newDirectBench(t)
	p := policies{b.store}
	if err := p.SetPolicy(t.Context(), "a.test", "text"); err != nil {
		t.Fatal(err)
	}
	if text, err := p.Policy(t.Context(), "a.test"); err != nil || text != "text" {
		t.Errorf("%q, %v", text, err)
	}
	b.acc.SMTP.Proxy = "socks5://127.0.0.1:1"
	id := b.flushed("x@a.test")
	if o := b.expect(id, mail.ItemDeferred, "pending"); !strings.Contains(o.LastText, "the proxy 127.0.0.1:1") {
		t.Errorf("last text %q", o.LastText)
	}
}

// The last word about each recipient counts; who was not got to is tried at once.
func TestOutcomeOfDomains(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var d domains
	d.add("a.test", store.Outcome{Kind: "unsure", Text: "lost", Changes: []store.RecipientChange{{Index: 2, State: mail.RecipientUnsure}}})
	d.add("b.test", store.Outcome{Kind: "accepted", Text: "250 ok", QueueID: "Q", Next: now.Add(time.Hour), Changes: []store.RecipientChange{{Index: 0, State: mail.RecipientPending}}})
	d.add("b.test", store.Outcome{Kind: "accepted", Text: "250 ok", Changes: []store.RecipientChange{{Index: 0, State: mail.RecipientAccepted}}})
	out := d.outcome([]int{0, 1, 2}, now)
	if out.Kind != "unsure" || !out.Next.Equal(now) || out.QueueID != "Q" || len(out.Changes) != 3 {
		t.Errorf("%+v", out)
	}
}
