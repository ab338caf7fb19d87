package direct

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"postea/smtpclient"
)

// maxHosts bounds how many servers of a domain are tried.
const maxHosts = 10

// hosts returns the servers of a domain in the order in which they are tried,
// RFC 5321 §5.1.
func (t *Transport) hosts(ctx context.Context, domain string) ([]string, error) {
	if strings.HasPrefix(domain, "[") {
		return []string{domain}, nil // an address literal
	}
	name, err := idna.Lookup.ToASCII(domain)
	if err != nil || !strings.Contains(name, ".") {
		return nil, &smtpclient.Error{Phase: smtpclient.PhaseRcpt, Err: fmt.Errorf("%w: %q", ErrNoServer, domain)}
	}
	records, err := t.opts.Resolver.LookupMX(ctx, name+".")
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return []string{name}, nil // the implicit MX; whether the name exists shows when it is dialled
	case err != nil && len(records) == 0:
		return nil, connectFailed(ctx, name, err)
	case len(records) == 0:
		return []string{name}, nil
	}
	var hosts []string
	for _, mx := range inOrder(records) {
		host := strings.ToLower(strings.TrimSuffix(mx.Host, "."))
		if host != "" && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	if len(hosts) == 0 {
		return nil, &smtpclient.Error{Phase: smtpclient.PhaseRcpt, Err: ErrNullMX} // RFC 7505 §3
	}
	return hosts[:min(len(hosts), maxHosts)], nil
}

// inOrder sorts by preference, and spreads the load over equals.
func inOrder(records []*net.MX) []*net.MX {
	sorted := slices.Clone(records)
	rand.Shuffle(len(sorted), func(i, j int) { sorted[i], sorted[j] = sorted[j], sorted[i] })
	slices.SortStableFunc(sorted, func(a, b *net.MX) int { return int(a.Pref) - int(b.Pref) })
	return sorted
}
