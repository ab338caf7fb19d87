package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"postea/internal/app"
	"postea/internal/store"
)

// run executes a command line and returns the exit code.
func run(ctx context.Context, e *env, args []string) int {
	if filepath.Base(args[0]) == "sendmail" { // a drop-in for /usr/sbin/sendmail
		args = append([]string{args[0], "sendmail"}, args[1:]...)
	}
	out := &output{w: e.stdout}
	e.stdout = out
	root := rootCommand(e, args[1:])
	if slices.Contains(args, cobra.ShellCompRequestCmd) {
		withoutQuotes(root)
	}
	root.SetArgs(args[1:])
	root.SetIn(e.stdin)
	root.SetOut(e.stdout)
	root.SetErr(e.stderr)
	err := out.after(root.ExecuteContext(ctx), e.queued)
	if err == nil {
		return exOK
	}
	var ee *exitError
	if errors.As(err, &ee) && ee.err == nil {
		return ee.code
	}
	err = store.Damaged(e.data(), err)
	code, lines := codeOf(err), strings.Split(err.Error(), "\n")
	if ctx.Err() != nil { // which whatever was under way says for itself
		lines = slices.DeleteFunc(lines, func(line string) bool { return strings.Contains(line, context.Canceled.Error()) })
		if len(lines) == 0 {
			code, lines = exTempFail, []string{errEnded.Error()}
		}
	}
	for _, line := range lines {
		fmt.Fprintf(e.stderr, "postea: %s\n", app.SafeLine(line))
	}
	return code
}

// rootCommand is the command of a line, with all its verbs, or with the only one that the
// line needs: to make the others takes a program that is soon over noticeable time.
func rootCommand(e *env, args []string) *cobra.Command {
	root := &cobra.Command{
		Use:   "postea",
		Short: "Mail in the terminal, and never a doubt about what happened to a message",
		Long: `postea composes and sends mail through its own SMTP client, reads it over IMAP,
and tells what became of every message. Without a verb it opens its interface.

  postea demo                 try it: an own server with sample mail, nothing to set up
  postea account add          add an account`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
	}
	version := root.Flags().Bool("version", false, "print the version")
	root.RunE = func(c *cobra.Command, args []string) error {
		if *version && len(args) == 0 {
			return e.printVersion()
		}
		return e.runTUI(c, args)
	}
	f := root.PersistentFlags()
	f.Var(wordFlag{&e.configPath}, "config", "read this configuration `file` and no other")
	f.Var(wordFlag{&e.dataDir}, "data", "keep everything in this `directory`")
	f.Var(wordFlag{&e.account}, "account", "only, or as, this account: its `name` or address")
	f.BoolVar(&e.json, "json", false, "print one JSON object per line")
	f.BoolVar(&e.quiet, "quiet", false, "print no notices")
	f.BoolVar(&e.verbose, "verbose", false, "log more")
	e.plainFlag(root)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return exit(exUsage, "%w; see  %s --help", flagError(err), c.CommandPath())
	})
	root.AddCommand(e.verbs(root, verbOf(f, args))...)
	root.CompletionOptions.DisableDefaultCmd = true
	strictHelp(root)
	e.completeValues(root)
	explain(root)
	wrapUsage(root)
	return root
}

// verbs makes the verb of this name, or all of them where there is none that could stand
// alone.
func (e *env) verbs(root *cobra.Command, name string) []*cobra.Command {
	single := []struct {
		name string
		make func() *cobra.Command
	}{
		{"account", e.accountCommand}, {"sync", e.syncCommand}, {"list", e.listCommand}, {"search", e.searchCommand},
		{"show", e.showCommand}, {"save", e.saveCommand}, {"send", e.sendCommand}, {"reply", e.replyCommand},
		{"forward", e.forwardCommand}, {"compose", e.composeCommand}, {"sendmail", e.sendmailCommand}, {"outbox", e.outboxCommand},
		{"config", e.configCommand}, {"keys", e.keysCommand}, {"contacts", e.contactsCommand}, {"import", e.importCommand},
		{"export", e.exportCommand}, {"backup", e.backupCommand}, {"demo", e.demoCommand}, {"probe", e.probeCommand},
		{"version", e.versionCommand}, {"folder", e.folderCommand}, {"rule", e.ruleCommand}, {helperVerb, e.helperCommand},
	}
	for _, v := range single {
		if v.name == name {
			return []*cobra.Command{v.make()}
		}
	}
	all := []*cobra.Command{e.completionCommand(root), e.manCommand(root)}
	for _, v := range single {
		all = append(all, v.make())
	}
	all = append(all, e.changeCommands()...)
	return append(all, e.organiseCommands()...)
}

// verbOf is the first word of a line behind the flags that may stand before a verb; ""
// where there is none, or a flag that only a verb knows.
func verbOf(f *pflag.FlagSet, args []string) string {
	for len(args) > 0 {
		name, isFlag := strings.CutPrefix(args[0], "--")
		if !isFlag {
			return args[0]
		}
		name, _, valued := strings.Cut(name, "=")
		flag := f.Lookup(name)
		if flag == nil {
			return ""
		}
		if args = args[1:]; !valued && flag.NoOptDefVal == "" && len(args) > 0 {
			args = args[1:]
		}
	}
	return ""
}

const wordType = "word"

// wordFlag is a path or a name that cannot be empty: a script whose variable is not set
// must not be given the user's own configuration or mail in its place, nor write as
// another account.
type wordFlag struct{ to *string }

func (f wordFlag) String() string {
	if f.to == nil {
		return ""
	}
	return *f.to
}

func (wordFlag) Type() string { return wordType }

func (f wordFlag) Set(s string) error {
	if s == "" {
		return errors.New("is empty")
	}
	*f.to = s
	return nil
}

// wrapUsage gives errors about arguments the code of a usage error.
func wrapUsage(c *cobra.Command) {
	if args := c.Args; args != nil {
		c.Args = func(c *cobra.Command, a []string) error {
			if err := args(c, a); err != nil {
				return exit(exUsage, "%w; see  %s --help", argumentError(c, a, err), c.CommandPath())
			}
			return nil
		}
	}
	if pre := c.PreRunE; pre == nil && c.PreRun == nil {
		c.PreRunE = func(c *cobra.Command, _ []string) error {
			if err := c.ValidateFlagGroups(); err != nil {
				return exit(exUsage, "%w; see  %s --help", groupError(err), c.CommandPath())
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		wrapUsage(sub)
	}
}

// argumentError says how a command is called, in place of how many arguments it has.
func argumentError(c *cobra.Command, args []string, err error) error {
	line, _, _ := strings.Cut(c.UseLine(), " [flags]")
	switch text := err.Error(); {
	case strings.HasPrefix(text, "unknown command") && c.HasAvailableSubCommands():
		return fmt.Errorf("there is no command \"%s %s\"", c.CommandPath(), args[0])
	case strings.HasPrefix(text, "unknown command"):
		return fmt.Errorf("%q is not expected: say  %s", args[0], line)
	case strings.HasPrefix(text, "accepts"), strings.HasPrefix(text, "requires"):
		return fmt.Errorf("say  %s", line)
	}
	return err
}

// groupError says which flags exclude each other, in place of which group they are of.
func groupError(err error) error {
	_, rest, ok := strings.Cut(err.Error(), "none of the others can be; [")
	names, _, closed := strings.Cut(rest, "]")
	if !ok || !closed {
		return err
	}
	return fmt.Errorf("--%s exclude each other", strings.Join(strings.Fields(names), " and --"))
}

// flagError says what a flag wants in place of how the value was read.
func flagError(err error) error {
	bad, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return err
	}
	wants, ok := map[string]string{"int": "a whole number", "duration": "a time such as 10s or 5m", "bool": "true or false", wordType: "a name", timeType: "a time"}[bad.GetFlag().Value.Type()]
	if !ok {
		return err
	}
	return fmt.Errorf("--%s wants %s, not %q", bad.GetFlag().Name, wants, bad.GetValue())
}

// strictHelp lets help refuse a verb that there is not.
func strictHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		if c.Name() != "help" {
			continue
		}
		c.Run, c.RunE = nil, func(_ *cobra.Command, args []string) error {
			about, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return exit(exUsage, "there is no help about %q; see  postea --help", strings.Join(args, " "))
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		}
	}
}
