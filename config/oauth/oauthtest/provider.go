// Package oauthtest is an OAuth provider in the process, for tests: it checks
// what a client sends as strictly as the best of the real ones.
package oauthtest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"postea/config/oauth"
)

// Provider is a running provider.
type Provider struct {
	*httptest.Server
	ClientID string
	Lifetime time.Duration // of an access token; 0: it is not told
	Rotate   bool          // every refresh gives a new refresh token, and ends the old one; its use ends them all (RFC 9700 §4.14.2)
	Delay    time.Duration // before a token is given
	Deny     string        // the error of the page, such as access_denied
	Granting func()        // when not nil: called when a token is on its way
	Loopback string        // the name that is registered for the machine of the user

	mu       sync.Mutex
	count    int
	codes    map[string]url.Values // an authorization request by its code
	refresh  map[string]bool       // the refresh tokens that are good
	used     map[string]bool
	access   map[string]bool
	revoked  bool
	pending  int  // how often the device flow still says authorization_pending
	down     bool // answers 503
	stumbles int  // how often the token endpoint first answers 503
	requests []string
}

// New starts a provider that ends with the test.
func New(t *testing.T) *Provider {
	t.Helper()
	p := &Provider{ClientID: "client-7", codes: map[string]url.Values{}, refresh: map[string]bool{}, used: map[string]bool{}, access: map[string]bool{}, pending: 1, Lifetime: time.Hour, Loopback: "127.0.0.1"}
	mux := http.NewServeMux()
	mux.HandleFunc("/auth", p.auth)
	mux.HandleFunc("/token", p.token)
	mux.HandleFunc("/device", p.device)
	p.Server = httptest.NewTLSServer(mux)
	t.Cleanup(p.Close)
	return p
}

// App is what a client is configured with.
func (p *Provider) App() oauth.App {
	return oauth.App{ClientID: p.ClientID, AuthURL: p.URL + "/auth", TokenURL: p.URL + "/token", DeviceURL: p.URL + "/device", Scopes: []string{"mail"}}
}

// Visit does what the user does with the page, and loads where it leads to.
func (p *Provider) Visit(page string) (status int, err error) {
	c := p.Client()
	resp, err := c.Get(page)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return resp.StatusCode, nil
}

// Revoke ends every permission.
func (p *Provider) Revoke() { p.mu.Lock(); defer p.mu.Unlock(); p.revoked = true }

// Stumble lets the next requests for a token fail.
func (p *Provider) Stumble(times int) { p.mu.Lock(); defer p.mu.Unlock(); p.stumbles = times }

// SetDown lets the provider fail for a while.
func (p *Provider) SetDown(down bool) { p.mu.Lock(); defer p.mu.Unlock(); p.down = down }

// Expire makes every access token bad, but no refresh token.
func (p *Provider) Expire() { p.mu.Lock(); defer p.mu.Unlock(); p.access = map[string]bool{} }

// TokenInfo starts the address that servers ask whose a token is, and returns it;
// the token is to be appended. All tokens are those of email.
func (p *Provider) TokenInfo(t *testing.T, email string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !p.Good(r.URL.Query().Get("access_token")) {
			reply(w, map[string]string{"email": email, "active": "false"}) // as RFC 7662 §2.2 has it; 401 is trouble of its own to Dovecot 2.3
			return
		}
		reply(w, map[string]string{"email": email, "active": "true"})
	}))
	t.Cleanup(s.Close)
	return s.URL + "/tokeninfo?access_token="
}

// Good tells whether an access token is good.
func (p *Provider) Good(token string) bool { p.mu.Lock(); defer p.mu.Unlock(); return p.access[token] }

// Requests lists the grants that were asked for.
func (p *Provider) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.requests...)
}

func (p *Provider) auth(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := r.URL.Query()
	back := q.Get("redirect_uri")
	u, err := url.Parse(back)
	switch {
	case err != nil || u.Hostname() != p.Loopback || u.Scheme != "http":
		http.Error(w, "redirect_uri", http.StatusBadRequest)
		return
	case q.Get("client_id") != p.ClientID, q.Get("response_type") != "code", q.Get("scope") == "",
		q.Get("code_challenge_method") != "S256", len(q.Get("code_challenge")) != 43, len(q.Get("state")) < 32:
		http.Error(w, "invalid_request", http.StatusBadRequest)
		return
	}
	answer := url.Values{"state": {q.Get("state")}}
	if p.Deny != "" {
		answer.Set("error", p.Deny)
	} else {
		p.count++
		code := fmt.Sprintf("code-%d", p.count)
		p.codes[code] = q
		answer.Set("code", code)
	}
	http.Redirect(w, r, back+"?"+answer.Encode(), http.StatusFound)
}

func (p *Provider) device(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("client_id") != p.ClientID {
		fail(w, "unauthorized_client", "the client id is not known")
		return
	}
	reply(w, map[string]any{"device_code": "device-1", "user_code": "WDJB-MJHT", "verification_uri": p.URL + "/enter", "expires_in": 600, "interval": 1})
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	time.Sleep(p.Delay)
	p.mu.Lock()
	defer p.mu.Unlock()
	grant := r.FormValue("grant_type")
	p.requests = append(p.requests, grant)
	if p.stumbles--; p.down || p.stumbles >= 0 {
		http.Error(w, "later", http.StatusServiceUnavailable)
		return
	}
	if r.FormValue("client_id") != p.ClientID {
		fail(w, "invalid_client", "the client id is not known")
		return
	}
	switch grant {
	case "authorization_code":
		q, ok := p.codes[r.FormValue("code")]
		delete(p.codes, r.FormValue("code"))
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if !ok || q.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) || q.Get("redirect_uri") != r.FormValue("redirect_uri") {
			fail(w, "invalid_grant", "the code is not good")
			return
		}
		p.grant(w, "")
	case "urn:ietf:params:oauth:grant-type:device_code":
		if p.pending > 0 {
			p.pending--
			fail(w, "authorization_pending", "")
			return
		}
		p.grant(w, "")
	case "refresh_token":
		old := r.FormValue("refresh_token")
		p.revoked = p.revoked || p.used[old]
		if p.revoked || !p.refresh[old] {
			fail(w, "invalid_grant", "Token has been expired or revoked.")
			return
		}
		p.grant(w, old)
	default:
		fail(w, "unsupported_grant_type", "")
	}
}

func (p *Provider) grant(w http.ResponseWriter, old string) {
	p.count++
	m := map[string]any{"access_token": fmt.Sprintf("access-%d", p.count), "token_type": "Bearer"}
	if p.Lifetime > 0 {
		m["expires_in"] = int(p.Lifetime.Seconds())
	}
	if old == "" || p.Rotate {
		delete(p.refresh, old)
		p.used[old] = old != ""
		next := fmt.Sprintf("refresh-%d", p.count)
		p.refresh[next] = true
		m["refresh_token"] = next
	}
	p.access[m["access_token"].(string)] = true
	if p.Granting != nil {
		p.Granting()
	}
	reply(w, m)
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func fail(w http.ResponseWriter, code, why string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": code, "error_description": strings.TrimSpace(why)})
}
