package app

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

func TestCheckSignatures(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	const plain = "From: Bob <bob@y.example>\r\nTo: ada@x.example\r\nSubject: signed\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n\r\nSo it was written.\r\n"
	sign := func(domain string, keys ...string) string {
		t.Helper()
		var out bytes.Buffer
		if err := dkim.Sign(&out, strings.NewReader(plain), &dkim.SignOptions{Domain: domain, Selector: "s", Signer: private, HeaderKeys: keys}); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	good := sign("y.example")
	key := "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
	tests := []struct {
		name, raw     string
		lookup        error
		good, aligned bool
		says          string
	}{
		{"as it was", good, nil, true, true, "nothing that it signed was changed"},
		{"of a part of the domain", sign("mail.y.example"), nil, true, true, "mail.y.example has signed"},
		{"of another", sign("esp.example"), nil, true, false, "not the domain of the sender"},
		{"without the subject", sign("y.example", "From", "Date"), nil, true, true, "not the subject"},
		{"changed", strings.Replace(good, "So it", "So", 1), nil, false, false, "not right"},
		{"another subject", strings.Replace(good, "Subject: signed", "Subject: Pay", 1), nil, false, false, "not right"},
		{"no resolver", good, &net.DNSError{IsTemporary: true, Err: "timeout"}, false, false, "try again later"},
		{"no key", good, &net.DNSError{IsNotFound: true, Err: "no such host"}, false, false, "cannot be checked"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, ids := holding(t, tt.raw)
			asked := ""
			a.txt = func(_ context.Context, name string) ([]string, error) {
				asked = name
				if tt.lookup != nil {
					return nil, tt.lookup
				}
				return []string{key}, nil
			}
			got, err := a.CheckSignatures(t.Context(), ids[0])
			if err != nil || len(got) != 1 {
				t.Fatalf("%v, %v", got, err)
			}
			if got[0].Good != tt.good || got[0].Aligned != tt.aligned || !strings.Contains(got[0].Words.String(), tt.says) {
				t.Errorf("%+v", got[0])
			}
			if !strings.HasPrefix(asked, "s._domainkey.") {
				t.Errorf("asked for %q", asked)
			}
		})
	}
	a, ids := holding(t, plain)
	if _, err := a.CheckSignatures(t.Context(), ids[0]); !isUsage(err) {
		t.Errorf("without a signature: %v", err)
	}
	a, ids = holding(t, good)
	a.cfg.Accounts[0].SMTP.Proxy = "socks5://127.0.0.1:9050"
	a.txt = func(context.Context, string) ([]string, error) { t.Error("asked past the proxy"); return nil, nil }
	if _, err := a.CheckSignatures(t.Context(), ids[0]); !isUsage(err) {
		t.Errorf("behind a proxy: %v", err)
	}
}

func isUsage(err error) bool {
	_, ok := errors.AsType[*UsageError](err)
	return ok
}
