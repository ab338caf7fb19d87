package oauth

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/oauth2"
)

// patience bounds how long a sign-in in the browser is waited for.
const patience = 10 * time.Minute

// Browser signs in through the user's browser: a page of the provider, whose
// answer comes to a listener on the loopback interface (RFC 8252 §7.3) that
// exists only as long, with PKCE (RFC 7636) and a state that only we know. open
// is called with the address of the page, and shows it to the user.
func (c Client) Browser(ctx context.Context, login string, open func(page string)) (Token, error) {
	conf, err := c.config()
	if err != nil {
		return Token{}, err
	}
	if conf.Endpoint.AuthURL == "" {
		return Token{}, errors.New("no auth_url is configured")
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return Token{}, fmt.Errorf("listening for the browser: %w", err)
	}
	defer l.Close()
	conf.RedirectURL = fmt.Sprintf("http://%s:%d/", cmp.Or(c.App.Loopback, "127.0.0.1"), l.Addr().(*net.TCPAddr).Port)
	state, verifier := random(), oauth2.GenerateVerifier()
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier)}
	if login != "" {
		options = append(options, oauth2.SetAuthURLParam("login_hint", login))
	}
	for k, v := range c.App.Extra {
		options = append(options, oauth2.SetAuthURLParam(k, v))
	}
	answers := make(chan answer, 1)
	server := &http.Server{Handler: redirected(state, answers), ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 32 << 10}
	go func() { _ = server.Serve(l) }() // ends with Close
	defer server.Close()
	open(conf.AuthCodeURL(state, options...))
	select {
	case <-ctx.Done():
		return Token{}, gaveUp(ctx)
	case a := <-answers:
		if a.err != nil {
			return Token{}, a.err
		}
		got, err := conf.Exchange(c.context(ctx), a.code, oauth2.VerifierOption(verifier))
		if err != nil {
			return Token{}, c.refusedGrant(err)
		}
		// The browser still loads the page that says that all is well.
		bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = server.Shutdown(bye)
		return c.token(got), nil
	}
}

type answer struct {
	code string
	err  error
}

// redirected takes the answer of the provider, once, and only with our state.
func redirected(state string, answers chan<- answer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Referrer-Policy", "no-referrer")
		switch {
		case r.Method != http.MethodGet || r.URL.Path != "/":
			http.NotFound(w, r)
			return
		case subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(state)) != 1:
			http.Error(w, "This page belongs to another sign-in.", http.StatusBadRequest)
			return
		}
		a := answer{code: q.Get("code")}
		if a.code == "" {
			a.err = &Denied{Code: cmp.Or(clean(q.Get("error")), "the provider gave no reason"), Why: clean(q.Get("error_description"))}
		}
		select {
		case answers <- a:
		default: // a second time
		}
		if a.err != nil {
			fmt.Fprintln(w, "postea was not let in. You can close this page.")
			return
		}
		fmt.Fprintln(w, "postea goes on from here. You can close this page.") // the code may still be refused
	})
}

func random() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b)
}

// Prompt is what the user does on another device.
type Prompt struct {
	Page string // where
	Code string // what is typed there
}

// Device signs in with a code that the user types on a page, in any browser
// (RFC 8628). show is called once.
func (c Client) Device(ctx context.Context, show func(Prompt)) (Token, error) {
	conf, err := c.config()
	if err != nil {
		return Token{}, err
	}
	if conf.Endpoint.DeviceAuthURL == "" {
		return Token{}, errors.New("this provider has no sign-in by code")
	}
	ctx, cancel := context.WithTimeout(c.context(ctx), patience)
	defer cancel()
	d, err := conf.DeviceAuth(ctx)
	if err != nil {
		return Token{}, c.refusedGrant(err)
	}
	if d.UserCode == "" || d.VerificationURI == "" {
		return Token{}, errors.New("the provider gave no code; is its device_url right?")
	}
	if d.Interval <= 0 {
		d.Interval = 5 // RFC 8628 §3.2
	}
	show(Prompt{Page: clean(d.VerificationURI), Code: clean(d.UserCode)})
	if !d.Expiry.IsZero() {
		ctx, cancel = context.WithDeadline(ctx, d.Expiry)
		defer cancel()
	}
	for {
		got, err := conf.DeviceAccessToken(ctx, d)
		switch {
		case err == nil:
			return c.token(got), nil
		case ctx.Err() != nil:
			return Token{}, gaveUp(ctx)
		case !passing(err): // of the network or the provider, while the user still types
			return Token{}, c.refusedGrant(err)
		}
	}
}

// gaveUp says why the user is not waited for any more.
func gaveUp(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errors.New("nobody signed in there in time; begin anew")
	}
	return fmt.Errorf("waiting for the sign-in: %w", ctx.Err())
}

// refusedGrant is explain at a time when there is no permission to lose yet.
func (c Client) refusedGrant(err error) error {
	err = c.explain(err)
	var gone *Revoked
	if errors.As(err, &gone) {
		return &Denied{Code: "the provider said no", Why: gone.Why}
	}
	return err
}
