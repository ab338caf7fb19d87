package direct

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/idna"
)

// policy is what a domain demands of those who send to it, RFC 8461 §3.2.
type policy struct {
	ID      string    `json:"id"`   // of the TXT record it came with
	Mode    string    `json:"mode"` // enforce, testing or none
	MX      []string  `json:"mx,omitempty"`
	Expires time.Time `json:"expires"`
}

// memory is the store of a Transport that was given none.
type memory struct {
	mu    sync.Mutex // guards what follows
	texts map[string]string
}

func (m *memory) Policy(_ context.Context, domain string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.texts[domain], nil
}

func (m *memory) SetPolicy(_ context.Context, domain, text string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.texts[domain] = text
	return nil
}

// known returns the stored policy, if it has not expired. One that cannot be
// read is fetched again.
func (t *Transport) known(ctx context.Context, domain string) policy {
	var p policy
	text, err := t.policies.Policy(ctx, domain)
	if err != nil || text == "" || json.Unmarshal([]byte(text), &p) != nil || !time.Now().Before(p.Expires) {
		return policy{}
	}
	return p
}

func (t *Transport) keep(ctx context.Context, domain string, p policy) {
	if text, err := json.Marshal(p); err == nil {
		// One that cannot be stored is fetched the next time.
		_ = t.policies.SetPolicy(ctx, domain, string(text))
	}
}

const (
	maxPolicy = 64 << 10 // RFC 8461 §3.3
	maxAge    = 31557600 // seconds, §3.2
)

func (p policy) enforced() bool { return p.Mode == "enforce" }

// allows matches a server's name, RFC 8461 §4.1: a wildcard stands for one label.
func (p policy) allows(host string) bool {
	for _, pattern := range p.MX {
		if suffix, ok := strings.CutPrefix(pattern, "*."); ok {
			if _, rest, found := strings.Cut(host, "."); found && rest == suffix {
				return true
			}
			continue
		}
		if host == pattern {
			return true
		}
	}
	return false
}

// policyOf returns the policy in force; the zero policy demands nothing. A
// policy that was fetched before stands until it expires, or somebody in between
// could remove it by spoiling DNS (RFC 8461 §5.1).
func (t *Transport) policyOf(ctx context.Context, domain string) policy {
	name, err := idna.Lookup.ToASCII(domain)
	if err != nil || strings.HasPrefix(domain, "[") {
		return policy{}
	}
	known := t.known(ctx, name)
	id := t.policyID(ctx, name)
	if id == "" || id == known.ID {
		return known
	}
	fresh, err := t.fetch(ctx, name)
	if err != nil {
		return known
	}
	fresh.ID = id
	t.keep(ctx, name, fresh)
	return fresh
}

// policyID reads the record that announces a policy, RFC 8461 §3.1.
func (t *Transport) policyID(ctx context.Context, domain string) string {
	records, err := t.opts.Resolver.LookupTXT(ctx, "_mta-sts."+domain+".")
	if err != nil {
		return ""
	}
	var id string
	found := 0
	for _, record := range records {
		fields := strings.Split(record, ";")
		if strings.TrimSpace(fields[0]) != "v=STSv1" {
			continue
		}
		found++
		for _, field := range fields[1:] {
			key, value, _ := strings.Cut(strings.TrimSpace(field), "=")
			if strings.TrimSpace(key) == "id" {
				id = strings.TrimSpace(value)
			}
		}
	}
	if found != 1 {
		return "" // more than one counts as none
	}
	return id
}

func (t *Transport) fetch(ctx context.Context, domain string) (policy, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://mta-sts."+domain+"/.well-known/mta-sts.txt", nil)
	if err != nil {
		return policy{}, err
	}
	resp, err := t.opts.HTTP.Do(req)
	if err != nil {
		return policy{}, err
	}
	defer resp.Body.Close()
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if resp.StatusCode != http.StatusOK || kind != "text/plain" {
		return policy{}, fmt.Errorf("no policy: %s, %q", resp.Status, kind)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxPolicy))
	if err != nil {
		return policy{}, err
	}
	return parsePolicy(string(text), time.Now())
}

var errPolicySyntax = errors.New("not an MTA-STS policy")

// parsePolicy reads key: value lines; keys it does not know are for others.
func parsePolicy(text string, now time.Time) (policy, error) {
	var p policy
	version, age := "", int64(-1)
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(key) {
		case "version":
			version = value
		case "mode":
			p.Mode = value
		case "mx":
			p.MX = append(p.MX, strings.ToLower(strings.TrimSuffix(value, ".")))
		case "max_age":
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil || n < 0 {
				return policy{}, errPolicySyntax
			}
			age = min(n, maxAge)
		case "":
			if ok {
				return policy{}, errPolicySyntax
			}
		}
	}
	known := p.Mode == "enforce" || p.Mode == "testing" || p.Mode == "none"
	if version != "STSv1" || age < 0 || !known || p.Mode != "none" && len(p.MX) == 0 {
		return policy{}, errPolicySyntax
	}
	p.Expires = now.Add(time.Duration(age) * time.Second)
	return p, nil
}
