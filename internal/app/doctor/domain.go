package doctor

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"slices"
	"strings"
	"sync"
	"time"

	"postea/internal/reading/trust"
)

const (
	domainTimeout = 5 * time.Second
	maxSelectors  = 5         // as many signatures as RFC 6376 §6.1 advises to bound
	maxSigned     = 256 << 10 // bytes of a message that is fetched for its signature
	maxSPFLookups = 10        // RFC 7208 §4.6.4
)

// TXTResolver is what is asked about a domain; *net.Resolver is one.
type TXTResolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

// Domain tells what the DNS says about mail from the domain of an address: who
// may send it (SPF, RFC 7208), by which keys it is signed (DKIM, RFC 6376), and
// what becomes of forged mail (DMARC, RFC 7489). Keys are found under selectors
// that are known, or else under those that large providers use: no DNS lists
// them. Where no resolver answers Err says so. A nil resolver is the system's.
func Domain(ctx context.Context, address string, selectors []string, r TXTResolver) Service {
	if r == nil {
		r = net.DefaultResolver
	}
	_, domain, _ := strings.Cut(address, "@")
	domain = trust.ASCII(domain)
	s := Service{Name: "domain", Server: domain}
	ctx, cancel := context.WithTimeout(ctx, domainTimeout)
	defer cancel()
	began := time.Now()
	d := domainLook{ctx: ctx, r: r}
	var spf, dmarc []string
	var keys []dkimKey
	var group sync.WaitGroup
	group.Go(func() { spf = d.ask(domain, "v=spf1") })
	group.Go(func() { dmarc = d.dmarc(domain) })
	group.Go(func() { keys = d.keys(domain, selectors) })
	group.Wait()
	s.Took = time.Since(began)
	if s.Err = d.err; s.Err != nil {
		s.Text = "no name server answered about " + domain
		if errors.Is(s.Err, errPastProxy) {
			s.Text = errPastProxy.Error()
		}
		return s
	}
	s.spf(domain, spf)
	s.dkim(domain, keys, selectors)
	s.dmarc(domain, dmarc)
	return s
}

// domainLook asks one domain's records side by side.
type domainLook struct {
	ctx context.Context
	r   TXTResolver

	mu  sync.Mutex
	err error // of SPF and DMARC; a selector is only a guess
}

// txt gives the records of a name; none is no error.
func (d *domainLook) txt(name string) ([]string, error) {
	all, err := d.r.LookupTXT(d.ctx, name)
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		err = nil
	}
	return all, err
}

// ask gives the records of a version.
func (d *domainLook) ask(name, version string) (list []string) {
	all, err := d.txt(name)
	for _, text := range all {
		first, _, _ := strings.Cut(strings.ReplaceAll(text, ";", " "), " ")
		if strings.EqualFold(first, version) {
			list = append(list, text)
		}
	}
	if err != nil {
		d.mu.Lock()
		d.err = errors.Join(d.err, err)
		d.mu.Unlock()
	}
	return list
}

// dmarc asks the domain, and where it says nothing the one that was registered:
// RFC 7489 §6.6.3.
func (d *domainLook) dmarc(domain string) []string {
	list := d.ask("_dmarc."+domain, "v=DMARC1")
	if org := trust.Organisation(domain); len(list) == 0 && org != "" && org != domain {
		list = d.ask("_dmarc."+org, "v=DMARC1")
	}
	return list
}

func (s *Service) spf(domain string, list []string) {
	switch len(list) {
	case 0:
		s.Advice = append(s.Advice, "no SPF: others cannot tell who may send for "+domain+"; add what your provider's help says as a TXT record")
		return
	case 1:
		s.Offers = append(s.Offers, "SPF "+list[0])
	default:
		s.Advice = append(s.Advice, "more than one SPF record, which counts as none (RFC 7208 §3.2): join them into one")
		return
	}
	lookups, end := 0, ""
	for _, term := range strings.Fields(strings.ToLower(list[0]))[1:] {
		name := strings.TrimLeft(term, "+-~?")
		name, _, _ = strings.Cut(strings.ReplaceAll(strings.ReplaceAll(name, "=", ":"), "/", ":"), ":")
		switch name {
		case "include", "a", "mx", "ptr", "exists", "redirect":
			lookups++
		}
		switch name {
		case "all", "redirect":
			end = term
		}
	}
	switch {
	case end == "+all" || end == "all":
		s.Advice = append(s.Advice, "SPF ends with "+end+", which lets everybody send as "+domain+": end it with ~all or -all")
	case end == "" || end == "?all":
		s.Advice = append(s.Advice, "SPF says nothing about servers that it does not name: end it with ~all or -all")
	}
	if lookups > maxSPFLookups {
		s.Advice = append(s.Advice, fmt.Sprintf("SPF needs %d lookups by itself, and more than %d make it fail (RFC 7208 §4.6.4): leave some out", lookups, maxSPFLookups))
	}
}

func (s *Service) dmarc(domain string, list []string) {
	switch len(list) {
	case 0:
		s.Advice = append(s.Advice, "no DMARC: large providers may turn mail of "+domain+" away; begin with a TXT record _dmarc."+domain+" of v=DMARC1; p=none")
	case 1:
		s.Offers = append(s.Offers, "DMARC "+list[0])
		switch tags(list[0])["p"] {
		case "none", "quarantine", "reject":
		default:
			s.Advice = append(s.Advice, "DMARC has no p= of none, quarantine or reject, and counts for nothing: RFC 7489 §6.3")
		}
	default:
		s.Advice = append(s.Advice, "more than one DMARC record, which counts as none (RFC 7489 §6.6.3): keep one")
	}
}

// dkimKey is a key that signs mail of a domain.
type dkimKey struct {
	selector, kind string
	bits           int // of RSA; 0: it cannot be read
	revoked        bool
	unanswered     bool // nobody knows whether there is one
}

// usualSelectors are those of providers and programs; a TXT record there that is
// a key belongs to whoever may sign for the domain.
func usualSelectors() []string {
	return []string{
		"default", "dkim", "mail", "google", "20230601", "selector1", "selector2", "s1", "s2", "k1", "k2", "k3", "key1", "key2",
		"fm1", "fm2", "fm3", "mbo0001", "protonmail", "protonmail2", "zoho", "zmail", "sig1", "dk", "s1024", "s2048", "mxvault", "smtp",
		"2024", "2025", "2026", "rsa", "ed25519", "titan1", "key3", "pm", "mandrill",
	}
}

// keys asks for the keys of a domain, those of known selectors first.
func (d *domainLook) keys(domain string, known []string) []dkimKey {
	ask := slices.Clone(known)
	for _, s := range usualSelectors() {
		if !slices.Contains(ask, s) {
			ask = append(ask, s)
		}
	}
	found := make([]*dkimKey, len(ask))
	var group sync.WaitGroup
	for i, selector := range ask {
		group.Go(func() {
			list, err := d.txt(selector + "._domainkey." + domain)
			if err != nil {
				found[i] = &dkimKey{selector: selector, unanswered: true}
			}
			for _, text := range list {
				if k, ok := readKey(selector, text); ok {
					found[i] = &k
				}
			}
		})
	}
	group.Wait()
	var out []dkimKey
	for _, k := range found {
		if k != nil {
			out = append(out, *k)
		}
	}
	return out
}

// readKey reads a key record, RFC 6376 §3.6.1.
func readKey(selector, text string) (dkimKey, bool) {
	t := tags(text)
	p, ok := t["p"]
	if v := t["v"]; !ok || v != "" && v != "DKIM1" {
		return dkimKey{}, false
	}
	k := dkimKey{selector: selector, kind: strings.ToLower(t["k"]), revoked: p == ""}
	if k.kind == "" {
		k.kind = "rsa"
	}
	if der, err := base64.StdEncoding.DecodeString(p); err == nil && k.kind == "rsa" {
		if pub, err := x509.ParsePKIXPublicKey(der); err == nil {
			if r, ok := pub.(*rsa.PublicKey); ok {
				k.bits = r.N.BitLen()
			}
		} else if r, err := x509.ParsePKCS1PublicKey(der); err == nil {
			k.bits = r.N.BitLen()
		}
	}
	return k, true
}

func (s *Service) dkim(domain string, keys []dkimKey, known []string) {
	good, all := 0, true
	for _, k := range keys {
		switch {
		case k.unanswered:
			all = false
			continue
		case k.revoked:
			continue // an old one, taken back as it should be
		case k.kind == "rsa" && k.bits == 0:
			s.Advice = append(s.Advice, "the DKIM key "+k.selector+" cannot be read: copy it anew from what your provider says")
			continue
		case k.kind == "rsa" && k.bits < 1024:
			s.Advice = append(s.Advice, fmt.Sprintf("the DKIM key %s has %d bits and is not accepted (RFC 8301 §3.2): make one of 2048", k.selector, k.bits))
			continue
		case k.kind == "rsa":
			s.Offers = append(s.Offers, fmt.Sprintf("DKIM %s, RSA of %d bits", k.selector, k.bits))
		default:
			s.Offers = append(s.Offers, "DKIM "+k.selector+", "+k.kind)
		}
		good++
	}
	for _, name := range known {
		if !slices.ContainsFunc(keys, func(k dkimKey) bool { return k.selector == name && !k.revoked }) {
			s.Advice = append(s.Advice, "a message from "+domain+" in your inbox is signed with the DKIM key "+name+", which the DNS does not have: if it is yours, others take its signature for broken; if not, it is forged")
		}
	}
	switch {
	case good > 0:
	case !all:
		s.Advice = append(s.Advice, "no DKIM key was found, but not every question about one was answered: try again later")
	case len(known) == 0:
		s.Advice = append(s.Advice, "no DKIM key was found under the usual names: send yourself a message, and look again; without a signature large providers may turn mail away")
	}
}

// tags reads tag=value; tag=value (RFC 6376 §3.2). Spaces within values do not count.
func tags(text string) map[string]string {
	out := map[string]string{}
	for part := range strings.SplitSeq(text, ";") {
		if name, value, ok := strings.Cut(part, "="); ok {
			out[strings.ToLower(strings.TrimSpace(name))] = strings.Join(strings.Fields(value), "")
		}
	}
	return out
}

// fromDomainOf tells whether a header is of a message from the domain of an address.
func fromDomainOf(header []byte, address string) bool {
	m, err := netmail.ReadMessage(bytes.NewReader(header))
	if err != nil {
		return false
	}
	from, err := m.Header.AddressList("From")
	return err == nil && len(from) == 1 && strings.EqualFold(domainOf(from[0].Address), domainOf(address))
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// selectorsIn gives the selectors of a message's signatures by the domain of an
// address. Anybody may have written them: they only say where to look.
func selectorsIn(raw []byte, address string) []string {
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil
	}
	var out []string
	for _, signature := range m.Header["Dkim-Signature"] {
		t := tags(signature)
		name := t["s"]
		if strings.EqualFold(t["d"], domainOf(address)) && name != "" && len(name) < 64 && !strings.ContainsAny(name, "/*\x00") && len(out) < maxSelectors && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
