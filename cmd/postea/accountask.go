package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"postea/config"
	"postea/config/vault"
	"postea/internal/app"
	"postea/internal/app/setup"
	"postea/internal/mail"
)

// findServers looks for the servers of the address where no flag names them.
// What was found is shown, and taken only where somebody confirms it or more
// than the DNS speaks for it.
func (e *env) findServers(ctx context.Context, p *prompter, cfg *config.Config, name *string, f *accountFlags) error {
	if f.imapHost+f.smtpHost != "" {
		return nil
	}
	if f.address == "" {
		if !e.inTerminal {
			return nil
		}
		var err error
		if f.address, err = p.line("Mail address", "", mail.CheckAddrSpec); err != nil {
			return err
		}
	}
	if *name == "" && !e.inTerminal {
		*name = setup.SuggestName(cfg, f.address)
	}
	if !f.noLookup {
		e.say("looking for the servers of %s", f.address)
	}
	found := setup.New(cfg, setup.Options{CAFile: f.caFile, Proxy: f.proxy, NoAsk: f.noLookup}).Find(ctx, f.address)
	if found.No != "" {
		return exit(exUnavailable, "%s: %s", f.address, found.No)
	}
	b := found.Best
	if b == nil {
		for _, s := range found.Steps {
			e.say("%s (%s): %s", s.Source, s.Where, s.Text)
		}
		if e.inTerminal {
			return nil // askAccount asks
		}
		if found.Unheard {
			return exit(exUnavailable, "nobody who was asked about the servers of %s can be reached: is there a network? Try again, or give --imap-host and --smtp-host", f.address)
		}
		return exit(exUnavailable, "the servers of %s were not found: give --imap-host and --smtp-host", f.address)
	}
	e.tellFound(b)
	if e.inTerminal {
		ok, err := p.yes("Use these servers", true)
		if err != nil || !ok {
			return err
		}
	} else if len(b.Unvouched) > 0 {
		return exit(exUnavailable, "only the DNS, which anybody on the way can forge, names %s: if that is right, give --imap-host and --smtp-host", strings.Join(b.Unvouched, ", "))
	}
	take := func(list []setup.FoundServer, host *string, port *int, tls, user *string) {
		if len(list) == 0 {
			return
		}
		s := list[0]
		*host, *port, *tls = s.Host, s.Port, s.TLS
		if *user == "" && f.username == "" && s.Username != f.address {
			*user = s.Username
		}
	}
	take(b.IMAP, &f.imapHost, &f.imapPort, &f.imapTLS, &f.imapUser)
	take(b.SMTP, &f.smtpHost, &f.smtpPort, &f.smtpTLS, &f.smtpUser)
	if f.imapUser != "" && f.smtpUser == "" {
		f.smtpUser = f.address // or it would be that of IMAP
	}
	if b.OAuth != "" && !b.IMAP[0].Password && f.oauth == "" && f.token == "" {
		return exit(exUsage, "%s takes OAuth 2 only: register postea there and say --oauth2 %s --client-id ID, or use --token-command (docs/accounts.md has the steps)", b.Provider, b.OAuth)
	}
	return nil
}

// tellFound says which servers were found, and how.
func (e *env) tellFound(b *setup.FoundServers) {
	how := b.Source.String()
	if b.Where != "" {
		how += ", " + b.Where
	}
	line := func(service string, s setup.FoundServer) {
		e.say("%s  %s:%d  %s  as %s", service, s.Host, s.Port, s.TLS, s.Username)
	}
	e.say("found (%s): %s", how, or(b.Provider, "the servers"))
	line("IMAP", b.IMAP[0])
	if len(b.SMTP) > 0 {
		line("SMTP", b.SMTP[0])
	}
	if b.Hint != "" {
		e.say("%s", strings.TrimSpace(b.Hint+" "+b.URL))
	}
	if len(b.Unvouched) > 0 {
		e.say("only the DNS names %s: check that this is your provider", strings.Join(b.Unvouched, ", "))
	}
}

// askAccount asks for what the flags leave open, and returns the password where
// it is still to be kept.
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
	ask("Name of the account", setup.SuggestName(cfg, f.address), func(s string) string {
		if _, taken := cfg.Account(s); taken {
			return "there is one of that name"
		}
		return ""
	}, name)
	found := f.imapHost+f.smtpHost != ""
	if !found {
		ask("IMAP server (host, or host:port)", "imap."+domain, nil, &f.imapHost)
		ask("SMTP server (host, or host:port)", "smtp."+domain, nil, &f.smtpHost)
		ask("User name", f.address, nil, &f.username)
		if f.username == f.address {
			f.username = ""
		}
	}
	if err != nil || !f.needsSecret() || !f.secret().Zero() {
		return "", err
	}
	fallback := "k"
	if config.KeyringWorks(context.Background()) != nil {
		fallback = "e"
	}
	how, err := p.line("Keep the password in the keyring (k) or in an encrypted file (e), or get it by a command (c)", fallback, func(s string) string {
		if s != "k" && s != "e" && s != "c" {
			return "k, e or c"
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
	}
	f.keyring, f.encrypted = how == "k", how == "e"
	return p.secret("Password")
}

// unlock asks for the passphrase of the encrypted secrets, twice where it is to
// be a new one, unless the configuration says where it comes from.
func (e *env) unlock(p *prompter, cfg *config.Config) error {
	v := cfg.Vault()
	if !v.Locked() || cfg.UnlocksItself() {
		return nil
	}
	fresh := !v.Exists()
	for {
		what := "Passphrase of the encrypted secrets"
		if fresh {
			what = "A new passphrase for the encrypted secrets"
		}
		phrase, err := p.secret(what)
		if err != nil {
			return err
		}
		if fresh && e.inTerminal {
			again, err := p.secret("Once more")
			if err != nil {
				return err
			}
			if again != phrase {
				e.say("they differ")
				continue
			}
		}
		err = v.Unlock(phrase)
		if errors.Is(err, vault.ErrPassphrase) && e.inTerminal {
			e.say("%v", err)
			continue
		}
		if err != nil {
			return &exitError{exNoPerm, err}
		}
		return nil
	}
}

// unlockForUse asks for the passphrase where an account needs it and a person is there.
func (e *env) unlockForUse(cfg *config.Config) error {
	if !e.inTerminal || !cfg.NeedsPassphrase() {
		return nil
	}
	return e.unlock(newPrompter(e), cfg)
}

// login signs an account in with OAuth, telling the user what to do.
func (e *env) login(ctx context.Context, acc config.Account, browser bool) error {
	err := setup.Login(ctx, acc, browser, func(s setup.OAuthStep) {
		if s.Code != "" {
			fmt.Fprintf(e.stderr, "\n  Open  %s\n  and type the code  %s\n\n", app.SafeLine(s.Page), app.SafeLine(s.Code))
			return
		}
		fmt.Fprintf(e.stderr, "\n  Open this page in a browser on this machine:\n\n  %s\n\n", app.SafeLine(s.Page))
	})
	if err == nil || ctx.Err() != nil {
		return err
	}
	return exit(exNoPerm, "account %s was not signed in: %w", acc.Name, err)
}

const browserUsage = "use the browser of this machine even where the provider has a sign-in by code"

func (e *env) accountLoginCommand() *cobra.Command {
	var browser bool
	c := &cobra.Command{
		Use: "login NAME", Short: "Sign in anew: OAuth in the browser, or another password", Args: cobra.ExactArgs(1),
		ValidArgsFunction: e.completeAccounts,
		Long: `Sign an account in anew. With [account.oauth2] the provider's page is opened in a
browser, or a code is shown that is typed on another device; the tokens are kept
as oauth2.keep says. Otherwise the password is asked for, tried, and put where
the account keeps it: the keyring or the encrypted file.`,
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := e.loadConfig(false)
			if err != nil {
				return err
			}
			acc, err := accountCalled(cfg, args[0])
			if err != nil {
				return err
			}
			if err := e.loginAgain(c.Context(), cfg, acc, browser); err != nil {
				return err
			}
			e.say("account %s is signed in", acc.Name)
			return e.unblock(c.Context(), acc.Name)
		},
	}
	c.Flags().BoolVar(&browser, "browser", false, browserUsage)
	return c
}

func (e *env) loginAgain(ctx context.Context, cfg *config.Config, acc config.Account, browser bool) error {
	p := newPrompter(e)
	if acc.OAuth2.Used() {
		if acc.OAuth2.Keep == "encrypted" {
			if err := e.unlock(p, cfg); err != nil {
				return err
			}
		}
		return e.login(ctx, acc, browser)
	}
	place := acc.IMAP.Password
	if acc.IMAP.Host == "" {
		place = acc.SMTP.Password
	}
	if !place.Keyring && !place.Encrypted {
		return exit(exUsage, "the password of account %s comes from elsewhere; change it there, or see  postea account edit --help", acc.Name)
	}
	secret, err := p.secret("Password")
	if err != nil {
		return err
	}
	trial := acc
	trial.IMAP.Password, trial.SMTP.Password = config.Secret{Value: secret}, config.Secret{Value: secret}
	if code, err := e.probe(ctx, trial); err != nil || code != exOK {
		if err == nil {
			err = exit(code, "the password was not kept")
		}
		return err
	}
	return e.keepPassword(ctx, p, cfg, acc.Name, secret, place.Keyring)
}
