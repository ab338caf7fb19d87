package discover

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

func (f Finder) resolver() Resolver {
	if f.Resolver != nil {
		return f.Resolver
	}
	return net.DefaultResolver
}

// records reads the SRV records of RFC 6186 and, for implicit TLS in
// submission, RFC 8314 §5.1. Those for protocols without TLS are not looked for.
func (f Finder) records(ctx context.Context, who person) (Found, error) {
	services := []struct{ name, tls string }{{"imaps", "implicit"}, {"imap", "starttls"}, {"submissions", "implicit"}, {"submission", "starttls"}}
	lists := make([][]Server, len(services))
	errs := make([]error, len(services))
	var group sync.WaitGroup
	for i, s := range services {
		group.Go(func() {
			_, records, err := f.resolver().LookupSRV(ctx, s.name, "tcp", who.domain)
			errs[i] = err
			for _, r := range records {
				host := strings.ToLower(strings.TrimSuffix(r.Target, "."))
				if hostName(host) && r.Port != 0 && len(lists[i]) < maxServers { // "." says that there is no such service
					lists[i] = append(lists[i], Server{Host: host, Port: int(r.Port), TLS: s.tls, Username: who.address, Password: true})
				}
			}
		})
	}
	group.Wait()
	found := Found{Source: Records, Where: who.domain, IMAP: slices.Concat(lists[0], lists[1]), SMTP: slices.Concat(lists[2], lists[3])}
	if len(found.IMAP) == 0 {
		for _, err := range errs[:2] {
			if err != nil {
				return Found{}, err
			}
		}
		return Found{}, errNothing
	}
	if p, ok := providerOfServer(found.IMAP[0].Host); ok { // which also knows how it signs in
		known := p.found(who, Records, who.domain)
		known.vouch(who.domain)
		return known, nil
	}
	found.vouch(who.domain)
	return found, nil
}

// exchanger finds out whose the domain's mail exchanger is, and takes the
// settings of that provider.
func (f Finder) exchanger(ctx context.Context, who person) (Found, error) {
	list, err := f.resolver().LookupMX(ctx, who.domain)
	if err != nil {
		return Found{}, err
	}
	if len(list) == 0 || len(list) == 1 && strings.Trim(list[0].Host, ".") == "" { // RFC 7505
		return Found{}, fmt.Errorf("the domain %s takes no mail", who.domain)
	}
	slices.SortStableFunc(list, func(a, b *net.MX) int { return int(a.Pref) - int(b.Pref) })
	host := strings.ToLower(strings.TrimSuffix(list[0].Host, "."))
	if !hostName(host) {
		return Found{}, errNothing
	}
	if p, ok := providerOfExchanger(host); ok && p.none == "" {
		found := p.found(who, Exchanger, host)
		found.vouch(who.domain)
		return found, nil
	}
	if b := base(host); b != base(who.domain) && f.Collection != "-" {
		at := f.Collection
		if at == "" {
			at = usualCollection
		}
		found, err := f.document(ctx, at+b, who, Exchanger)
		if err != nil {
			return Found{}, err
		}
		found.Where = host
		found.vouch(who.domain)
		return found, nil
	}
	return Found{}, errNothing
}

// guess tries usual names and ports; those that answer over verified TLS count.
// It stops a little before ctx does, for what has answered until then is worth
// being told.
func (f Finder) guess(ctx context.Context, who person) (Found, error) {
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(end)*9/10)
		defer cancel()
	}
	type try struct {
		service string
		Server
		ok bool
	}
	at := func(service, sub string, port int, tls string) try {
		return try{service: service, Server: Server{Host: sub + who.domain, Port: port, TLS: tls, Username: who.address, Password: true}}
	}
	tries := []try{
		at("imap", "imap.", 993, "implicit"), at("imap", "mail.", 993, "implicit"), at("imap", "", 993, "implicit"), at("imap", "imap.", 143, "starttls"), at("imap", "mail.", 143, "starttls"),
		at("smtp", "smtp.", 465, "implicit"), at("smtp", "mail.", 465, "implicit"), at("smtp", "", 465, "implicit"), at("smtp", "smtp.", 587, "starttls"), at("smtp", "mail.", 587, "starttls"), at("smtp", "", 587, "starttls"),
	}
	var group sync.WaitGroup
	for i := range tries {
		group.Go(func() { tries[i].ok = f.Check(ctx, tries[i].service, tries[i].Server) == nil })
	}
	group.Wait()
	found := Found{Source: Guess, Where: who.domain}
	for _, t := range tries {
		switch {
		case !t.ok:
		case t.service == "imap":
			found.IMAP = append(found.IMAP, t.Server)
		default:
			found.SMTP = append(found.SMTP, t.Server)
		}
	}
	if len(found.IMAP) == 0 {
		return Found{}, fmt.Errorf("no server answers at the usual names of %s", who.domain)
	}
	return found, nil
}
