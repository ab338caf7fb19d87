package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"postea/internal/mail"
)

const (
	certificateSoon = 14 * 24 * time.Hour
	nearlyFull      = 90 // per cent
	domainTimeout   = 5 * time.Second
)

// advise says what to do about what a log-in has shown.
func (s *Service) advise(now time.Time) {
	if left := s.CertificateEnds.Sub(now); !s.CertificateEnds.IsZero() && left < certificateSoon {
		s.Advice = append(s.Advice, fmt.Sprintf("the certificate ends on %s: whoever runs the server must renew it", s.CertificateEnds.Format("2 January 2006")))
	}
	if s.Room > 0 && s.Used*100 >= s.Room*nearlyFull {
		s.Advice = append(s.Advice, fmt.Sprintf("the mailbox is %d %% full: delete something for good, or ask for more room", s.Used*100/s.Room))
	}
	if s.Name != "imap" {
		return
	}
	for _, role := range []mail.Role{mail.RoleSent, mail.RoleDrafts, mail.RoleTrash} {
		if !slices.ContainsFunc(s.Folders, func(f string) bool { return strings.HasPrefix(f, string(role)+":") }) {
			s.Advice = append(s.Advice, fmt.Sprintf("no folder is known as %s: make one of that name", role))
		}
	}
}

// TXTResolver is what is asked about a domain; *net.Resolver is one.
type TXTResolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

// Domain tells what the DNS says about mail from the domain of an address: who
// may send it (SPF, RFC 7208) and what becomes of forged mail (DMARC, RFC 7489).
// DKIM cannot be looked up without a signed message. Where no resolver answers
// Err says so. A nil resolver is the system's.
func Domain(ctx context.Context, address string, r TXTResolver) Service {
	if r == nil {
		r = net.DefaultResolver
	}
	_, domain, _ := strings.Cut(address, "@")
	s := Service{Name: "domain", Server: domain}
	ctx, cancel := context.WithTimeout(ctx, domainTimeout)
	defer cancel()
	began := time.Now()
	ask := func(name, version string) (list []string, err error) {
		all, err := r.LookupTXT(ctx, name)
		var dns *net.DNSError
		if errors.As(err, &dns) && dns.IsNotFound {
			err = nil
		}
		for _, text := range all {
			if first, _, _ := strings.Cut(text, " "); strings.EqualFold(strings.TrimSuffix(first, ";"), version) {
				list = append(list, text)
			}
		}
		return list, err
	}
	var spf, dmarc []string
	var spfErr, dmarcErr error
	var group sync.WaitGroup
	group.Go(func() { spf, spfErr = ask(domain, "v=spf1") })
	group.Go(func() { dmarc, dmarcErr = ask("_dmarc."+domain, "v=DMARC1") })
	group.Wait()
	s.Took = time.Since(began)
	if s.Err = errors.Join(spfErr, dmarcErr); s.Err != nil {
		s.Text = "no name server answered about " + domain
		return s
	}
	switch len(spf) {
	case 0:
		s.Advice = append(s.Advice, "no SPF: others cannot tell who may send for "+domain+"; add what your provider's help says as a TXT record")
	case 1:
		s.Offers = append(s.Offers, "SPF "+spf[0])
	default:
		s.Advice = append(s.Advice, "more than one SPF record, which counts as none (RFC 7208 §3.2): join them into one")
	}
	if len(dmarc) == 0 {
		s.Advice = append(s.Advice, "no DMARC: large providers may turn mail of "+domain+" away; begin with a TXT record _dmarc."+domain+" of v=DMARC1; p=none")
	} else {
		s.Offers = append(s.Offers, "DMARC "+dmarc[0])
	}
	return s
}
