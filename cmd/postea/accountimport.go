package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postea/config"
	"postea/config/takeover"
	"postea/internal/app"
	"postea/internal/app/setup"
)

func (e *env) accountImportCommand() *cobra.Command {
	var how setup.TakeOver
	var keep string
	c := &cobra.Command{
		Use: "import [PROGRAM [FILE]]", Short: "Take over accounts from aerc, himalaya, mutt, Thunderbird, mbsync and msmtp", Args: cobra.MaximumNArgs(2),
		Long: `Take over the accounts that other mail programs have: aerc, himalaya, mutt
(neomutt too), thunderbird, mbsync (isync) and msmtp. Without a program all of
them are looked for, where their files usually are; with one, FILE is its
configuration, or a profile of Thunderbird. One that only reads goes together
with one that only sends for the same address.

A command that gives a password stays that command. A password that stands in a
file goes into the keyring or, where there is none, into the encrypted file.
Thunderbird keeps passwords under a key of its own: those are asked for by
postea account login. Accounts that sign in by OAuth need a --client-id of your
own, and are signed in afterwards.

An account whose address is in the configuration already stays as it is. Nothing
of the other program is changed. What was not taken over is told with the reason.`,
		Example: `  postea account import --dry-run
  postea account import mutt ~/.config/neomutt/neomuttrc
  postea account import thunderbird --keep encrypted`,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			return programNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			program, file := "", ""
			if len(args) > 0 {
				program = strings.ToLower(args[0])
				switch program {
				case "neomutt":
					program = string(takeover.Mutt)
				case "isync":
					program = string(takeover.Mbsync)
				}
				if !slices.Contains(programNames(), program) {
					return exit(exUsage, "%q is not one of %s", args[0], strings.Join(programNames(), ", "))
				}
			}
			if len(args) > 1 {
				file = args[1]
			}
			switch keep {
			case "", string(setup.InKeyring), string(setup.InEncrypted):
				how.Keep = setup.KeepSecret(keep)
			default:
				return exit(exUsage, "--keep takes keyring or encrypted, not %q", keep)
			}
			return e.importAccounts(c.Context(), takeover.Program(program), file, how)
		},
	}
	s := c.Flags()
	s.BoolVar(&how.DryRun, "dry-run", false, "only tell what would be taken over")
	s.StringVar(&keep, "keep", "", "where passwords go: keyring or encrypted (default: the keyring, where there is one)")
	s.StringVar(&how.ClientID, "client-id", "", "the client `id` of your registration, for accounts that sign in by OAuth")
	s.StringVar(&how.ClientSecret, "client-secret", "", "the client `secret`, where the provider gave one")
	return c
}

func programNames() []string {
	var out []string
	for _, p := range takeover.Programs() {
		out = append(out, string(p))
	}
	return out
}

func (e *env) importAccounts(ctx context.Context, program takeover.Program, file string, how setup.TakeOver) error {
	cfg, err := e.loadConfigOrEmpty()
	if err != nil {
		return err
	}
	found, problems := setup.Foreign(program, file)
	for _, p := range problems {
		e.say("%v", p)
	}
	if len(found) == 0 {
		if len(problems) > 0 {
			return exit(exNoInput, "nothing could be read")
		}
		return exit(exNoInput, "there are no accounts of %s; say where its file is:  postea account import PROGRAM FILE", or(string(program), strings.Join(programNames(), ", ")))
	}
	if how.Keep == "" {
		how.Keep = setup.InKeyring
		if config.KeyringWorks(ctx) != nil {
			how.Keep = setup.InEncrypted
		}
	}
	plain := slices.ContainsFunc(found, func(f takeover.Found) bool {
		return f.Account.IMAP.Password.Value+f.Account.SMTP.Password.Value != ""
	})
	if plain && how.Keep == setup.InEncrypted && !how.DryRun {
		if err := e.unlock(newPrompter(e), cfg); err != nil {
			return err
		}
	}
	taken, err := setup.New(cfg, setup.Options{}).TakeOver(ctx, found, how)
	if showErr := e.showTaken(taken, how.DryRun); showErr != nil {
		return showErr
	}
	if err != nil {
		return &exitError{exCantCreate, err}
	}
	return nil
}

type takenJSON struct {
	Program  string      `json:"program"`
	File     string      `json:"file"`
	Called   *string     `json:"called"`
	State    string      `json:"state"`
	Account  *string     `json:"account"`
	Address  *string     `json:"address"`
	RealName *string     `json:"real_name"`
	IMAP     *serverJSON `json:"imap"`
	SMTP     *serverJSON `json:"smtp"`
	Secret   *string     `json:"secret"`
	Why      *string     `json:"why"`
	Left     []leftJSON  `json:"left"`
	Todo     []string    `json:"todo"`
}

type leftJSON struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

func takenOf(t setup.TakenOver) takenJSON {
	a := accountOut(t.Account)
	out := takenJSON{
		Program: string(t.Program), File: t.File, Called: orNull(t.Name), State: string(t.State), Account: orNull(a.Name), Address: orNull(a.Address),
		RealName: a.RealName, IMAP: a.IMAP, SMTP: a.SMTP, Secret: orNull(t.Secret), Why: orNull(t.Why), Left: []leftJSON{}, Todo: append([]string{}, t.Todo...),
	}
	for _, n := range t.Notes {
		out.Left = append(out.Left, leftJSON{n.What, n.Why})
	}
	return out
}

func (e *env) showTaken(list []setup.TakenOver, dry bool) error {
	taken := 0
	for i, t := range list {
		if t.State == setup.Taken {
			taken++
		}
		if e.json {
			if err := e.emit(takenOf(t)); err != nil {
				return err
			}
			continue
		}
		if i > 0 {
			e.print("")
		}
		e.printTaken(t)
	}
	switch {
	case dry:
		e.say("%s would be taken over; nothing was changed", app.Counted(taken, "account"))
	case taken == 0:
		e.say("no account was taken over")
	default:
		e.say("%s in %s now; try them:  postea account test", app.Counted(taken, "account"), e.configFile())
	}
	return nil
}

func (e *env) printTaken(t setup.TakenOver) {
	a := t.Account
	line := func(what, format string, args ...any) {
		e.print("  %s  %s", pad(what, 9), app.SafeLine(fmt.Sprintf(format, args...)))
	}
	e.print("%s", app.SafeLine(strings.TrimSpace(or(a.Address, t.Name)+"  "+t.File)))
	switch t.State {
	case setup.Refused:
		line("left", "%s", t.Why)
		return
	case setup.Present:
		line("present", "account %s has this address, and stays as it is", a.Name)
		return
	}
	line("account", "%s", a.Name)
	if a.IMAP.Host != "" {
		line("reads", "%s  %s", serverWords(a.IMAP), userWords(a.IMAP))
	}
	if a.SMTP.Host != "" {
		line("sends", "%s  %s", serverWords(a.SMTP), userWords(a.SMTP))
	}
	line("secret", "%s", secretWords(t))
	for _, n := range t.Notes {
		line("left", "%s: %s", n.What, n.Why)
	}
	for _, todo := range t.Todo {
		line("to do", "%s", todo)
	}
}

func secretWords(t setup.TakenOver) string {
	missing := len(t.Todo) > 0
	switch t.Secret {
	case "command":
		return "the command that gave it stays"
	case "oauth":
		return "OAuth, to be signed in"
	case "none":
		return "none is wanted"
	case string(setup.InKeyring):
		if missing {
			return "not known here; it will be in the keyring"
		}
		return "goes into the keyring"
	}
	if missing {
		return "not known here; it will be in the encrypted file"
	}
	return "goes into the encrypted file"
}
