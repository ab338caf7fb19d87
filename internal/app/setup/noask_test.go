package setup

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"postea/config"
	"postea/config/discover"
)

// nobody fails a test that asks it.
type nobody struct{ t *testing.T }

func (n nobody) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	n.t.Errorf("the MX of %s was asked for", name)
	return nil, errors.New("nobody")
}

func (n nobody) LookupSRV(_ context.Context, service, _, name string) (string, []*net.SRV, error) {
	n.t.Errorf("the SRV of %s at %s was asked for", service, name)
	return "", nil, errors.New("nobody")
}

func (n nobody) RoundTrip(r *http.Request) (*http.Response, error) {
	n.t.Errorf("%s was asked for", r.URL)
	return nil, errors.New("nobody")
}

// Who wants nobody to be asked about an address gets what the table knows.
func TestSetupThatAsksNobody(t *testing.T) {
	cfg, err := config.Parse("config.toml", nil)
	if err != nil {
		t.Fatal(err)
	}
	n := nobody{t}
	s := New(cfg, Options{NoAsk: true, Finder: discover.Finder{Resolver: n, Client: &http.Client{Transport: n},
		Check: func(_ context.Context, _ string, at discover.Server) error {
			t.Errorf("%s was asked", at.Host)
			return nil
		}}})
	if found := s.Find(t.Context(), "ada@unknown.example"); found.Best != nil {
		t.Errorf("found %+v", found.Best)
	}
	if found := s.Find(t.Context(), "ada@fastmail.com"); found.Best == nil {
		t.Error("the table was not asked either")
	}
}

// Behind a proxy nobody is asked but by it, and no name is looked up here.
func TestSetupBehindAProxy(t *testing.T) {
	cfg, err := config.Parse("config.toml", nil)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	asked := map[string]bool{}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked[r.Host] = true
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(proxy.Close)
	n := nobody{t}
	s := New(cfg, Options{Proxy: proxy.URL, Finder: discover.Finder{Resolver: n, Client: &http.Client{Transport: n}}})
	if found := s.Find(t.Context(), "ada@unknown.example"); found.Best != nil || found.Unheard {
		t.Errorf("%+v", found)
	}
	mu.Lock()
	defer mu.Unlock()
	for _, host := range []string{"autoconfig.unknown.example:443", "autoconfig.thunderbird.net:443", "imap.unknown.example:993", "smtp.unknown.example:587"} {
		if !asked[host] {
			t.Errorf("the proxy was not asked for %s, but %v", host, asked)
		}
	}
}
