package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"postea/config"
	"postea/internal/app"
)

func (e *env) accountCommand() *cobra.Command {
	c := &cobra.Command{Use: "account", Short: "Add, import, list, show, test, sign in, change and remove accounts", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return exit(exUsage, "say add, import, list, show, test, login, edit or remove; see  postea account --help")
		}}
	c.AddCommand(e.accountAddCommand(), e.accountListCommand(), e.accountShowCommand(), e.accountTestCommand(), e.accountLoginCommand(), e.accountImportCommand(), e.accountEditCommand(), e.accountRemoveCommand())
	return c
}

func (e *env) accountListCommand() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List the accounts", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := e.loadConfig(true)
			if err != nil {
				return err
			}
			if len(c.Accounts) == 0 {
				e.say("there is no account yet: add one with  postea account add")
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

// userWords says as whom postea signs in.
func userWords(s config.Server) string {
	if s.Auth == "none" {
		return "without a sign-in"
	}
	return "as " + s.Username
}

type accountJSON struct {
	Name     string      `json:"name"`
	Address  string      `json:"address"`
	RealName *string     `json:"real_name"`
	Aliases  []string    `json:"aliases"`
	IMAP     *serverJSON `json:"imap"`
	SMTP     *serverJSON `json:"smtp"`

	Identities []identityJSON    `json:"identities"`
	Folders    map[string]string `json:"folders"`
	Color      *string           `json:"color"`
	Bodies     *string           `json:"bodies"`
	Depth      string            `json:"depth"`
	Drafts     string            `json:"drafts"`
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
	folders := map[string]string{}
	for role, name := range a.Folders {
		folders[string(role)] = name
	}
	return accountJSON{
		Name: a.Name, Address: a.Address, RealName: orNull(a.RealName), Aliases: append([]string{}, a.Aliases...), IMAP: server(a.IMAP), SMTP: server(a.SMTP),
		Identities: identitiesOut(a), Folders: folders, Color: orNull(a.Color), Bodies: orNull(a.Bodies), Depth: a.Depth.String(), Drafts: or(a.Drafts, "server"),
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
kept here; nothing on its servers is touched. Drafts and what was sent stay. An
account stays too while a message of it waits to be sent, or another postea runs.`,
		RunE: func(c *cobra.Command, args []string) error {
			if !yes && !e.inTerminal {
				return exit(exUsage, "removing an account asks first; without a terminal say --yes")
			}
			return e.removeAccount(c.Context(), args[0], yes)
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

func (e *env) removeAccount(ctx context.Context, called string, sure bool) error {
	cfg, err := e.loadConfig(false)
	if err != nil {
		return err
	}
	acc, err := accountCalled(cfg, called)
	if err != nil {
		return err
	}
	name := acc.Name
	a, err := e.openWith(ctx, app.Options{Config: cfg})
	if err != nil {
		return err
	}
	defer a.Close()
	if open, err := a.OpenSends(ctx, name); err != nil || open > 0 {
		if err == nil {
			err = exit(exTempFail, "account %s stays: %s of it not sent yet; see  postea outbox list, and let it go out or cancel it", name, app.Counted(open, "message"))
		}
		return err
	}
	lost := ""
	switch n, err := a.Pending(ctx, name); {
	case err != nil:
		return err
	case n > 0:
		lost = fmt.Sprintf(", with what was done to %s and its server has not been told of", app.Counted(n, "message"))
	}
	if !sure {
		if ok, err := newPrompter(e).yes("Remove account "+name+lost, false); err != nil || !ok {
			return err
		}
	}
	alone, clean, err := a.Forget(ctx, name, func() error { return config.RemoveAccount(cfg.Path, name) })
	switch {
	case err != nil:
		return &exitError{exCantCreate, err}
	case !alone:
		return exit(exTempFail, "account %s stays: another postea looks after it, and would fetch its mail again; end that one first", name)
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
	e.say("account %s is removed%s", name, lost)
	if !clean {
		e.say("mail.db holds pieces of its mail until they are written over: remove that file to be rid of them at once; the rest is fetched again")
	}
	return nil
}

func (e *env) accountEditCommand() *cobra.Command {
	var f accountFlags
	c := &cobra.Command{
		Example: `  postea account edit work --color blue --depth 2y --bodies all
  postea account edit work --role "sent=Sent Items" --role archive=Archive/2026
  postea account edit work --identity "Ada at the club <ada@club.example>"`,
		Use: "edit NAME --FLAG VALUE…", Short: "Change settings of an account", Args: cobra.ExactArgs(1),
		Long: `Change the settings named by flags and leave the rest of the file, comments
included, as it is. An empty value takes a setting away.`,
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := e.loadConfig(false)
			if err != nil {
				return err
			}
			acc, err := accountCalled(cfg, args[0])
			if err != nil {
				return err
			}
			set, err := f.changes(c, acc)
			if err != nil {
				return err
			}
			if err := f.more.changes(c, acc, set); err != nil {
				return err
			}
			if len(set) == 0 {
				return exit(exUsage, "say what to change; see  postea account edit --help")
			}
			if f.oauth != "" && acc.OAuth2.Keep == "" && config.KeyringWorks(c.Context()) != nil {
				set["oauth2.keep"] = "encrypted"
			}
			if f.keyring || f.encrypted {
				if err := e.storeSecret(c.Context(), cfg, acc.Name, f); err != nil {
					return err
				}
			}
			if err := config.EditAccount(cfg.Path, acc.Name, set); err != nil {
				var problems config.Problems
				if errors.As(err, &problems) {
					return &exitError{exConfig, fmt.Errorf("nothing was changed: %w", err)}
				}
				return &exitError{exCantCreate, err}
			}
			if f.oauth != "" {
				e.say("postea account login %s  signs in with it", acc.Name)
			}
			return e.unblock(c.Context(), acc.Name)
		},
	}
	f.register(c)
	f.more.registerEdit(c)
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
