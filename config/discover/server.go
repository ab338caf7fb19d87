package discover

import (
	"cmp"
	"net"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// hostName tells whether a lower-case name may be that of a server on the net:
// at least two labels (RFC 1123 §2.1), and no address, for which there is no
// certificate.
func hostName(name string) bool {
	name = strings.TrimSuffix(name, ".")
	dot := strings.LastIndexByte(name, '.')
	last := name[dot+1:]
	_, number := strconv.Atoi(last)
	return dot >= 0 && labels(name) && number != nil && last != "localhost" && last != "local"
}

// labels tells of a name that could be one of the DNS, if only in one's own network.
func labels(name string) bool {
	name = strings.TrimSuffix(name, ".")
	if len(name) > 253 || net.ParseIP(name) != nil {
		return false
	}
	for l := range strings.SplitSeq(name, ".") {
		if l == "" || len(l) > 63 || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
	}
	return true
}

func portOf(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n > 0 && n < 65536
}

// sortServers puts implicit TLS first (RFC 8314 §3), and drops what is there twice.
func sortServers(list []Server) []Server {
	slices.SortStableFunc(list, func(a, b Server) int { return cmp.Compare(rank(a), rank(b)) })
	var out []Server
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func rank(s Server) int {
	if s.TLS == "implicit" {
		return 0
	}
	return 1
}

// base is the part of a name that somebody registered.
func base(name string) string {
	if b, err := publicsuffix.EffectiveTLDPlusOne(strings.TrimSuffix(name, ".")); err == nil {
		return b
	}
	return name
}

// vouch notes the servers outside the domain, where only the DNS names them.
func (f *Found) vouch(domain string) {
	own := base(domain)
	for _, s := range slices.Concat(f.IMAP, f.SMTP) {
		if base(s.Host) != own && !slices.Contains(f.Unvouched, s.Host) {
			f.Unvouched = append(f.Unvouched, s.Host)
		}
	}
}

// oauthOf names whose OAuth it is, by the servers, and takes over what is known
// about signing in there.
func (f *Found) oauthOf() {
	for _, s := range f.IMAP {
		p, ok := providerOfServer(s.Host)
		if !ok {
			continue
		}
		f.Hint, f.URL = p.hint, p.url
		if s.OAuth || !p.password {
			f.OAuth = p.oauth
		}
		return
	}
}
