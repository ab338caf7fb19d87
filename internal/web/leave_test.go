package web

import (
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func serve(t *testing.T, h http.HandlerFunc) (string, Options) {
	t.Helper()
	s := httptest.NewTLSServer(h)
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return s.URL + "/leave?r=ada", Options{Roots: roots, Private: true}
}

func TestLeave(t *testing.T) {
	var got *http.Request
	var body []byte
	target, o := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
	})
	if err := Leave(t.Context(), target, o); err != nil {
		t.Fatal(err)
	}
	if got.Method != "POST" || string(body) != "List-Unsubscribe=One-Click" || got.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || got.URL.RawQuery != "r=ada" {
		t.Errorf("%s %s %v %q", got.Method, got.URL, got.Header, body)
	}
	for _, name := range []string{"Cookie", "Referer", "User-Agent", "Accept-Language"} {
		if v := got.Header.Get(name); v != "" {
			t.Errorf("%s: %s", name, v)
		}
	}
}

func TestPostIsRefused(t *testing.T) {
	asked := 0
	target, o := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	})
	err := Leave(t.Context(), target, o)
	refused, ok := errors.AsType[*RefusedError](err)
	if !ok || refused.Code != 302 || asked != 1 {
		t.Errorf("%v after %d requests", err, asked)
	}
	for _, bad := range []string{"http://x.example/", "https://a:b@x.example/", "mailto:a@x.example", "https:///", "::"} {
		if err := Leave(t.Context(), bad, o); err == nil {
			t.Errorf("%s was asked", bad)
		}
	}
}

func TestPostKeepsOutOfTheOwnNetwork(t *testing.T) {
	asked := false
	target, o := serve(t, func(http.ResponseWriter, *http.Request) { asked = true })
	o.Private = false
	err := Leave(t.Context(), target, o)
	if !errors.Is(err, ErrPrivate) || asked {
		t.Errorf("%v, asked: %v", err, asked)
	}
	if strings.Contains(err.Error(), "r=ada") {
		t.Errorf("the error names the reader: %v", err)
	}
}

func TestPostEnds(t *testing.T) {
	stop := make(chan struct{})
	target, o := serve(t, func(http.ResponseWriter, *http.Request) { <-stop })
	defer close(stop)
	o.Timeout = 50 * time.Millisecond
	if err := Leave(t.Context(), target, o); err == nil {
		t.Error("it waited for the server")
	}
}

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"93.184.215.14": true, "2606:2800:21f::1": true,
		"127.0.0.1": false, "10.1.2.3": false, "192.168.1.1": false, "172.16.0.1": false, "169.254.169.254": false, "100.64.0.1": false,
		"0.0.0.0": false, "::1": false, "::": false, "fd00::1": false, "fe80::1": false, "::ffff:127.0.0.1": false, "224.0.0.1": false, "64:ff9b::7f00:1": false,
	} {
		if got := public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}
