// Package oauth gets and renews OAuth 2 tokens for mail, as a program on the
// user's own machine (RFC 8252, RFC 8628, RFC 9700).
//
//	c := oauth.Client{App: app}
//	token, err := c.Browser(ctx, "ada@example.org", open)    // loopback and PKCE
//	token, err = c.Device(ctx, show)                         // a code typed elsewhere
//	token, err = c.Refresh(ctx, token)                       // *Revoked: sign in again
//
// postea brings no client id of its own: providers give one to whoever asks,
// and the configuration names it.
package oauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// App is a program as a provider knows it, and where that provider is asked.
type App struct {
	ClientID     string
	ClientSecret string // "": none; for programs on a user's machine it is no secret
	AuthURL      string
	TokenURL     string
	DeviceURL    string // "": there is no device flow
	Loopback     string // how the provider is told of this machine, where the browser returns to; "" is 127.0.0.1
	Scopes       []string
	Extra        map[string]string // further parameters of the authorization request
}

// Token is what signs in, and what gets the next one.
type Token struct {
	Access  string    `json:"access,omitempty"`
	Refresh string    `json:"refresh,omitempty"`
	Expiry  time.Time `json:"expiry,omitzero"` // zero: it is not known
}

// early is how long before its end a token is renewed.
const early = 2 * time.Minute

// Fresh tells whether the token can still be used.
func (t Token) Fresh(now time.Time) bool {
	return t.Access != "" && (t.Expiry.IsZero() || now.Add(early).Before(t.Expiry))
}

// Revoked says that the provider no longer accepts the permission: the user
// must sign in again.
type Revoked struct{ Why string }

func (e *Revoked) Error() string {
	if e.Why == "" {
		return "the permission has ended"
	}
	return "the permission has ended: " + e.Why
}

// Denied says that the user or the provider said no to the sign-in, or that the
// client id is not accepted.
type Denied struct{ Code, Why string }

func (e *Denied) Error() string {
	if e.Why == "" {
		return e.Code
	}
	return e.Code + ": " + e.Why
}

// Client talks to a provider. It may be used from several goroutines.
type Client struct {
	App  App
	HTTP *http.Client // nil: one with a timeout
}

const httpTimeout = 30 * time.Second

func (c Client) context(ctx context.Context) context.Context {
	h := http.Client{Timeout: httpTimeout}
	if c.HTTP != nil {
		h = *c.HTTP
	}
	// What gets tokens is for the configured address alone, and would go along.
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return context.WithValue(ctx, oauth2.HTTPClient, &h)
}

// config refuses addresses without TLS: what is sent there signs in.
func (c Client) config() (*oauth2.Config, error) {
	if c.App.ClientID == "" {
		return nil, errors.New("no client_id is configured")
	}
	for _, u := range []string{c.App.AuthURL, c.App.TokenURL, c.App.DeviceURL} {
		if u == "" {
			continue
		}
		p, err := url.Parse(u)
		if err != nil || p.Host == "" || p.Scheme != "https" {
			return nil, fmt.Errorf("%q is no https address", u)
		}
	}
	if c.App.TokenURL == "" {
		return nil, errors.New("no token_url is configured")
	}
	return &oauth2.Config{
		ClientID: c.App.ClientID, ClientSecret: c.App.ClientSecret, Scopes: c.App.Scopes,
		Endpoint: oauth2.Endpoint{AuthURL: c.App.AuthURL, TokenURL: c.App.TokenURL, DeviceAuthURL: c.App.DeviceURL, AuthStyle: oauth2.AuthStyleInParams},
	}, nil
}

// Refresh gets a new access token. The error is *Revoked where that will not
// work again, and anything else where it may.
func (c Client) Refresh(ctx context.Context, t Token) (Token, error) {
	conf, err := c.config()
	if err != nil {
		return t, err
	}
	if t.Refresh == "" {
		return t, &Revoked{"the provider gave nothing to renew it with, for which many want the scope offline_access"}
	}
	got, err := conf.TokenSource(c.context(ctx), &oauth2.Token{RefreshToken: t.Refresh}).Token()
	if err != nil {
		return t, c.explain(err)
	}
	next := c.token(got)
	if next.Refresh == "" { // RFC 6749 §6: the old one stays
		next.Refresh = t.Refresh
	}
	return next, nil
}

func (c Client) token(t *oauth2.Token) Token {
	return Token{Access: t.AccessToken, Refresh: t.RefreshToken, Expiry: t.Expiry}
}

// explain turns what a token endpoint refused (RFC 6749 §5.2) into what it means.
func (c Client) explain(err error) error {
	var re *oauth2.RetrieveError
	if !errors.As(err, &re) {
		var ue *url.Error
		if errors.As(err, &ue) { // without the address, which says nothing to a user
			return fmt.Errorf("asking for a token: %w", ue.Err)
		}
		return fmt.Errorf("asking for a token: %w", err)
	}
	denied := &Denied{clean(re.ErrorCode), clean(re.ErrorDescription)}
	switch re.ErrorCode {
	case "invalid_grant", "interaction_required", "consent_required", "login_required":
		return &Revoked{denied.Why}
	case "":
		if re.Response != nil {
			return fmt.Errorf("asking for a token: the provider answered %s", re.Response.Status)
		}
		return errors.New("asking for a token: the provider gave no answer that can be read")
	}
	if passing(err) {
		return fmt.Errorf("asking for a token: %v", denied)
	}
	return denied
}

// passing tells of trouble of the network, and of what the provider has, or says to be over
// soon, with whichever of code and status says so.
func passing(err error) bool {
	var re *oauth2.RetrieveError
	if !errors.As(err, &re) {
		var ue *url.Error
		return errors.As(err, &ue)
	}
	switch re.ErrorCode {
	case "temporarily_unavailable", "server_error":
		return true
	}
	return re.Response != nil && (re.Response.StatusCode >= 500 || re.Response.StatusCode == http.StatusTooManyRequests)
}

// clean makes a text from outside one short line.
func clean(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	const most = 300
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strings.TrimSpace(s)
}

// Known gives what is known about a provider's OAuth, without a client id; false
// where the name is not known. tenant is for Microsoft; "" is common.
func Known(name, tenant string) (App, bool) {
	switch name {
	case "google":
		return App{
			AuthURL: "https://accounts.google.com/o/oauth2/v2/auth", TokenURL: "https://oauth2.googleapis.com/token",
			Scopes: []string{"https://mail.google.com/"}, Extra: map[string]string{"access_type": "offline", "prompt": "consent"},
		}, true
	case "microsoft":
		if tenant == "" {
			tenant = "common"
		}
		at := "https://login.microsoftonline.com/" + url.PathEscape(tenant) + "/oauth2/v2.0/"
		return App{
			AuthURL: at + "authorize", TokenURL: at + "token", DeviceURL: at + "devicecode",
			Loopback: "localhost", // the one address without TLS that can be registered there; of it the port may differ
			Scopes:   []string{"https://outlook.office.com/IMAP.AccessAsUser.All", "https://outlook.office.com/SMTP.Send", "offline_access"},
		}, true
	case "yahoo":
		return App{AuthURL: "https://api.login.yahoo.com/oauth2/request_auth", TokenURL: "https://api.login.yahoo.com/oauth2/get_token", Scopes: []string{"mail-w"}}, true
	case "fastmail":
		return App{
			AuthURL: "https://api.fastmail.com/oauth/authorize", TokenURL: "https://api.fastmail.com/oauth/refresh",
			Scopes: []string{"https://www.fastmail.com/dev/protocol-imap", "https://www.fastmail.com/dev/protocol-smtp"},
		}, true
	case "yandex":
		return App{AuthURL: "https://oauth.yandex.com/authorize", TokenURL: "https://oauth.yandex.com/token", DeviceURL: "https://oauth.yandex.com/device/code", Scopes: []string{"mail:imap_full", "mail:smtp"}}, true
	case "mailru":
		return App{AuthURL: "https://o2.mail.ru/login", TokenURL: "https://o2.mail.ru/token", Scopes: []string{"mail.imap"}}, true
	}
	return App{}, false
}

// Names lists the providers of Known.
func Names() []string {
	return slices.Clone([]string{"google", "microsoft", "yahoo", "fastmail", "yandex", "mailru"})
}
