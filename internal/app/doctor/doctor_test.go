package doctor

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net"
	"strings"
	"testing"
	"time"

	"postea/config"
	"postea/internal/demo"
	"postea/smtpclient"
)

// txt are records by name; about one that has none nobody answers.
type txt map[string][]string

func (m txt) LookupTXT(_ context.Context, name string) ([]string, error) {
	if m == nil {
		return nil, errors.New("nobody answers")
	}
	if list, ok := m[name]; list != nil {
		return list, nil
	} else if ok {
		return nil, &net.DNSError{Err: "i/o timeout", Name: name, IsTimeout: true}
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

// keyRecord is a DKIM key of RSA.
func keyRecord(t *testing.T, bits int) string {
	t.Helper()
	t.Setenv("GODEBUG", "rsa1024min=0")
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&k.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)
}

func TestDomain(t *testing.T) {
	const spf, dmarc = "v=spf1 include:_spf.example.net -all", "v=DMARC1; p=reject"
	key := keyRecord(t, 2048)
	with := func(more txt) txt {
		m := txt{"example.org": {spf}, "_dmarc.example.org": {dmarc}, "google._domainkey.example.org": {key}}
		maps.Copy(m, more)
		return m
	}
	for name, tt := range map[string]struct {
		dns       txt
		selectors []string
		offers    []string
		advice    []string
		err       bool
	}{
		"all well":      {with(txt{"example.org": {"other", spf}}), nil, []string{"SPF v=spf1", "DKIM google, RSA of 2048 bits", "DMARC v=DMARC1"}, nil, false},
		"nothing":       {txt{}, nil, nil, []string{"no SPF", "no DKIM key", "no DMARC"}, false},
		"two SPF":       {with(txt{"example.org": {spf, "v=spf1 a -all"}}), nil, []string{"DKIM", "DMARC"}, []string{"more than one SPF"}, false},
		"look-like":     {with(txt{"example.org": {"v=spf10 x"}}), nil, []string{"DKIM", "DMARC"}, []string{"no SPF"}, false},
		"all may send":  {with(txt{"example.org": {"v=spf1 +all"}}), nil, []string{"SPF", "DKIM", "DMARC"}, []string{"lets everybody"}, false},
		"no end":        {with(txt{"example.org": {"v=spf1 mx"}}), nil, []string{"SPF", "DKIM", "DMARC"}, []string{"~all or -all"}, false},
		"too many":      {with(txt{"example.org": {"v=spf1" + strings.Repeat(" include:a.example", 11) + " -all"}}), nil, []string{"SPF", "DKIM", "DMARC"}, []string{"needs 11 lookups"}, false},
		"redirected":    {with(txt{"example.org": {"v=spf1 redirect=_spf.example.net"}}), nil, []string{"SPF", "DKIM", "DMARC"}, nil, false},
		"known key":     {with(txt{"own7._domainkey.example.org": {"k=ed25519; p=AAAA"}}), []string{"own7"}, []string{"SPF", "DKIM own7, ed25519", "DKIM google", "DMARC"}, nil, false},
		"key gone":      {with(nil), []string{"own7"}, []string{"SPF", "DKIM google", "DMARC"}, []string{"key own7, which the DNS does not have"}, false},
		"key slow":      {with(txt{"own7._domainkey.example.org": nil}), []string{"own7"}, []string{"SPF", "DKIM google", "DMARC"}, nil, false},
		"keys slow":     {with(txt{"google._domainkey.example.org": nil}), nil, []string{"SPF", "DMARC"}, []string{"not every question"}, false},
		"key revoked":   {with(txt{"google._domainkey.example.org": {"v=DKIM1; p="}}), nil, []string{"SPF", "DMARC"}, []string{"no DKIM key"}, false},
		"key too short": {with(txt{"google._domainkey.example.org": {keyRecord(t, 512)}}), nil, []string{"SPF", "DMARC"}, []string{"512 bits", "no DKIM key"}, false},
		"key broken":    {with(txt{"google._domainkey.example.org": {"v=DKIM1; p=AAAA"}}), nil, []string{"SPF", "DMARC"}, []string{"cannot be read", "no DKIM key"}, false},
		"no policy":     {with(txt{"_dmarc.example.org": {"v=DMARC1; rua=mailto:a@example.org"}}), nil, []string{"SPF", "DKIM", "DMARC"}, []string{"no p= of"}, false},
		"no DNS":        {nil, nil, nil, nil, true},
	} {
		got := Domain(t.Context(), "ada@example.org", tt.selectors, tt.dns)
		if (got.Err != nil) != tt.err {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		begin(t, name, got.Offers, tt.offers)
		begin(t, name, got.Advice, tt.advice)
	}
	// The policy of the registered domain holds for those below it.
	sub := Domain(t.Context(), "ada@mail.example.org", nil, txt{"mail.example.org": {spf}, "_dmarc.example.org": {dmarc}})
	begin(t, "below", sub.Offers, []string{"SPF", "DMARC v=DMARC1; p=reject"})
}

// begin wants as many lines, each with its words within.
func begin(t *testing.T, name string, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %q, want %q", name, got, want)
		return
	}
	for i := range want {
		if !strings.Contains(got[i], want[i]) {
			t.Errorf("%s: %q, want %q", name, got[i], want[i])
		}
	}
}

func TestToldTime(t *testing.T) {
	want := time.Date(2026, 11, 28, 7, 30, 5, 0, time.UTC)
	for text, ok := range map[string]bool{
		"220 mail.example.org Microsoft ESMTP MAIL Service ready at Sat, 28 Nov 2026 08:30:05 +0100": true,
		"220 mail.example.org ESMTP Sendmail 8.17.1/8.17.1; Sat, 28 Nov 2026 07:30:05 GMT":           true,
		"220 x 28 Nov 2026 07:30:05 UT":       true,
		"220 mail.example.org ESMTP Postfix":  false,
		"220 x 2026-11-28 07:30:05":           false,
		"220 x 99 Nov 2026 07:30:05 +0000":    false,
		"220 x 28 Nov 2026 07:30:05 +0000000": false,
		"250-SIZE 28112026":                   false,
	} {
		if got, found := toldTime(text); found != ok || ok && !got.Equal(want) {
			t.Errorf("%q: %v %v", text, got, found)
		}
	}
}

func TestClockAdvice(t *testing.T) {
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		s    Service
		want string
	}{
		"right":             {Service{SkewKnown: true, Skew: time.Minute}, ""},
		"behind":            {Service{SkewKnown: true, Skew: 3 * time.Hour}, "is 3 hours behind"},
		"ahead":             {Service{SkewKnown: true, Skew: -7 * time.Minute}, "is 7 minutes ahead"},
		"newest to come":    {Service{newest: now.Add(50 * time.Hour)}, "2 days from now"},
		"newest is old":     {Service{newest: now.Add(-50 * time.Hour)}, ""},
		"newest, but known": {Service{newest: now.Add(time.Minute), SkewKnown: true}, ""},
	} {
		tt.s.adviseClock(now)
		if got := strings.Join(tt.s.Advice, "; "); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestMeans(t *testing.T) {
	begin(t, "bare", imapMeans([]string{"IMAP4rev1"}), []string{"once a minute", "read anew", "copy and a deletion", "stays at the server", "by their names"})
	begin(t, "before the sign-in", imapMeansSoFar([]string{"IMAP4rev1", "IDLE"}), []string{"told at once", "after the sign-in"})
	// IMAP4rev2 has no CONDSTORE in it (RFC 9051, appendix E).
	begin(t, "new", imapMeans([]string{"IMAP4rev2", "IDLE"}), []string{"at once", "read anew", "one step", "only what you delete", "which folder is Sent"})
	begin(t, "rich", imapMeans([]string{"IMAP4rev2", "IDLE", "CONDSTORE", "QUOTA"}), []string{"at once", "what has changed", "one step", "only what you delete", "which folder is Sent", "room"})
	begin(t, "smtp", smtpMeans([]string{"8BITMIME", "PIPELINING", "DSN", "SIZE 100", "FUTURERELEASE 1000 2000"}), []string{"RFC 3461", "must be ASCII", "until their time"})
}

// The newest messages tell the clock and the key that signs, from the user's own.
func TestLookAtInbox(t *testing.T) {
	server, err := demo.Start(t.Context(), demo.Options{Dir: t.TempDir(), Empty: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	user, info := server.Users[0], server.Info()
	_, domain, _ := strings.Cut(user.Address, "@")
	for _, m := range []string{
		"From: Eve <eve@example.net>\r\nDKIM-Signature: v=1; d=" + domain + "; s=notmine; b=x\r\n\r\n.\r\n",
		"From: <" + user.Address + ">\r\nDKIM-Signature: v=1; a=rsa-sha256;\r\n d=" + domain + "; s=own7; b=x\r\nDKIM-Signature: d=example.net; s=other\r\n\r\n.\r\n",
	} {
		if err := server.Deliver(user.Address, "INBOX", []byte(m)); err != nil {
			t.Fatal(err)
		}
	}
	acc := config.Account{Name: "a", Address: user.Address, IMAP: config.Server{
		Host: info.IMAP.Host, Port: info.IMAP.Port, TLS: "implicit", Username: user.Username, Auth: "password", CAFile: info.CAFile, Password: config.Secret{Value: user.Password},
	}}
	got := Diagnose(t.Context(), acc, txt{domain: {"v=spf1 -all"}, "own7._domainkey." + domain: {"k=ed25519; p=AAAA"}, "_dmarc." + domain: {"v=DMARC1; p=none"}})
	if len(got) != 2 || got[0].Err != nil || got[0].newest.IsZero() || len(got[0].Certificates) == 0 || len(got[0].Means) == 0 {
		t.Fatalf("%+v", got)
	}
	begin(t, "domain", got[1].Offers, []string{"SPF", "DKIM own7, ed25519", "DMARC"})
	begin(t, "domain", got[1].Advice, nil)
	acc.IMAP.Proxy = "http://127.0.0.1:1"
	if got = Diagnose(t.Context(), acc, nil); len(got) != 2 || !errors.Is(got[1].Err, errPastProxy) || got[1].Text != errPastProxy.Error() {
		t.Errorf("behind a proxy: %+v", got)
	}
}

func TestAdvice(t *testing.T) {
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	s := Service{Name: "imap", Certificates: []Certificate{{NotAfter: now.Add(72 * time.Hour)}}, Used: 95, Room: 100, Folders: []string{"sent: Sent", "drafts: Drafts"}}
	s.advise(now)
	if all := strings.Join(s.Advice, "\n"); !strings.Contains(all, "27 November 2026") || !strings.Contains(all, "95 % full") || !strings.Contains(all, "known as trash") || len(s.Advice) != 3 {
		t.Errorf("%q", s.Advice)
	}
	good := Service{Name: "imap", Certificates: []Certificate{{NotAfter: now.Add(1000 * time.Hour)}}, Used: 10, Room: 100, Folders: []string{"sent: Sent", "drafts: Drafts", "trash: Trash"}}
	if good.advise(now); good.Advice != nil {
		t.Errorf("%q", good.Advice)
	}
}

// What gives no password says so itself, the same for both servers.
func TestExplainsAMissingSecret(t *testing.T) {
	secret := &config.SecretError{Text: "the password command of account work (pass) failed: no secret key"}
	for service, err := range map[string]error{
		"imap": fmt.Errorf("getting the password or token: %w", secret),
		"smtp": &smtpclient.Error{Phase: smtpclient.PhaseAuth, Err: fmt.Errorf("getting the password or token: %w", secret)},
	} {
		if got := explainProbe(config.Account{Name: "work"}, service, err); got != secret.Text {
			t.Errorf("%s: %s", service, got)
		}
	}
}

// Who breaks off reads no error of the network.
func TestExplainsBreakingOff(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if c, err := l.Accept(); err == nil { // it never greets
			defer c.Close()
			cancel()
			<-t.Context().Done()
		}
	}()
	at := config.Server{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: "none", Username: "ada", Auth: "password", Password: config.Secret{Value: "x"}}
	for _, s := range Probe(ctx, config.Account{Name: "work", Address: "ada@x.example", IMAP: at}) {
		if s.Text != "it was broken off before the server had answered" {
			t.Errorf("%s: %s", s.Name, s.Text)
		}
	}
}
