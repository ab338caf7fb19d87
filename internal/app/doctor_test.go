package app

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"
)

type txt map[string][]string

func (m txt) LookupTXT(_ context.Context, name string) ([]string, error) {
	if m == nil {
		return nil, errors.New("nobody answers")
	}
	if list, ok := m[name]; ok {
		return list, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func TestDomain(t *testing.T) {
	const spf, dmarc = "v=spf1 include:_spf.example.net -all", "v=DMARC1; p=reject"
	for name, tt := range map[string]struct {
		dns    txt
		advice []string
		err    bool
	}{
		"all well":  {txt{"example.org": {"other", spf}, "_dmarc.example.org": {dmarc}}, nil, false},
		"nothing":   {txt{}, []string{"no SPF", "no DMARC"}, false},
		"two SPF":   {txt{"example.org": {spf, "v=spf1 a -all"}, "_dmarc.example.org": {dmarc}}, []string{"more than one SPF"}, false},
		"look-like": {txt{"example.org": {"v=spf10 x"}, "_dmarc.example.org": {dmarc}}, []string{"no SPF"}, false},
		"no DNS":    {nil, nil, true},
	} {
		got := Domain(t.Context(), "ada@example.org", tt.dns)
		if (got.Err != nil) != tt.err || len(got.Advice) != len(tt.advice) {
			t.Errorf("%s: %+v", name, got)
			continue
		}
		for i, want := range tt.advice {
			if !strings.Contains(got.Advice[i], want) {
				t.Errorf("%s: %q", name, got.Advice[i])
			}
		}
	}
}

func TestAdvice(t *testing.T) {
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	s := Service{Name: "imap", CertificateEnds: now.Add(72 * time.Hour), Used: 95, Room: 100, Folders: []string{"sent: Sent", "drafts: Drafts"}}
	s.advise(now)
	if all := strings.Join(s.Advice, "\n"); !strings.Contains(all, "27 November 2026") || !strings.Contains(all, "95 % full") || !strings.Contains(all, "known as trash") || len(s.Advice) != 3 {
		t.Errorf("%q", s.Advice)
	}
	good := Service{Name: "imap", CertificateEnds: now.Add(1000 * time.Hour), Used: 10, Room: 100, Folders: []string{"sent: Sent", "drafts: Drafts", "trash: Trash"}}
	if good.advise(now); good.Advice != nil {
		t.Errorf("%q", good.Advice)
	}
}
