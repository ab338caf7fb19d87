package main

import (
	"context"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"postea/config/oauth"
	"postea/internal/app"
)

func (e *env) completionCommand(root *cobra.Command) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use: "completion bash|zsh|fish|powershell", Short: "Print a completion script for a shell",
		Long: `Print a completion script. To try it:

  bash   source <(postea completion bash)     # with the package bash-completion
  zsh    source <(postea completion zsh)
  fish   postea completion fish | source`,
		Args: cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs), ValidArgs: shells,
		RunE: func(_ *cobra.Command, args []string) error {
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(e.stdout, true)
			case "zsh":
				return root.GenZshCompletion(e.stdout)
			case "fish":
				return root.GenFishCompletion(e.stdout, true)
			}
			return root.GenPowerShellCompletionWithDesc(e.stdout)
		},
	}
}

// completeAccounts offers the names of accounts.
func (e *env) completeAccounts(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	cfg, err := e.loadConfigOrEmpty()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, a := range cfg.Accounts {
		out = append(out, a.Name+"\t"+a.Address)
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeFolders offers the names and roles of folders that are known here.
func (e *env) completeFolders(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	out := []string{"inbox", "sent", "drafts", "trash", "junk", "archive", "snoozed", "all"}
	ctx := c.Context()
	if a, err := e.openQuietly(ctx); err == nil {
		defer a.Close()
		if names, err := a.FolderNames(ctx, e.account); err == nil {
			out = append(out, names...)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeOutbox offers the messages of the outbox.
func (e *env) completeOutbox(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	a, err := e.openQuietly(c.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	defer a.Close()
	list, err := a.Outgoing(c.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, o := range list {
		out = append(out, string(o.ID)+"\t"+app.SafeLine(string(o.State)+", "+o.Subject))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// openQuietly opens what is there already: a completion makes nothing.
func (e *env) openQuietly(ctx context.Context) (*app.App, error) {
	if !fileExists(filepath.Join(e.data(), "mail.db")) {
		return nil, fs.ErrNotExist
	}
	quiet := *e
	quiet.quiet = true
	return quiet.open(ctx)
}

// completeValues gives the verbs and flags that name things what there is.
func (e *env) completeValues(root *cobra.Command) {
	_ = root.RegisterFlagCompletionFunc("account", e.completeAccounts)
	tls := cobra.FixedCompletions([]string{"implicit", "starttls", "none"}, cobra.ShellCompDirectiveNoFileComp)
	byFlag := map[string]func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective){
		"folder": e.completeFolders,
		"tls":    tls, "imap-tls": tls, "smtp-tls": tls,
		"auth":   cobra.FixedCompletions([]string{"password", "strong", "oauth2", "none"}, cobra.ShellCompDirectiveNoFileComp),
		"oauth2": cobra.FixedCompletions(oauth.Names(), cobra.ShellCompDirectiveNoFileComp),
	}
	byPath := map[string]func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective){
		"account show": e.completeAccounts, "account test": e.completeAccounts, "account edit": e.completeAccounts, "account remove": e.completeAccounts, "account login": e.completeAccounts,
		"outbox show": e.completeOutbox, "outbox retry": e.completeOutbox, "outbox settle": e.completeOutbox, "outbox edit": e.completeOutbox, "outbox cancel": e.completeOutbox,
		"show": e.completeMessages, "save": e.completeMessages, "archive": e.completeMessages, "delete": e.completeMessages, "move": e.completeMessages,
		"read": e.completeMessages, "unread": e.completeMessages, "flag": e.completeMessages, "unflag": e.completeMessages,
		"copy": e.completeMessages, "label": e.completeMessages, "unlabel": e.completeMessages, "mute": e.completeMessages, "pin": e.completeMessages,
		"snooze": e.completeMessages, "remind": e.completeMessages, "reply": e.completeMessages, "forward": e.completeMessages,
		"folder rename": e.completeFolders, "folder delete": e.completeFolders,
		"folder empty": cobra.FixedCompletions([]string{"trash", "junk"}, cobra.ShellCompDirectiveNoFileComp),
	}
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		if f, ok := byPath[strings.TrimPrefix(c.CommandPath(), "postea ")]; ok && c.ValidArgsFunction == nil {
			c.ValidArgsFunction = f
		}
		for name, f := range byFlag {
			if c.Flags().Lookup(name) != nil {
				if _, done := c.GetFlagCompletionFunc(name); !done {
					_ = c.RegisterFlagCompletionFunc(name, f)
				}
			}
		}
		if name := c.Name(); name == "move" || name == "copy" {
			_ = c.RegisterFlagCompletionFunc("to", e.completeFolders)
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
}

// withoutQuotes takes the marks of a flag's value out of what it says, which a shell
// would show.
func withoutQuotes(c *cobra.Command) {
	plain := func(f *pflag.Flag) { f.Usage = strings.ReplaceAll(f.Usage, "`", "") }
	c.PersistentFlags().VisitAll(plain)
	c.Flags().VisitAll(plain)
	for _, sub := range c.Commands() {
		withoutQuotes(sub)
	}
}

// completeMessages offers the newest messages of the inbox.
func (e *env) completeMessages(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	a, err := e.openQuietly(c.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	defer a.Close()
	const most = 50
	list, err := a.Messages(c.Context(), e.account, "", most)
	if err != nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	var out []string
	for _, m := range list {
		out = append(out, m.ID.String()+"\t"+app.SafeLine(m.Subject))
	}
	return out, cobra.ShellCompDirectiveDefault // a file can be named too
}
