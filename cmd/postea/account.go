package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postea/config"
	"postea/internal/app"
)

func (e *env) accountCommand() *cobra.Command {
	c := &cobra.Command{Use: "account", Short: "Add, import, list, test, sign in, change and remove accounts", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return exit(exUsage, "say add, import, list, test, login, edit or remove; see  postea account --help")
		}}
	c.AddCommand(e.accountAddCommand(), e.accountListCommand(), e.accountTestCommand(), e.accountLoginCommand(), e.accountImportCommand(), e.accountEditCommand(), e.accountRemoveCommand())
	return c
}

func (e *env) accountListCommand() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List the accounts", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := e.loadConfig(true)
			if err != nil {
				return err
			}
			for _, a := range c.Accounts {
				if e.account != "" && a.Name != e.account {
					continue
				}
				if e.json {
					if err := e.emit(accountOut(a)); err != nil {
						return err
					}
					continue
				}
				e.print("%s", strings.TrimRight(fmt.Sprintf("%s  %s  %s  %s", pad(a.Name, 14), pad(a.Address, 30), pad(serverWords(a.IMAP), 34), serverWords(a.SMTP)), " "))
			}
			return nil
		}}
}

func serverWords(s config.Server) string {
	if s.Host == "" {
		return "-"
	}
	return fmt.Sprintf("%s:%d %s", s.Host, s.Port, s.TLS)
}

type accountJSON struct {
	Name     string      `json:"name"`
	Address  string      `json:"address"`
	RealName *string     `json:"real_name"`
	Aliases  []string    `json:"aliases"`
	IMAP     *serverJSON `json:"imap"`
	SMTP     *serverJSON `json:"smtp"`
}

type serverJSON struct {
	Host     string `json:"host"`
	Port     int    `json:"port"`
	TLS      string `json:"tls"`
	Username string `json:"username"`
	Auth     string `json:"auth"`
}

func accountOut(a config.Account) accountJSON {
	server := func(s config.Server) *serverJSON {
		if s.Host == "" {
			return nil
		}
		return &serverJSON{s.Host, s.Port, s.TLS, s.Username, s.Auth}
	}
	return accountJSON{a.Name, a.Address, orNull(a.RealName), append([]string{}, a.Aliases...), server(a.IMAP), server(a.SMTP)}
}

func (e *env) accountTestCommand() *cobra.Command {
	return &cobra.Command{
		Use: "test [NAME…]", Short: "Sign in to the servers of accounts and tell what they offer",
		Long: `Sign in to IMAP and SMTP of the accounts named, or of all of them, and tell what
the servers offer, how much room is left, and what to do about what is not as it
should be; and what the DNS says about mail from the address's domain (SPF,
DMARC). Nothing is changed. The exit code is that of the worst sign-in.`,
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := e.loadConfig(false)
			if err != nil {
				return err
			}
			if err := e.unlockForUse(cfg); err != nil {
				return err
			}
			if len(args) == 0 {
				args = accountNames(cfg)
			}
			if e.account != "" {
				args = []string{e.account}
			}
			code := exOK
			for _, name := range args {
				acc, ok := cfg.Account(name)
				if !ok {
					return exit(exConfig, "there is no account %q; there are: %s", name, strings.Join(accountNames(cfg), ", "))
				}
				n, err := e.probe(c.Context(), acc)
				if err != nil {
					return err
				}
				code = worse(code, n)
				domain := app.Domain(c.Context(), acc.Address, nil)
				if _, err := e.tell(acc, []app.Service{domain}); err != nil {
					return err
				}
			}
			if code != exOK {
				return &exitError{code: code}
			}
			return nil
		},
	}
}

// worse gives the code that needs the user more.
func worse(a, b int) int {
	rank := map[int]int{exOK: 0, exTempFail: 1, exUnavailable: 2, exNoPerm: 3, exConfig: 4}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

type serviceJSON struct {
	Account string   `json:"account"`
	Service string   `json:"service"`
	Server  string   `json:"server"`
	OK      bool     `json:"ok"`
	TLS     *string  `json:"tls"`
	TookMS  int64    `json:"took_ms"`
	Offers  []string `json:"offers"`
	Folders []string `json:"folders"`
	MaxSize *int64   `json:"max_size"`
	Used    *int64   `json:"used"`
	Room    *int64   `json:"room"`
	Ends    *string  `json:"certificate_ends"`
	Advice  []string `json:"advice"`
	Error   *string  `json:"error"`
}

// probe tests one account, tells what was found, and returns the exit code.
func (e *env) probe(ctx context.Context, acc config.Account) (int, error) {
	return e.tell(acc, app.Probe(ctx, acc))
}

// tell prints what a test has shown.
func (e *env) tell(acc config.Account, found []app.Service) (int, error) {
	code := exOK
	for _, s := range found {
		if s.Err != nil && s.Name != "domain" {
			code = worse(code, codeOf(s.Err))
		}
		if e.json {
			if err := e.emit(serviceJSON{acc.Name, s.Name, s.Server, s.Err == nil, orNull(s.TLS), s.Took.Milliseconds(),
				append([]string{}, s.Offers...), append([]string{}, s.Folders...), orNull(s.MaxSize),
				orNull(s.Used), orNull(s.Room), timeOrNull(s.CertificateEnds), append([]string{}, s.Advice...), orNull(s.Text)}); err != nil {
				return code, err
			}
			continue
		}
		if s.Name == "domain" {
			e.tellDomain(acc, s)
			continue
		}
		head := fmt.Sprintf("%s  %s  %s", pad(acc.Name, 12), s.Name, s.Server)
		if s.Err != nil {
			fmt.Fprintf(e.stderr, "%s  FAILED\n  %s\n", head, app.SafeLine(s.Text))
			continue
		}
		e.print("%s  ok  %s  %d ms", head, or(s.TLS, "no TLS"), s.Took.Round(time.Millisecond).Milliseconds())
		if len(s.Folders) > 0 {
			e.print("  folders  %s", app.SafeLine(strings.Join(s.Folders, " · ")))
		}
		if s.MaxSize > 0 {
			e.print("  takes    messages of up to %s", byteSize(s.MaxSize))
		}
		if s.Room > 0 {
			e.print("  room     %s of %s used", byteSize(s.Used), byteSize(s.Room))
		}
		e.print("  offers   %s", app.SafeLine(strings.Join(s.Offers, " ")))
		e.advise(s)
	}
	return code, nil
}

// tellDomain says what the DNS says; that nobody answers is no fault of the account.
func (e *env) tellDomain(acc config.Account, s app.Service) {
	e.print("%s  domain  %s", pad(acc.Name, 12), app.SafeLine(s.Server))
	if s.Err != nil {
		e.print("  not looked at: %s", app.SafeLine(s.Text))
		return
	}
	for _, o := range s.Offers {
		e.print("  says     %s", app.SafeLine(o))
	}
	e.advise(s)
}

func (e *env) advise(s app.Service) {
	for _, a := range s.Advice {
		e.print("  advice   %s", app.SafeLine(a))
	}
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

func (e *env) accountRemoveCommand() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use: "remove NAME", Short: "Forget an account and the copy of its mail here", Args: cobra.ExactArgs(1),
		Long: `Take an account out of the configuration and forget the copy of its mail that is
kept here; nothing on its servers is touched. Drafts and the outbox stay.`,
		RunE: func(c *cobra.Command, args []string) error {
			name := args[0]
			if !yes {
				if !e.inTerminal {
					return exit(exUsage, "removing an account asks first; without a terminal say --yes")
				}
				ok, err := newPrompter(e).yes(fmt.Sprintf("Remove account %s", name), false)
				if err != nil || !ok {
					return err
				}
			}
			return e.removeAccount(c.Context(), name)
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

func (e *env) removeAccount(ctx context.Context, name string) error {
	cfg, err := e.loadConfig(false)
	if err != nil {
		return err
	}
	acc, ok := cfg.Account(name)
	if !ok {
		return exit(exConfig, "there is no account %q; there are: %s", name, strings.Join(accountNames(cfg), ", "))
	}
	a, err := e.openWith(ctx, cfg, false)
	if err != nil {
		return err
	}
	defer a.Close()
	if open, err := a.OpenSends(ctx, name); err != nil || open > 0 {
		if err == nil {
			err = exit(exTempFail, "%d messages of %s have not been sent yet: see  postea outbox list", open, name)
		}
		return err
	}
	if err := config.RemoveAccount(cfg.Path, name); err != nil {
		return &exitError{exCantCreate, err}
	}
	if err := a.Forget(ctx, name); err != nil {
		return err
	}
	if acc.IMAP.Password.Keyring || acc.SMTP.Password.Keyring {
		if err := config.DeleteKeyring(ctx, name); err != nil {
			e.say("%v", err)
		}
	}
	if acc.OAuth2.Used() && acc.OAuth2.Keep != "encrypted" {
		if err := config.DeleteKeyring(ctx, name); err != nil {
			e.say("%v", err)
		}
	}
	if acc.IMAP.Password.Encrypted || acc.SMTP.Password.Encrypted || acc.OAuth2.Keep == "encrypted" {
		if err := cfg.DeleteEncrypted(ctx, name); err != nil {
			e.say("%v", err)
		}
	}
	e.say("account %s is removed", name)
	return nil
}

func (e *env) accountEditCommand() *cobra.Command {
	var f accountFlags
	c := &cobra.Command{
		Use: "edit NAME --FLAG VALUE…", Short: "Change settings of an account", Args: cobra.ExactArgs(1),
		Long: `Change the settings named by flags and leave the rest of the file, comments
included, as it is.`,
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := e.loadConfig(false)
			if err != nil {
				return err
			}
			if _, ok := cfg.Account(args[0]); !ok {
				return exit(exConfig, "there is no account %q; there are: %s", args[0], strings.Join(accountNames(cfg), ", "))
			}
			set, err := f.changes(c)
			if err != nil {
				return err
			}
			if len(set) == 0 && !f.keyring {
				return exit(exUsage, "say what to change; see  postea account edit --help")
			}
			if f.keyring {
				if err := e.storeSecret(c.Context(), args[0]); err != nil {
					return err
				}
			}
			if err := config.EditAccount(cfg.Path, args[0], set); err != nil {
				var problems config.Problems
				if errors.As(err, &problems) {
					return &exitError{exConfig, fmt.Errorf("nothing was changed: %w", err)}
				}
				return &exitError{exCantCreate, err}
			}
			return e.unblock(c.Context(), args[0])
		},
	}
	f.register(c)
	return c
}

// unblock lets messages that waited for better settings go again.
func (e *env) unblock(ctx context.Context, name string) error {
	a, err := e.open(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Unblock(ctx, name)
}
