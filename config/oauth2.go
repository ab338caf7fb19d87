package config

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/zalando/go-keyring"

	"postea/config/oauth"
	"postea/config/vault"
	"postea/internal/dial"
	"postea/internal/filelock"
)

// OAuth2 is how an account gets its tokens, where no command does that.
type OAuth2 struct {
	Provider     string // a name of oauth.Names; "": the addresses are given
	ClientID     string
	ClientSecret Secret
	Tenant       string // Microsoft's; "" is common
	AuthURL      string
	TokenURL     string
	DeviceURL    string
	Scopes       []string
	Keep         string // keyring, encrypted
	CAFile       string
}

// Used tells whether the account has an [account.oauth2].
func (o OAuth2) Used() bool { return o.ClientID != "" || o.Provider != "" || o.TokenURL != "" }

const (
	keepKeyring   = "keyring"
	keepEncrypted = "encrypted"
)

// app is the program as the provider knows it.
func (o OAuth2) app(ctx context.Context, account string) (oauth.App, error) {
	app, _ := oauth.Known(o.Provider, o.Tenant)
	app.ClientID = o.ClientID
	app.AuthURL, app.TokenURL, app.DeviceURL = cmp.Or(o.AuthURL, app.AuthURL), cmp.Or(o.TokenURL, app.TokenURL), cmp.Or(o.DeviceURL, app.DeviceURL)
	if len(o.Scopes) > 0 {
		app.Scopes = o.Scopes
	}
	if o.ClientSecret.Zero() {
		return app, nil
	}
	var err error
	app.ClientSecret, err = o.ClientSecret.Resolve(ctx, Key{Account: account, Service: "client"})
	return app, err
}

// OAuthClient gives what signs an account in with OAuth. The error is a
// *SecretError, or says what is missing in [account.oauth2].
func (a Account) OAuthClient(ctx context.Context) (oauth.Client, error) {
	if !a.OAuth2.Used() {
		return oauth.Client{}, fmt.Errorf("account %s has no [account.oauth2]", a.Name)
	}
	return a.OAuth2.client(ctx, a.Name, a.Proxy())
}

// client asks through the proxy of the account, where it has one: the provider is
// not to learn from where somebody writes, and may not be reached otherwise.
func (o OAuth2) client(ctx context.Context, account, proxy string) (oauth.Client, error) {
	app, err := o.app(ctx, account)
	if err != nil {
		return oauth.Client{}, err
	}
	c := oauth.Client{App: app}
	if o.CAFile == "" && proxy == "" {
		return c, nil
	}
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true}
	if proxy != "" {
		u, err := dial.ProxyURL(proxy)
		if err != nil {
			return c, err
		}
		t.Proxy = http.ProxyURL(u)
	}
	if o.CAFile != "" {
		pem, err := os.ReadFile(ExpandHome(o.CAFile))
		if err != nil {
			return c, fmt.Errorf("reading the CA file of oauth2: %w", err)
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return c, fmt.Errorf("no certificate found in %s", o.CAFile)
		}
		t.TLSClientConfig.RootCAs = roots
	}
	c.HTTP = &http.Client{Timeout: 30 * time.Second, Transport: t}
	return c, nil
}

// KeepToken keeps what a sign-in gave, where the account's oauth2.keep says.
func (a Account) KeepToken(ctx context.Context, t oauth.Token) error {
	for _, s := range []Secret{a.IMAP.Token, a.SMTP.Token} {
		if s.tokens != nil {
			return s.tokens.replace(ctx, t)
		}
	}
	return fmt.Errorf("account %s takes its token from elsewhere", a.Name)
}

// tokens are those of one account. IMAP and SMTP share them, so that one renewal
// serves both.
type tokens struct {
	account string
	oauth   OAuth2
	proxy   string
	lock    *locker
	now     func() time.Time

	mu      sync.Mutex
	have    oauth.Token
	unsaved bool // have could not be kept; tried again with each use
}

// get gives a token that is good for a while, renewed before its end.
func (t *tokens) get(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.save(ctx)
	if t.have.Fresh(t.now()) {
		return t.have.Access, nil
	}
	if err := t.load(ctx); err != nil { // another process may have renewed it
		return "", err
	}
	fresh := func() bool { return t.have.Fresh(t.now()) }
	if fresh() {
		return t.have.Access, nil
	}
	return t.renewAlone(ctx, fresh)
}

// instead gives another token than one that a server has refused.
func (t *tokens) instead(ctx context.Context, refused string) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.load(ctx); err != nil {
		return "", err
	}
	other := func() bool { return t.have.Access != refused && t.have.Fresh(t.now()) }
	if other() {
		return t.have.Access, nil
	}
	return t.renewAlone(ctx, other)
}

// renewTime is how long one process waits for another that renews a token of the
// same account.
const renewTime = time.Minute

// renewAlone renews the token while no other process does: a provider that gives
// a new refresh token with each renewal takes a second use of the old one for
// theft, and ends them all (RFC 9700 §4.14.2). Where another process has renewed
// it meanwhile, and does says that this will do, that one is taken. Where nothing
// can be locked it is renewed all the same.
func (t *tokens) renewAlone(ctx context.Context, does func() bool) (string, error) {
	lock, err := filelock.WaitContext(ctx, t.lockPath(), renewTime)
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.Is(err, filelock.ErrHeld):
		return "", &SecretError{Err: err, temporary: true, Text: fmt.Sprintf("another postea has been getting a token for account %s for more than %d s; it is tried again later", t.account, int(renewTime.Seconds()))}
	case err != nil:
		return t.renew(ctx)
	}
	defer lock.Close()
	if err := t.load(ctx); err != nil {
		return "", err
	}
	if does() {
		return t.have.Access, nil
	}
	return t.renew(ctx)
}

// lockPath is a file beside the configuration.
func (t *tokens) lockPath() string {
	return filepath.Join(filepath.Dir(t.lock.vault.Path()), "oauth2-"+t.account+".lock")
}

// endOfRenewal is how much longer a renewal goes on that nobody waits for: the
// provider may have ended the old token already.
const endOfRenewal = 3 * time.Second

func (t *tokens) renew(ctx context.Context) (string, error) {
	ctx, end := lingering(ctx, endOfRenewal)
	defer end()
	c, err := t.oauth.client(ctx, t.account, t.proxy)
	if err != nil {
		return "", err
	}
	next, err := c.Refresh(ctx, t.have)
	var gone *oauth.Revoked
	var denied *oauth.Denied
	switch {
	case errors.As(err, &gone):
		return "", &SecretError{Err: err, Text: fmt.Sprintf("%s no longer lets postea in for account %s (%v): sign in again with  postea account login %s", t.who(), t.account, gone, t.account)}
	case errors.As(err, &denied):
		return "", &SecretError{Err: err, Text: fmt.Sprintf("%s refuses the client id of account %s (%v): check [account.oauth2]", t.who(), t.account, denied)}
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		return "", &SecretError{Err: err, temporary: true, Text: fmt.Sprintf("%s gives no new token for account %s at the moment (%v); it is tried again later", t.who(), t.account, err)}
	}
	t.have, t.unsaved = next, true
	t.save(ctx)
	return next.Access, nil
}

// lingering gives a context that ends a while after ctx does.
func lingering(ctx context.Context, while time.Duration) (context.Context, func()) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(while, cancel) })
	return longer, func() {
		stop()
		cancel()
	}
}

// save keeps a token that came in the place of another. Where that fails it is
// good all the same, and is not forgotten: a provider may take the old one no more.
func (t *tokens) save(ctx context.Context) {
	if t.unsaved {
		t.unsaved = t.store(ctx, t.have) != nil
	}
}

func (t *tokens) who() string {
	if t.oauth.Provider == "" {
		return "the provider"
	}
	return strings.ToUpper(t.oauth.Provider[:1]) + t.oauth.Provider[1:]
}

func (t *tokens) replace(ctx context.Context, next oauth.Token) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.store(ctx, next); err != nil {
		return err
	}
	t.have, t.unsaved = next, false
	return nil
}

func (t *tokens) key() Key { return Key{Account: t.account, Service: "oauth"} }

func (t *tokens) load(ctx context.Context) error {
	if t.unsaved { // what is kept is older
		return nil
	}
	var text string
	var err error
	if t.oauth.Keep == keepEncrypted {
		text, err = t.lock.get(ctx, t.key())
	} else {
		text, err = withKeyring(ctx, func() (string, error) { return keyring.Get(keyringService, t.key().user()) })
	}
	switch {
	case errors.Is(err, keyring.ErrNotFound), errors.Is(err, vault.ErrMissing):
		return &SecretError{Err: err, Text: fmt.Sprintf("account %s has not signed in yet: run  postea account login %s", t.account, t.account)}
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return &SecretError{Err: err, Text: fmt.Sprintf("the token of account %s cannot be had: %v", t.account, err)}
	}
	var have oauth.Token
	if json.Unmarshal([]byte(text), &have) != nil {
		return &SecretError{Text: fmt.Sprintf("what is kept as the token of account %s cannot be read: run  postea account login %s", t.account, t.account)}
	}
	t.have = have
	return nil
}

func (t *tokens) store(ctx context.Context, next oauth.Token) error {
	text, err := json.Marshal(next)
	if err != nil {
		return err
	}
	if t.oauth.Keep == keepEncrypted {
		return t.lock.set(ctx, t.key(), string(text))
	}
	_, err = withKeyring(ctx, func() (string, error) { return "", keyring.Set(keyringService, t.key().user(), string(text)) })
	if errors.Is(err, keyring.ErrSetDataTooBig) { // the one that gets all others is the one to keep
		if text, err = json.Marshal(oauth.Token{Refresh: next.Refresh}); err == nil {
			_, err = withKeyring(ctx, func() (string, error) { return "", keyring.Set(keyringService, t.key().user(), string(text)) })
		}
	}
	if err != nil {
		return fmt.Errorf("storing the token in the keyring: %w", err)
	}
	return nil
}

// finishOAuth2 checks [account.oauth2] and makes it the source of the tokens.
func (r *reader) finishOAuth2(t *item, a *Account) {
	o := t.get("oauth2")
	if o == nil || o.kind != kindTable {
		return
	}
	known, ok := oauth.Known(a.OAuth2.Provider, a.OAuth2.Tenant)
	if a.OAuth2.Provider != "" && !ok {
		r.problem(r.place(o, "provider"), "account.oauth2.provider", "%q is not one of %s; for another one leave it out and give auth_url and token_url", a.OAuth2.Provider, strings.Join(oauth.Names(), ", "))
	}
	if a.OAuth2.ClientID == "" {
		r.problem(o.at, "account.oauth2.client_id", "is missing; the provider gives one to programs that are registered there")
	}
	if cmp.Or(a.OAuth2.TokenURL, known.TokenURL) == "" && a.OAuth2.Provider == "" {
		r.problem(o.at, "account.oauth2", "needs a provider, or token_url and auth_url")
	}
	for _, key := range []string{"auth_url", "token_url", "device_url"} {
		if v := o.get(key); v != nil && v.kind == kindString && !strings.HasPrefix(v.str, "https://") {
			r.problem(v.at, "account.oauth2."+key, "must begin with https://")
		}
	}
	a.OAuth2.Keep = cmp.Or(a.OAuth2.Keep, keepKeyring)
	s := Secret{tokens: &tokens{account: a.Name, oauth: a.OAuth2, proxy: a.Proxy(), lock: r.lock, now: time.Now}}
	for _, end := range []struct {
		name string
		at   *Server
	}{{"imap", &a.IMAP}, {"smtp", &a.SMTP}} {
		if e := t.get(end.name); e != nil && e.get("token") == nil && (e.get("password") == nil || e.get("auth") != nil && slices.Contains([]string{"oauth2", "xoauth2", "oauthbearer"}, strings.ToLower(end.at.Auth))) {
			end.at.Token = s
		}
	}
}
