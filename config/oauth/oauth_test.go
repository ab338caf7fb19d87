package oauth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"postea/config/oauth"
	"postea/config/oauth/oauthtest"
)

func client(p *oauthtest.Provider) oauth.Client {
	return oauth.Client{App: p.App(), HTTP: p.Client()}
}

func TestBrowser(t *testing.T) {
	p := oauthtest.New(t)
	c := client(p)
	got, err := c.Browser(t.Context(), "ada@example.org", func(page string) {
		if !strings.Contains(page, "login_hint=ada%40example.org") {
			t.Errorf("the page does not know who: %s", page)
		}
		go func() {
			if status, err := p.Visit(page); err != nil || status != http.StatusOK {
				t.Errorf("the page: %d %v", status, err)
			}
		}()
	})
	if err != nil || !p.Good(got.Access) || got.Refresh == "" || !got.Fresh(time.Now()) {
		t.Fatalf("%+v %v", got, err)
	}
	if got.Fresh(time.Now().Add(59 * time.Minute)) {
		t.Error("a token is used to its last second")
	}
}

// Microsoft has http://localhost registered, as docs/accounts.md says, and compares that.
func TestBrowserByName(t *testing.T) {
	p := oauthtest.New(t)
	p.Loopback = "localhost"
	c := client(p)
	known, _ := oauth.Known("microsoft", "")
	c.App.Loopback = known.Loopback
	got, err := c.Browser(t.Context(), "", func(page string) {
		go func() {
			if status, err := p.Visit(page); err != nil || status != http.StatusOK {
				t.Errorf("the page: %d %v", status, err)
			}
		}()
	})
	if err != nil || !p.Good(got.Access) {
		t.Fatalf("%+v %v", got, err)
	}
}

// An answer with another state, as a page of somebody else would send, changes nothing.
func TestForeignAnswer(t *testing.T) {
	p := oauthtest.New(t)
	c := client(p)
	got, err := c.Browser(t.Context(), "", func(page string) {
		u, _ := url.Parse(page)
		back := u.Query().Get("redirect_uri")
		for _, bad := range []string{back + "?code=evil&state=x", back + "?code=evil", back + "other?code=evil"} {
			resp, err := http.Get(bad)
			if err != nil || resp.StatusCode == http.StatusOK {
				t.Errorf("%s was taken (%v)", bad, err)
			}
		}
		go p.Visit(page)
	})
	if err != nil || !p.Good(got.Access) {
		t.Fatalf("%+v %v", got, err)
	}
}

func TestDenied(t *testing.T) {
	p := oauthtest.New(t)
	p.Deny = "access_denied"
	c := client(p)
	_, err := c.Browser(t.Context(), "", func(page string) { go p.Visit(page) })
	var denied *oauth.Denied
	if !errors.As(err, &denied) || denied.Code != "access_denied" {
		t.Fatalf("%v", err)
	}
	c.App.ClientID = "somebody else"
	if _, err := c.Device(t.Context(), func(oauth.Prompt) {}); !errors.As(err, &denied) || !strings.Contains(err.Error(), "client id") {
		t.Fatalf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := client(p).Browser(ctx, "", func(string) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v", err)
	}
}

// A device_url that leads elsewhere gives no code that the user could type.
func TestDeviceWithoutACode(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") }))
	t.Cleanup(s.Close)
	c := oauth.Client{App: oauth.App{ClientID: "x", TokenURL: s.URL, DeviceURL: s.URL}, HTTP: s.Client()}
	_, err := c.Device(t.Context(), func(oauth.Prompt) { t.Error("the user is shown nothing") })
	if err == nil || !strings.Contains(err.Error(), "device_url") {
		t.Errorf("%v", err)
	}
}

func TestDevice(t *testing.T) {
	p := oauthtest.New(t)
	p.Stumble(1) // while the user still types
	shown := 0
	got, err := client(p).Device(t.Context(), func(d oauth.Prompt) {
		shown++
		if d.Code != "WDJB-MJHT" || !strings.HasSuffix(d.Page, "/enter") {
			t.Errorf("%+v", d)
		}
	})
	if err != nil || !p.Good(got.Access) || shown != 1 {
		t.Fatalf("%+v %v, shown %d times", got, err, shown)
	}
}

func TestRefresh(t *testing.T) {
	p := oauthtest.New(t)
	c := client(p)
	first, err := c.Device(t.Context(), func(oauth.Prompt) {})
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.Refresh(t.Context(), first)
	if err != nil || second.Refresh != first.Refresh || second.Access == first.Access {
		t.Fatalf("the refresh token does not stay: %+v %v", second, err)
	}
	p.Rotate = true
	third, err := c.Refresh(t.Context(), second)
	if err != nil || third.Refresh == first.Refresh {
		t.Fatalf("a new refresh token is not taken: %+v %v", third, err)
	}
	var gone *oauth.Revoked
	if _, err := c.Refresh(t.Context(), first); !errors.As(err, &gone) {
		t.Fatalf("one that has ended: %v", err)
	}
	p.SetDown(true)
	if _, err := c.Refresh(t.Context(), third); err == nil || errors.As(err, &gone) {
		t.Fatalf("a provider that is down: %v", err)
	}
	p.SetDown(false)
	p.Revoke()
	if _, err := c.Refresh(t.Context(), third); !errors.As(err, &gone) || !strings.Contains(err.Error(), "revoked") {
		t.Fatalf("revoked: %v", err)
	}
	if _, err := c.Refresh(t.Context(), oauth.Token{}); !errors.As(err, &gone) {
		t.Fatalf("no refresh token: %v", err)
	}
}

func TestOnlyTLS(t *testing.T) {
	c := oauth.Client{App: oauth.App{ClientID: "x", TokenURL: "http://example.org/token", AuthURL: "https://example.org/auth"}}
	if _, err := c.Refresh(t.Context(), oauth.Token{Refresh: "x"}); err == nil || !strings.Contains(err.Error(), "https") {
		t.Errorf("%v", err)
	}
	for _, name := range oauth.Names() {
		app, ok := oauth.Known(name, "")
		if !ok || !strings.HasPrefix(app.AuthURL, "https://") || !strings.HasPrefix(app.TokenURL, "https://") || len(app.Scopes) == 0 {
			t.Errorf("%s: %+v", name, app)
		}
	}
}

// What a token endpoint says beside a token: only some of it is for the user to mend, and
// nobody but the provider gets what signs in.
func TestRefreshRefused(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the refresh token was taken elsewhere") }))
	t.Cleanup(elsewhere.Close)
	refusal := func(status int, code string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"error":%q,"error_description":"AADSTS90033: a transient error has occurred"}`, code)
		}
	}
	tests := map[string]struct {
		answer http.HandlerFunc
		kind   error // nil: it may work later
	}{
		"busy":           {refusal(http.StatusServiceUnavailable, "temporarily_unavailable"), nil},
		"busy with 400":  {refusal(http.StatusBadRequest, "temporarily_unavailable"), nil},
		"its own fault":  {refusal(http.StatusInternalServerError, "internal_failure"), nil},
		"too often":      {refusal(http.StatusTooManyRequests, "rate_limit_exceeded"), nil},
		"another client": {refusal(http.StatusUnauthorized, "invalid_client"), &oauth.Denied{}},
		"revoked":        {refusal(http.StatusBadRequest, "invalid_grant"), &oauth.Revoked{}},
		"a page":         {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, nil},
		"elsewhere":      {http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect).ServeHTTP, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewTLSServer(tt.answer)
			t.Cleanup(s.Close)
			c := oauth.Client{App: oauth.App{ClientID: "x", TokenURL: s.URL}, HTTP: s.Client()}
			_, err := c.Refresh(t.Context(), oauth.Token{Refresh: "r"})
			var gone *oauth.Revoked
			var denied *oauth.Denied
			wantGone, wantDenied := errors.As(tt.kind, &gone), errors.As(tt.kind, &denied)
			if err == nil || errors.As(err, &gone) != wantGone || errors.As(err, &denied) != wantDenied {
				t.Errorf("%T %v", err, err)
			}
		})
	}
}
