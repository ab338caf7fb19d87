package setup

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"postea/config"
	"postea/config/discover"
	"postea/config/oauth"
	"postea/internal/app/clipboard"
	"postea/internal/app/doctor"
	"postea/internal/dial"
	"postea/internal/mail"
)

// What finding the servers of an address gives.
type (
	// Discovery is everything that was found out about an address.
	Discovery = discover.Answer
	// FoundServers are the servers that one source names.
	FoundServers = discover.Found
	// FoundServer is one of them.
	FoundServer = discover.Server
)

// KeepSecret says where a password is kept.
type KeepSecret string

// The places of a secret.
const (
	InKeyring   KeepSecret = "keyring"   // the system's
	InEncrypted KeepSecret = "encrypted" // the file beside the configuration, under a passphrase
	InCommand   KeepSecret = "command"   // a program gives it
)

// SecretPlace is a place for secrets as it is here.
type SecretPlace struct {
	Keep KeepSecret
	Why  string // why it cannot be used; "" where it can
	New  bool   // of InEncrypted: there is none yet, and its passphrase is to be chosen
	Open bool   // of InEncrypted: nobody needs to give the passphrase
}

// NewAccount is an account on its way into the configuration.
type NewAccount struct {
	Name, Address, RealName string
	IMAP, SMTP              Server // SMTP without a Host: only reading
	Keep                    KeepSecret
	Secret                  string // the password; not of InCommand
	Command                 string // of InCommand
	Passphrase              string // of InEncrypted, where it is locked
	OAuth                   *NewOAuth
}

// Server is one end of a NewAccount.
type Server struct {
	Host     string
	Port     int
	TLS      string
	Username string
	Pin      string
}

// Address is host:port.
func (s Server) Address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// NewOAuth is how a NewAccount gets its tokens.
type NewOAuth struct {
	Provider, ClientID, ClientSecret string
	Browser                          bool // even where there is a sign-in by code
	token                            oauth.Token
}

// OAuthStep is what the user does to sign in with OAuth.
type OAuthStep struct {
	Page string // to be opened in a browser
	Code string // to be typed there; "" where the page is enough
}

// Setup adds accounts to a configuration. It needs no open data directory. Its
// methods may be called from several goroutines.
type Setup struct {
	cfg    *config.Config
	finder discover.Finder
	caFile string
	proxy  string
	noAsk  bool
}

// Options are what a Setup needs beside the configuration.
type Options struct {
	Finder discover.Finder // Check is filled in
	CAFile string          // certificates that replace the system's, for servers and in the account
	Proxy  string          // through which alone is asked, and no DNS
	NoAsk  bool            // nobody outside is asked about an address: only the table that is built in
}

// New makes a Setup for a configuration, whose file need not exist.
func New(cfg *config.Config, o Options) *Setup {
	s := &Setup{cfg: cfg, finder: o.Finder, caFile: o.CAFile, proxy: o.Proxy, noAsk: o.NoAsk}
	if o.Proxy != "" {
		s.finder = s.finder.Through(o.Proxy)
	}
	if s.finder.Check == nil {
		s.finder.Check = func(ctx context.Context, service string, at discover.Server) error {
			_, err := s.Reach(ctx, service, Server{Host: at.Host, Port: at.Port, TLS: at.TLS})
			return err
		}
	}
	return s
}

// Clipboard gives text to the clipboard.
func (s *Setup) Clipboard(ctx context.Context, text string) error {
	_ = clipboard.Copy(ctx, text)
	return ctx.Err()
}

// Find finds the servers of an address.
func (s *Setup) Find(ctx context.Context, address string) Discovery {
	if s.noAsk {
		return discover.BuiltInOnly(address)
	}
	return s.finder.Find(ctx, address)
}

// Reach connects to a server without signing in, and tells how long that took.
// Its TLS is verified. The error is a *doctor.ReachError.
func (s *Setup) Reach(ctx context.Context, service string, at Server) (time.Duration, error) {
	took, err := doctor.Reach(ctx, service, dial.Config{Host: at.Host, Port: at.Port, TLS: dial.TLSMode(at.TLS), CAFile: s.caFile, Pin: at.Pin, Proxy: s.proxy})
	if e, ok := errors.AsType[*doctor.ReachError](err); ok {
		e.Text = strings.TrimSuffix(e.Text, adviceInFile)
	}
	return took, err
}

// adviceInFile is for who writes the configuration by hand.
const adviceInFile = "; if you trust this server set ca_file or pin in its account"

// Places tells where a password can be kept on this machine, the best first.
func (s *Setup) Places(ctx context.Context) []SecretPlace {
	ring := SecretPlace{Keep: InKeyring}
	switch err := config.KeyringWorks(ctx); {
	case errors.Is(err, config.ErrKeyringLocked):
		ring.Why = "The keyring of this machine is locked."
	case err != nil:
		ring.Why = "This machine has no keyring."
	}
	file := SecretPlace{Keep: InEncrypted, New: !s.cfg.Vault().Exists() && s.cfg.Vault().Locked(), Open: !s.cfg.Vault().Locked() || s.cfg.UnlocksItself()}
	command := SecretPlace{Keep: InCommand}
	if ring.Why != "" {
		return []SecretPlace{file, command, ring}
	}
	return []SecretPlace{ring, file, command}
}

// Unlock gives the passphrase of the encrypted secrets.
func (s *Setup) Unlock(passphrase string) error { return s.cfg.Vault().Unlock(passphrase) }

// SuggestName makes a free name for an account of an address.
func (s *Setup) SuggestName(address string) string { return SuggestName(s.cfg, address) }

// SuggestName makes a name that no account has, of the domain of an address.
func SuggestName(cfg *config.Config, address string) string {
	_, domain, _ := strings.Cut(address, "@")
	base, _, _ := strings.Cut(strings.ToLower(domain), ".")
	base = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return -1
	}, base)
	if base == "" {
		base = "mail"
	}
	base = base[:min(len(base), 28)]
	try := base
	for n := 2; ; n++ {
		if _, taken := cfg.Account(try); !taken {
			return try
		}
		try = fmt.Sprintf("%s%d", base, n)
	}
}

// Authorize signs in with OAuth. show is called with what the user is to do.
func (s *Setup) Authorize(ctx context.Context, n *NewAccount, show func(OAuthStep)) error {
	acc, err := s.account(*n)
	if err != nil {
		return err
	}
	n.OAuth.token, err = authorize(ctx, acc, n.OAuth.Browser, show)
	return err
}

func authorize(ctx context.Context, acc config.Account, browser bool, show func(OAuthStep)) (oauth.Token, error) {
	c, err := acc.OAuthClient(ctx)
	if err != nil {
		return oauth.Token{}, err
	}
	if c.App.DeviceURL != "" && !browser {
		return c.Device(ctx, func(p oauth.Prompt) { show(OAuthStep{Page: p.Page, Code: p.Code}) })
	}
	return c.Browser(ctx, acc.Address, func(page string) { show(OAuthStep{Page: page}) })
}

// Login signs an account in with OAuth again, and keeps what that gives.
func Login(ctx context.Context, acc config.Account, browser bool, show func(OAuthStep)) error {
	token, err := authorize(ctx, acc, browser, show)
	if err != nil {
		return err
	}
	return acc.KeepToken(ctx, token)
}

// Try signs in to the servers and tells what they show. A port whose kind of TLS
// turns out to be the other one is noted in n.
func (s *Setup) Try(ctx context.Context, n *NewAccount) ([]doctor.Service, error) {
	acc, err := s.account(*n)
	if err != nil {
		return nil, err
	}
	secret := config.Secret{Value: n.Secret}
	switch {
	case n.OAuth != nil:
		acc.IMAP.Token, acc.SMTP.Token = config.Secret{Value: n.OAuth.token.Access}, config.Secret{Value: n.OAuth.token.Access}
	case n.Keep == InCommand:
	default:
		acc.IMAP.Password, acc.SMTP.Password = secret, secret
	}
	found := doctor.ProbeEither(ctx, acc, func(service string) bool {
		if service == "smtp" {
			n.SMTP.TLS = "starttls"
		} else {
			n.IMAP.TLS = "starttls"
		}
		return true
	})
	for i := range found {
		found[i].Text = strings.TrimSuffix(found[i].Text, adviceInFile)
	}
	return found, nil
}

// Save keeps the secret and writes the account into the configuration, in this
// order: an account without its secret is never there.
func (s *Setup) Save(ctx context.Context, n NewAccount) error {
	acc, err := s.account(n)
	if err != nil {
		return err
	}
	if n.Keep == InEncrypted && s.cfg.Vault().Locked() && !s.cfg.UnlocksItself() {
		if err := s.cfg.Vault().Unlock(n.Passphrase); err != nil {
			return err
		}
	}
	key := config.Key{Account: n.Name, Service: "imap"}
	switch {
	case n.OAuth != nil:
		err = acc.KeepToken(ctx, n.OAuth.token)
	case n.Keep == InKeyring:
		err = config.StoreKeyring(ctx, key, n.Secret)
	case n.Keep == InEncrypted:
		err = s.cfg.StoreEncrypted(ctx, key, n.Secret)
	}
	if err != nil {
		return err
	}
	return config.AddAccount(s.cfg.Path, s.raw(n))
}

// account is what will be written, with the defaults filled in. Its error says
// in one line what is wrong.
func (s *Setup) account(n NewAccount) (config.Account, error) {
	if _, taken := s.cfg.Account(n.Name); taken {
		return config.Account{}, fmt.Errorf("there is an account %q already", n.Name)
	}
	if why := mail.CheckAddrSpec(n.Address); why != "" {
		return config.Account{}, fmt.Errorf("%q: %s", n.Address, why)
	}
	if n.Keep == InCommand && n.OAuth == nil {
		if _, err := config.SplitCommand(n.Command); err != nil {
			return config.Account{}, fmt.Errorf("the command: %w", err)
		}
	}
	acc, err := s.cfg.Complete(s.raw(n))
	var problems config.Problems
	if errors.As(err, &problems) && len(problems) > 0 {
		return acc, fmt.Errorf("%s: %s", problems[0].Key, problems[0].Text)
	}
	if twin, ok := Twin(s.cfg, acc); ok {
		return acc, fmt.Errorf("account %q reads this mailbox already", twin)
	}
	return acc, err
}

// Twin names the account that reads the same mailbox as one that is to be added: each of
// its messages would be there twice.
func Twin(cfg *config.Config, acc config.Account) (name string, ok bool) {
	at := acc.IMAP
	i := slices.IndexFunc(cfg.Accounts, func(a config.Account) bool {
		return at.Host != "" && strings.EqualFold(a.IMAP.Host, at.Host) && a.IMAP.Port == at.Port && a.IMAP.Username == at.Username
	})
	if i < 0 {
		return "", false
	}
	return cfg.Accounts[i].Name, true
}

func (s *Setup) raw(n NewAccount) config.Account {
	a := config.Account{Name: n.Name, Address: n.Address, RealName: n.RealName}
	var secret config.Secret
	switch n.Keep {
	case InKeyring:
		secret.Keyring = true
	case InEncrypted:
		secret.Encrypted = true
	case InCommand:
		secret.Command, _ = config.SplitCommand(n.Command) // looked at by account
	}
	end := func(at Server) config.Server {
		if at.Host == "" {
			return config.Server{}
		}
		out := config.Server{Host: at.Host, Port: at.Port, TLS: at.TLS, Pin: at.Pin, CAFile: s.caFile}
		if at.Username != n.Address {
			out.Username = at.Username
		}
		if n.OAuth == nil {
			out.Password = secret
		}
		return out
	}
	a.IMAP, a.SMTP = end(n.IMAP), end(n.SMTP)
	if a.SMTP.Host != "" && a.SMTP.Username == "" && a.IMAP.Username != "" {
		a.SMTP.Username = n.SMTP.Username // or it would be that of IMAP
	}
	if o := n.OAuth; o != nil {
		a.OAuth2 = config.OAuth2{Provider: o.Provider, ClientID: o.ClientID, ClientSecret: config.Secret{Value: o.ClientSecret}}
		if n.Keep == InEncrypted {
			a.OAuth2.Keep = "encrypted"
		}
	}
	return a
}

// HostPort reads HOST, HOST:PORT, and [::1]:PORT; the port is 0 where there is none.
func HostPort(s string) (host string, port int, err error) {
	s = strings.TrimSpace(s)
	var text string
	cut := false
	if h, p, err := net.SplitHostPort(s); err == nil {
		host, text, cut = h, p, true
	} else {
		host = strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	}
	if host == "" || strings.ContainsAny(host, " /\\@") {
		return "", 0, fmt.Errorf("%q is no host; say HOST or HOST:PORT", s)
	}
	if !cut {
		return host, 0, nil
	}
	port, err = strconv.Atoi(text)
	if err != nil || port < 1 || port > 65535 {
		return "", 0, fmt.Errorf("%q: the port is a number from 1 to 65535", s)
	}
	return host, port, nil
}
