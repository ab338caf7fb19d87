package lab

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"postea/internal/dial"
	"postea/smtpclient"
	"postea/smtpclient/direct"
)

// oneHost is a DNS in which a domain has one mail server.
type oneHost struct{ domain, host string }

func (d oneHost) LookupMX(_ context.Context, domain string) ([]*net.MX, error) {
	if strings.TrimSuffix(domain, ".") != d.domain {
		return nil, &net.DNSError{Err: "no such host", Name: domain, IsNotFound: true}
	}
	return []*net.MX{{Host: d.host + ".", Pref: 10}}, nil
}

func (oneHost) LookupTXT(context.Context, string) ([]string, error) { return nil, nil }

func (oneHost) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) { return nil, nil }

// Mail to the recipients' own server: encrypted, although nobody vouches for
// its certificate, and each recipient with the answer of that server.
func TestDirectDelivery(t *testing.T) {
	s := Postfix(t)
	port := strconv.Itoa(s.SMTP)
	transport := direct.New(direct.Options{
		LocalName: "mail.ada.test", Resolver: oneHost{s.Domain, "mx." + s.Domain},
		Dial: func(ctx context.Context, address string) (net.Conn, error) {
			if address != "mx."+s.Domain+".:25" {
				return nil, &net.DNSError{Err: "no such host", Name: address, IsNotFound: true}
			}
			return (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(s.Host, port))
		},
	})
	env := smtpclient.Envelope{From: "ada@ada.test", To: []smtpclient.Recipient{
		{Address: s.Account(0).Address}, {Address: s.Rejected}, {Address: "x@nowhere.test"}, {Address: s.Deferred},
	}}
	body := "From: <ada@ada.test>\r\nSubject: straight here\r\nMessage-ID: <straight@ada.test>\r\n\r\nhello\r\n"
	var outcomes []direct.Delivery
	var errs []error
	for d, err := range transport.Send(t.Context(), env, strings.NewReader(body), smtpclient.SendOptions{}) {
		outcomes, errs = append(outcomes, d), append(errs, err)
	}
	if len(outcomes) != 2 || errs[0] != nil || errs[1] == nil || !outcomes[0].TLS || outcomes[1].Result != nil {
		t.Fatalf("%+v, %v", outcomes, errs)
	}
	for i, want := range []int{250, 550, 451} {
		if r := outcomes[0].Result.Recipients[i]; r.Reply == nil || r.Reply.Code != want {
			t.Errorf("recipient %d: %+v", i, r)
		}
	}
	arrived(t, reader(t, s, 0, dial.ModeImplicit, ""), "straight here")
}
