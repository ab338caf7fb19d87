package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postea/config"
	"postea/internal/app/doctor"
	"postea/internal/app/setup"
)

// accountFlags are the settings of an account as flags.
type accountFlags struct {
	address, realName           string
	aliases                     []string
	imapHost, imapTLS, imapUser string
	smtpHost, smtpTLS, smtpUser string
	imapPort, smtpPort          int
	username, auth              string
	command, variable, token    string
	keyring, encrypted          bool
	value                       string // typed, to be written into the file
	oauth, clientID             string
	clientSecret                string
	keepTokens                  string // set where there is no keyring
	noLookup                    bool
	caFile, pin, proxy          string
	insecure, noTest, browser   bool
	more                        moreFlags
}

func (f *accountFlags) register(c *cobra.Command) {
	s := c.Flags()
	s.StringVar(&f.address, "address", "", "your mail `address`")
	s.StringVar(&f.realName, "real-name", "", "your `name` as others see it")
	s.StringArrayVar(&f.aliases, "alias", nil, "another `address` of yours; may be repeated")
	s.StringVar(&f.imapHost, "imap-host", "", "the `server` where mail is read")
	s.IntVar(&f.imapPort, "imap-port", 0, "its `port` (993 implicit TLS, 143 STARTTLS)")
	s.StringVar(&f.imapTLS, "imap-tls", "", "implicit, starttls or none")
	s.StringVar(&f.imapUser, "imap-username", "", "the user name there, where it differs from --username")
	s.StringVar(&f.smtpHost, "smtp-host", "", "the `server` where mail is submitted")
	s.IntVar(&f.smtpPort, "smtp-port", 0, "its `port` (465 implicit TLS, 587 STARTTLS, 25)")
	s.StringVar(&f.smtpTLS, "smtp-tls", "", "implicit, starttls or none")
	s.StringVar(&f.smtpUser, "smtp-username", "", "the user name there, where it differs from --username")
	s.StringVar(&f.username, "username", "", "the user `name` (default: the address)")
	s.StringVar(&f.auth, "auth", "", "password, strong, oauth2, none or a mechanism's name")
	s.StringVar(&f.command, "password-command", "", "a `command` whose first line of output is the password")
	s.StringVar(&f.variable, "password-env", "", "the environment `variable` that holds the password")
	s.BoolVar(&f.keyring, "password-keyring", false, "keep the password in the system's keyring; it is asked for, or read from standard input")
	s.BoolVar(&f.encrypted, "password-encrypted", false, "keep the password in a file encrypted with a passphrase; both are asked for, or read from standard input")
	s.StringVar(&f.oauth, "oauth2", "", "get OAuth tokens from this `provider`: google, microsoft, yahoo, fastmail, yandex, mailru")
	s.StringVar(&f.clientID, "client-id", "", "the client `id` of your registration with the provider, for --oauth2")
	s.StringVar(&f.clientSecret, "client-secret", "", "the client `secret`, where the provider gave one")
	s.StringVar(&f.token, "token-command", "", "a `command` that prints an OAuth token, for --auth oauth2")
	s.StringVar(&f.caFile, "ca-file", "", "certificates (PEM) that replace the system's")
	s.StringVar(&f.pin, "pin", "", "the servers' public key, sha256:…")
	s.StringVar(&f.proxy, "proxy", "", "socks5:// or http:// `URL`")
	s.BoolVar(&f.insecure, "insecure", false, "allow tls none to another machine")
	c.MarkFlagsMutuallyExclusive("password-command", "password-env", "password-keyring", "password-encrypted")
	c.MarkFlagsMutuallyExclusive("oauth2", "token-command")
	f.more.register(c)
}

func (e *env) accountAddCommand() *cobra.Command {
	var f accountFlags
	c := &cobra.Command{
		Use: "add [ADDRESS|NAME]", Short: "Add an account, by flags or by questions", Args: cobra.MaximumNArgs(1),
		Long: `Add an account. What the flags leave open is found, or asked for where there is a
terminal. The sign-in to both servers is tried before anything is saved, unless
--no-test.

The servers of an address are looked up in a table of providers, at its domain
(autoconfig), in Mozilla's collection of settings, in the DNS, and at usual
names, over TLS only; the address itself is told to nobody. --no-lookup asks
nobody.`,
		Example: `  postea account add ada@example.org
  postea account add ada@gmail.com --oauth2 google --client-id ID
  postea account add work --address ada@example.org --imap-host imap.example.org \
    --smtp-host smtp.example.org --password-command "pass show mail/work"`,
		RunE: func(c *cobra.Command, args []string) error {
			name := ""
			if len(args) == 1 {
				name = args[0]
			}
			return e.addNamed(c.Context(), name, f)
		},
	}
	f.register(c)
	c.Flags().BoolVar(&f.browser, "browser", false, browserUsage)
	c.Flags().BoolVar(&f.noTest, "no-test", false, "save without signing in first")
	c.Flags().BoolVar(&f.noLookup, "no-lookup", false, "ask nobody for the servers of the address")
	return c
}

func (e *env) addNamed(ctx context.Context, name string, f accountFlags) error {
	cfg, err := e.loadConfigOrEmpty()
	if err != nil {
		return err
	}
	if strings.Contains(name, "@") && f.address == "" { // account add ADDRESS
		f.address, name = name, ""
	}
	if _, taken := cfg.Account(name); taken {
		return exit(exConfig, "there is an account %q already; choose another name, or change it with  postea account edit %s", name, name)
	}
	p := newPrompter(e)
	secret, err := e.fillIn(ctx, p, cfg, &name, &f)
	if err != nil {
		return err
	}
	acc, err := f.account(cfg, name)
	if err != nil {
		return err
	}
	if twin, ok := setup.Twin(cfg, acc); ok {
		return exit(exConfig, "account %q reads this mailbox already; change it with  postea account edit %s", twin, twin)
	}
	if f.oauth != "" {
		if err := e.login(ctx, acc, f.browser); err != nil {
			return err
		}
	}
	if !f.noTest {
		if err := e.testBeforeSaving(ctx, p, acc, &f, secret); err != nil {
			return err
		}
	}
	if f.keyring || f.encrypted {
		if err := e.keepPassword(ctx, p, cfg, name, secret, f.keyring); err != nil {
			return err
		}
	}
	raw, err := f.raw(name)
	if err != nil {
		return err
	}
	if err := config.AddAccount(e.configFile(), raw); err != nil {
		return &exitError{exCantCreate, err}
	}
	e.say("account %s is in %s", name, e.configFile())
	return nil
}

// fillIn finds or asks for what the flags leave open, and returns the password where
// it is still to be kept. What is to be encrypted can be when it returns.
func (e *env) fillIn(ctx context.Context, p *prompter, cfg *config.Config, name *string, f *accountFlags) (secret string, err error) {
	if err := e.findServers(ctx, p, cfg, name, f); err != nil {
		return "", err
	}
	if e.inTerminal && (*name == "" || f.address == "" || f.imapHost+f.smtpHost == "" || f.secret().Zero() && f.needsSecret()) {
		if secret, err = e.askAccount(p, cfg, name, f); err != nil {
			return "", err
		}
	} else if err := f.missing(*name); err != nil {
		return "", err
	}
	f.imapHost, f.imapPort = withPort(f.imapHost, f.imapPort)
	f.smtpHost, f.smtpPort = withPort(f.smtpHost, f.smtpPort)
	if (f.keyring || f.encrypted) && secret == "" {
		if secret, err = p.secret("Password"); err != nil {
			return "", err
		}
	}
	if f.encrypted || f.oauth != "" && config.KeyringWorks(ctx) != nil {
		f.keepTokens = "encrypted"
		return secret, e.unlock(p, cfg)
	}
	return secret, nil
}

// withPort takes a port off a host that was given as host:port.
func withPort(host string, port int) (string, int) {
	if h, n, err := setup.HostPort(host); err == nil && port == 0 {
		return h, n
	}
	return host, port
}

func (e *env) loadConfigOrEmpty() (*config.Config, error) {
	if !fileExists(e.configFile()) {
		return config.Parse(e.configFile(), nil)
	}
	account := e.account
	e.account = "" // the one to be added is not there yet
	defer func() { e.account = account }()
	return e.loadConfig(true)
}

// missing says which flags are needed where nobody can be asked.
func (f *accountFlags) missing(name string) error {
	var need []string
	if name == "" {
		need = append(need, "a NAME")
	}
	if f.address == "" {
		need = append(need, "--address")
	}
	if f.imapHost == "" && f.smtpHost == "" {
		need = append(need, "--imap-host and --smtp-host")
	}
	if f.needsSecret() && f.secret().Zero() {
		need = append(need, "--password-command, --password-env, --password-encrypted or --password-keyring")
	}
	if len(need) > 0 {
		return exit(exUsage, "without a terminal nothing can be asked: give %s", strings.Join(need, ", "))
	}
	return nil
}

func (f *accountFlags) needsSecret() bool {
	return f.auth != "none" && f.auth != "oauth2" && f.oauth == ""
}

func (f *accountFlags) secret() config.Secret {
	switch {
	case f.command != "":
		words, err := config.SplitCommand(f.command)
		if err != nil {
			return config.Secret{Command: []string{f.command}}
		}
		return config.Secret{Command: words}
	case f.variable != "":
		return config.Secret{Env: f.variable}
	case f.keyring:
		return config.Secret{Keyring: true}
	case f.encrypted:
		return config.Secret{Encrypted: true}
	case f.value != "":
		return config.Secret{Value: f.value}
	}
	return config.Secret{}
}

// raw is the account as it is written: only what was said.
func (f *accountFlags) raw(name string) (config.Account, error) {
	if err := f.checkCommand(); err != nil {
		return config.Account{}, err
	}
	a := config.Account{Name: name, Address: f.address, RealName: f.realName, Aliases: f.aliases}
	if err := f.more.put(&a); err != nil {
		return a, err
	}
	server := func(host string, port int, tls, user string) config.Server {
		if host == "" {
			return config.Server{}
		}
		s := config.Server{Host: host, Port: port, TLS: tls, Username: first(user, f.username), Auth: f.auth,
			CAFile: f.caFile, Pin: f.pin, Proxy: f.proxy, Insecure: f.insecure}
		if f.auth != "none" && f.oauth == "" {
			s.Password = f.secret()
		}
		if f.token != "" {
			words, err := config.SplitCommand(f.token)
			if err != nil {
				words = []string{f.token}
			}
			s.Token = config.Secret{Command: words}
		}
		return s
	}
	a.IMAP = server(f.imapHost, f.imapPort, f.imapTLS, f.imapUser)
	a.SMTP = server(f.smtpHost, f.smtpPort, f.smtpTLS, f.smtpUser)
	if f.oauth != "" {
		a.OAuth2 = config.OAuth2{Provider: f.oauth, ClientID: f.clientID, ClientSecret: config.Secret{Value: f.clientSecret}, Keep: f.keepTokens}
	}
	return a, nil
}

// account is raw with the defaults filled in.
func (f *accountFlags) account(cfg *config.Config, name string) (config.Account, error) {
	a, err := f.raw(name)
	if err != nil {
		return a, err
	}
	a, err = cfg.Complete(a)
	var problems config.Problems
	if errors.As(err, &problems) {
		for i := range problems {
			problems[i] = config.Problem{Key: problems[i].Key, Text: problems[i].Text}
		}
		var lines []string
		for _, p := range problems {
			lines = append(lines, fmt.Sprintf("%s: %s", p.Key, p.Text))
		}
		return a, exit(exConfig, "%s", strings.Join(lines, "\n"))
	}
	return a, err
}

// testBeforeSaving signs in; where that fails, nothing is saved unless the user
// wants it all the same. A port whose kind of TLS was not said and turns out to
// be one for STARTTLS is noted as such in f.
func (e *env) testBeforeSaving(ctx context.Context, p *prompter, acc config.Account, f *accountFlags, secret string) error {
	if secret != "" { // not in the keyring yet
		given := config.Secret{Value: secret}
		acc.IMAP.Password, acc.SMTP.Password = given, given
	}
	found := doctor.ProbeEither(ctx, acc, func(service string) bool {
		said := &f.imapTLS
		if service == "smtp" {
			said = &f.smtpTLS
		}
		if *said != "" {
			return false
		}
		*said = "starttls"
		return true
	})
	code, err := e.tell(acc, found)
	if err != nil || code == exOK {
		return err
	}
	if e.inTerminal {
		if ok, err := p.yes("Save it all the same", false); err != nil || ok {
			return err
		}
	}
	return exit(code, "the account was not saved; mend it, or use --no-test")
}

// changes are the settings that flags of account edit name; an empty value takes
// a setting away. What is about both servers stands with IMAP, where there is one.
func (f *accountFlags) changes(c *cobra.Command, a config.Account) (map[string]any, error) {
	set := map[string]any{}
	end, ends := "imap.", []string{}
	if a.IMAP.Host != "" || f.imapHost != "" {
		ends = append(ends, "imap.")
	} else {
		end = "smtp."
	}
	if a.SMTP.Host != "" || f.smtpHost != "" {
		ends = append(ends, "smtp.")
	}
	put := func(flag string, value any, keys ...string) {
		if !c.Flags().Changed(flag) {
			return
		}
		for _, k := range keys {
			set[k] = value
		}
	}
	text := func(flag, value string, keys ...string) { put(flag, orNil(value), keys...) }
	port := func(flag string, n int, key string) {
		if put(flag, n, key); n == 0 {
			put(flag, nil, key)
		}
	}
	text("address", f.address, "address")
	text("real-name", f.realName, "real_name")
	put("alias", nil, "aliases")
	if list := slices.DeleteFunc(slices.Clone(f.aliases), func(s string) bool { return s == "" }); len(list) > 0 {
		put("alias", list, "aliases")
	}
	text("imap-host", f.imapHost, "imap.host")
	port("imap-port", f.imapPort, "imap.port")
	text("imap-tls", f.imapTLS, "imap.tls")
	text("smtp-host", f.smtpHost, "smtp.host")
	port("smtp-port", f.smtpPort, "smtp.port")
	text("smtp-tls", f.smtpTLS, "smtp.tls")
	text("username", f.username, end+"username")
	text("imap-username", f.imapUser, "imap.username")
	text("smtp-username", f.smtpUser, "smtp.username")
	if f.oauth != "" {
		set[end+"auth"] = "oauth2" // or the password that is there would go on being used
	}
	text("auth", f.auth, end+"auth")
	text("oauth2", f.oauth, "oauth2.provider")
	text("client-id", f.clientID, "oauth2.client_id")
	text("client-secret", f.clientSecret, "oauth2.client_secret")
	text("ca-file", f.caFile, end+"ca_file")
	text("proxy", f.proxy, end+"proxy")
	for _, at := range ends {
		text("pin", f.pin, at+"pin")
		put("insecure", f.insecure, at+"insecure")
	}
	if err := f.checkCommand(); err != nil {
		return nil, err
	}
	if s := f.secret(); !s.Zero() {
		set[end+"password"] = s
	}
	if f.token != "" {
		words, err := config.SplitCommand(f.token)
		if err != nil {
			return nil, exit(exUsage, "--token-command: %w", err)
		}
		set[end+"token"] = config.Secret{Command: words}
	}
	return set, nil
}

func (f *accountFlags) checkCommand() error {
	if f.command == "" {
		return nil
	}
	if _, err := config.SplitCommand(f.command); err != nil {
		return exit(exUsage, "--password-command: %w", err)
	}
	return nil
}

// storeSecret asks for the password of an account that is there already, and
// puts it where the flags say.
func (e *env) storeSecret(ctx context.Context, cfg *config.Config, name string, f accountFlags) error {
	p := newPrompter(e)
	secret, err := p.secret("Password")
	if err != nil {
		return err
	}
	return e.keepPassword(ctx, p, cfg, name, secret, f.keyring)
}

// keepPassword puts the password of an account into the keyring or among the encrypted
// secrets.
func (e *env) keepPassword(ctx context.Context, p *prompter, cfg *config.Config, account, secret string, keyring bool) error {
	key := config.Key{Account: account, Service: "imap"}
	if keyring {
		if err := config.StoreKeyring(ctx, key, secret); err != nil {
			return &exitError{exCantCreate, fmt.Errorf("%w; --password-encrypted and --password-command of account add and account edit keep it elsewhere", err)}
		}
		return nil
	}
	if err := e.unlock(p, cfg); err != nil {
		return err
	}
	if err := cfg.StoreEncrypted(ctx, key, secret); err != nil {
		return &exitError{exCantCreate, err}
	}
	return nil
}
