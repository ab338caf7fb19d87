package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"postea/config"
	"postea/internal/app"
	"postea/internal/mail"
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
	keyring                     bool
	value                       string // typed, to be written into the file
	caFile, pin, proxy          string
	insecure, noTest            bool
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
	s.StringVar(&f.token, "token-command", "", "a `command` that prints an OAuth token, for --auth oauth2")
	s.StringVar(&f.caFile, "ca-file", "", "certificates (PEM) that replace the system's")
	s.StringVar(&f.pin, "pin", "", "the servers' public key, sha256:…")
	s.StringVar(&f.proxy, "proxy", "", "socks5:// or http:// `URL`")
	s.BoolVar(&f.insecure, "insecure", false, "allow tls none to another machine")
	c.MarkFlagsMutuallyExclusive("password-command", "password-env", "password-keyring")
}

func (e *env) accountAddCommand() *cobra.Command {
	var f accountFlags
	c := &cobra.Command{
		Use: "add [NAME]", Short: "Add an account, by flags or by questions", Args: cobra.MaximumNArgs(1),
		Long: `Add an account. What the flags leave open is asked for where there is a terminal.
The sign-in to both servers is tried before anything is saved, unless --no-test.`,
		Example: `  postea account add
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
	c.Flags().BoolVar(&f.noTest, "no-test", false, "save without signing in first")
	return c
}

func (e *env) addAccount(ctx context.Context, f accountFlags) error { return e.addNamed(ctx, "", f) }

func (e *env) addNamed(ctx context.Context, name string, f accountFlags) error {
	cfg, err := e.loadConfigOrEmpty()
	if err != nil {
		return err
	}
	if strings.Contains(name, "@") && f.address == "" { // account add ADDRESS
		f.address, name = name, ""
	}
	asking := e.inTerminal && (name == "" || f.address == "" || f.imapHost+f.smtpHost == "" || f.secret().Zero() && f.needsSecret())
	p := newPrompter(e)
	secret := ""
	if asking {
		if secret, err = e.askAccount(p, cfg, &name, &f); err != nil {
			return err
		}
	} else if err := f.missing(name); err != nil {
		return err
	}
	f.imapHost, f.imapPort = withPort(f.imapHost, f.imapPort)
	f.smtpHost, f.smtpPort = withPort(f.smtpHost, f.smtpPort)
	if _, taken := cfg.Account(name); taken {
		return exit(exConfig, "there is an account %q already; choose another name, or change it with  postea account edit %s", name, name)
	}
	if f.keyring && secret == "" {
		if secret, err = p.secret("Password"); err != nil {
			return err
		}
	}
	acc, err := f.account(name)
	if err != nil {
		return err
	}
	if !f.noTest {
		if err := e.testBeforeSaving(ctx, p, acc, &f, secret); err != nil {
			return err
		}
	}
	if f.keyring {
		if err := config.StoreKeyring(ctx, config.Key{Account: name, Service: "imap"}, secret); err != nil {
			return &exitError{exCantCreate, fmt.Errorf("%w; use --password-command or --password-env instead", err)}
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

// withPort takes a port off a host that was given as host:port.
func withPort(host string, port int) (string, int) {
	name, after, err := net.SplitHostPort(host)
	if err != nil || port != 0 {
		return host, port
	}
	if n, err := strconv.Atoi(after); err == nil {
		return name, n
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
		need = append(need, "--password-command, --password-env or --password-keyring")
	}
	if len(need) > 0 {
		return exit(exUsage, "without a terminal nothing can be asked: give %s", strings.Join(need, ", "))
	}
	return nil
}

func (f *accountFlags) needsSecret() bool { return f.auth != "none" && f.auth != "oauth2" }

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
	case f.value != "":
		return config.Secret{Value: f.value}
	}
	return config.Secret{}
}

// raw is the account as it is written: only what was said.
func (f *accountFlags) raw(name string) (config.Account, error) {
	if f.command != "" {
		if _, err := config.SplitCommand(f.command); err != nil {
			return config.Account{}, exit(exUsage, "--password-command: %w", err)
		}
	}
	a := config.Account{Name: name, Address: f.address, RealName: f.realName, Aliases: f.aliases}
	server := func(host string, port int, tls, user string) config.Server {
		if host == "" {
			return config.Server{}
		}
		s := config.Server{Host: host, Port: port, TLS: tls, Username: first(user, f.username), Auth: f.auth,
			CAFile: f.caFile, Pin: f.pin, Proxy: f.proxy, Insecure: f.insecure}
		if f.auth != "none" {
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
	return a, nil
}

// account is raw with the defaults filled in.
func (f *accountFlags) account(name string) (config.Account, error) {
	a, err := f.raw(name)
	if err != nil {
		return a, err
	}
	a, err = config.Complete(a)
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
	found := app.Probe(ctx, acc)
	again := false
	for _, s := range found {
		said, at := &f.imapTLS, &acc.IMAP
		if s.Name == "smtp" {
			said, at = &f.smtpTLS, &acc.SMTP
		}
		if s.InClear() && *said == "" {
			*said, at.TLS, again = "starttls", "starttls", true
		}
	}
	if again {
		found = app.Probe(ctx, acc)
	}
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

// changes are the settings that flags of account edit name.
func (f *accountFlags) changes(c *cobra.Command) (map[string]any, error) {
	set := map[string]any{}
	put := func(flag string, value any, keys ...string) {
		if c.Flags().Changed(flag) {
			for _, k := range keys {
				set[k] = value
			}
		}
	}
	put("address", f.address, "address")
	put("real-name", f.realName, "real_name")
	put("alias", f.aliases, "aliases")
	put("imap-host", f.imapHost, "imap.host")
	put("imap-port", f.imapPort, "imap.port")
	put("imap-tls", f.imapTLS, "imap.tls")
	put("smtp-host", f.smtpHost, "smtp.host")
	put("smtp-port", f.smtpPort, "smtp.port")
	put("smtp-tls", f.smtpTLS, "smtp.tls")
	put("username", f.username, "imap.username")
	put("imap-username", f.imapUser, "imap.username")
	put("smtp-username", f.smtpUser, "smtp.username")
	put("auth", f.auth, "imap.auth")
	put("ca-file", f.caFile, "imap.ca_file")
	put("pin", f.pin, "imap.pin")
	put("proxy", f.proxy, "imap.proxy")
	put("insecure", f.insecure, "imap.insecure", "smtp.insecure")
	if s := f.secret(); !s.Zero() {
		set["imap.password"] = s
	}
	if f.token != "" {
		words, err := config.SplitCommand(f.token)
		if err != nil {
			return nil, exit(exUsage, "--token-command: %w", err)
		}
		set["imap.token"] = config.Secret{Command: words}
	}
	return set, nil
}

func (e *env) storeSecret(ctx context.Context, name string) error {
	secret, err := newPrompter(e).secret("Password")
	if err != nil {
		return err
	}
	if err := config.StoreKeyring(ctx, config.Key{Account: name, Service: "imap"}, secret); err != nil {
		return &exitError{exCantCreate, err}
	}
	return nil
}

// askAccount asks for what the flags leave open, and returns the password where
// it is to go into the keyring.
func (e *env) askAccount(p *prompter, cfg *config.Config, name *string, f *accountFlags) (string, error) {
	var err error
	ask := func(what, fallback string, check func(string) string, to *string) {
		if err == nil && *to == "" {
			*to, err = p.line(what, fallback, check)
		}
	}
	ask("Mail address", "", mail.CheckAddrSpec, &f.address)
	_, domain, _ := strings.Cut(f.address, "@")
	ask("Your name", "", nil, &f.realName)
	ask("Name of the account", suggestName(cfg, domain), func(s string) string {
		if _, taken := cfg.Account(s); taken {
			return "there is one of that name"
		}
		return ""
	}, name)
	ask("IMAP server (host, or host:port)", "imap."+domain, nil, &f.imapHost)
	ask("SMTP server (host, or host:port)", "smtp."+domain, nil, &f.smtpHost)
	ask("User name", f.address, nil, &f.username)
	if f.username == f.address {
		f.username = ""
	}
	if err != nil || !f.needsSecret() || !f.secret().Zero() {
		return "", err
	}
	how, err := p.line("Keep the password in the keyring (k), get it by a command (c), or write it into the configuration (w)", "k", func(s string) string {
		if s != "k" && s != "c" && s != "w" {
			return "k, c or w"
		}
		return ""
	})
	switch {
	case err != nil:
		return "", err
	case how == "c":
		f.command, err = p.line("Command, such as: pass show mail/"+*name, "", func(s string) string {
			if _, err := config.SplitCommand(s); err != nil {
				return err.Error()
			}
			return ""
		})
		return "", err
	case how == "w":
		f.value, err = p.secret("Password")
		return "", err
	}
	f.keyring = true
	return p.secret("Password")
}

// suggestName makes a free account name of a domain.
func suggestName(cfg *config.Config, domain string) string {
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
	try := base
	for n := 2; ; n++ {
		if _, taken := cfg.Account(try); !taken {
			return try
		}
		try = fmt.Sprintf("%s%d", base, n)
	}
}
