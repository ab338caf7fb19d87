package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"postea/internal/app"
	"postea/internal/mail"
)

// organiseCommands are the verbs beyond moving and flags. Like those they are
// recorded at once and carried out by the owner of the data directory or the
// next sync.
func (e *env) organiseCommands() []*cobra.Command {
	return []*cobra.Command{
		e.toFolderCommand("copy", "Copy messages to a folder of their account", func(ctx context.Context, a *app.App, t []mail.ThreadID, to mail.FolderID) (string, error) {
			return a.Copy(ctx, app.Place{}, t, to)
		}),
		e.labelCommand("label", "Put a label on messages: a keyword, or a label of Gmail", true),
		e.labelCommand("unlabel", "Take a label off messages", false),
		e.timeCommand("snooze", "Hide messages in Snoozed until a time; then they are unread in the folder they came from", "until", func(ctx context.Context, a *app.App, t []mail.ThreadID, at string) (string, error) {
			return a.Snooze(ctx, app.Place{}, t, at)
		}),
		e.timeCommand("remind", "Bring messages to the inbox at a time unless somebody has answered by then", "at", func(ctx context.Context, a *app.App, t []mail.ThreadID, at string) (string, error) {
			return a.Remind(ctx, app.Place{}, t, at)
		}),
		e.toggleCommand("mute", "Mute the conversations of messages, or take that back", func(ctx context.Context, a *app.App, t []mail.ThreadID) (string, error) {
			return a.Mute(ctx, app.Place{}, t)
		}),
		e.toggleCommand("pin", "Pin messages on top of their lists, or take that back", func(ctx context.Context, a *app.App, t []mail.ThreadID) (string, error) {
			return a.Pin(ctx, app.Place{}, t)
		}),
	}
}

// organise does something to messages by their ids and says what.
func (e *env) organise(ctx context.Context, args []string, f func(context.Context, *app.App, []mail.ThreadID) (string, error)) error {
	return e.change(ctx, args, func(ctx context.Context, a *app.App, ids []mail.ID) error {
		words, err := f(ctx, a, alone(ids))
		if err == nil && e.verbose {
			e.say("%s", app.SafeLine(words))
		}
		return err
	})
}

// alone makes a conversation of each message.
func alone(ids []mail.ID) []mail.ThreadID {
	out := make([]mail.ThreadID, len(ids))
	for i, id := range ids {
		out[i] = mail.Alone(id)
	}
	return out
}

func (e *env) toggleCommand(use, short string, f func(context.Context, *app.App, []mail.ThreadID) (string, error)) *cobra.Command {
	return &cobra.Command{Use: use + " ID…", Short: short, Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return e.organise(c.Context(), args, f) }}
}

func (e *env) timeCommand(use, short, flag string, f func(context.Context, *app.App, []mail.ThreadID, string) (string, error)) *cobra.Command {
	var at string
	c := &cobra.Command{Use: use + " ID… --" + flag + " TIME", Short: short, Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if at == "" {
				return exit(exUsage, "say when with --%s TIME", flag)
			}
			return e.organise(c.Context(), args, func(ctx context.Context, a *app.App, t []mail.ThreadID) (string, error) { return f(ctx, a, t, at) })
		}}
	c.Flags().StringVar(&at, flag, "", "a `time`: tomorrow 9:00, fri 17:30, in 2h")
	return c
}

func (e *env) labelCommand(use, short string, on bool) *cobra.Command {
	var name string
	c := &cobra.Command{Use: use + " ID… --name LABEL", Short: short, Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if name == "" {
				return exit(exUsage, "say which with --name LABEL")
			}
			return e.organise(c.Context(), args, func(ctx context.Context, a *app.App, t []mail.ThreadID) (string, error) {
				return a.SetLabel(ctx, app.Place{}, t, name, on)
			})
		}}
	c.Flags().StringVar(&name, "name", "", "the `label`")
	return c
}

func (e *env) toFolderCommand(use, short string, f func(context.Context, *app.App, []mail.ThreadID, mail.FolderID) (string, error)) *cobra.Command {
	var to string
	c := &cobra.Command{Use: use + " ID… --to FOLDER", Short: short, Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if to == "" {
				return exit(exUsage, "say where with --to FOLDER")
			}
			return e.organise(c.Context(), args, func(ctx context.Context, a *app.App, t []mail.ThreadID) (string, error) {
				words := ""
				for _, one := range t {
					id, _ := one.Single()
					m, err := a.Summary(ctx, id)
					if err != nil {
						return "", err
					}
					folders, err := a.FindFolders(ctx, m.Account, to)
					if err != nil {
						return "", err
					}
					if words, err = f(ctx, a, []mail.ThreadID{one}, folders[0]); err != nil {
						return "", err
					}
				}
				return words, nil
			})
		}}
	c.Flags().StringVar(&to, "to", "", "a folder's `name` or role")
	return c
}

// folderCommand makes, renames, deletes and empties folders.
func (e *env) folderCommand() *cobra.Command {
	c := &cobra.Command{Use: "folder", Short: "List, make, rename, delete and empty folders", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return exit(exUsage, "say list, make, rename, delete or empty")
		}}
	act := func(use, short string, n int, f func(ctx context.Context, a *app.App, account string, args []string) (string, error)) *cobra.Command {
		return &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(n), RunE: func(c *cobra.Command, args []string) error {
			a, err := e.open(c.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			words, err := f(c.Context(), a, e.account, args)
			if err == nil && !e.quiet {
				e.say("%s", app.SafeLine(words))
			}
			return err
		}}
	}
	one := func(ctx context.Context, a *app.App, account, name string) (mail.FolderID, error) {
		ids, err := a.FindFolders(ctx, account, name)
		if _, unknown := errors.AsType[*app.UsageError](err); unknown {
			return 0, &exitError{exNoInput, err}
		}
		if err != nil {
			return 0, err
		}
		if len(ids) > 1 {
			return 0, &app.UsageError{Text: "several accounts have such a folder; say which with --account"}
		}
		return ids[0], nil
	}
	var sure bool
	empty := act("empty trash|junk --yes", "Delete for good what lies in Trash or Junk", 1, func(ctx context.Context, a *app.App, account string, args []string) (string, error) {
		if !sure {
			return "", exit(exUsage, "nothing brings the messages back: say --yes")
		}
		id, err := one(ctx, a, account, args[0])
		if err != nil {
			return "", err
		}
		return a.EmptyFolder(ctx, id)
	})
	empty.Flags().BoolVar(&sure, "yes", false, "do it")
	c.AddCommand(
		e.folderListCommand(),
		act("make NAME", "Make a folder; a/b is b in a", 1, func(ctx context.Context, a *app.App, account string, args []string) (string, error) {
			if list := a.Config().Accounts; account == "" && len(list) > 0 {
				account = list[0].Name
			}
			return a.MakeFolder(ctx, account, args[0])
		}),
		act("rename NAME NEW", "Rename a folder, with those in it", 2, func(ctx context.Context, a *app.App, account string, args []string) (string, error) {
			id, err := one(ctx, a, account, args[0])
			if err != nil {
				return "", err
			}
			return a.RenameFolder(ctx, id, args[1])
		}),
		act("delete NAME", "Delete a folder with those in it; the messages move to Trash", 1, func(ctx context.Context, a *app.App, account string, args []string) (string, error) {
			id, err := one(ctx, a, account, args[0])
			if err != nil {
				return "", err
			}
			return a.DeleteFolder(ctx, id)
		}),
		empty,
	)
	return c
}

type folderJSON struct {
	Account    string `json:"account"`
	Name       string `json:"name"`
	Role       string `json:"role"`
	Total      int    `json:"total"`
	Older      int    `json:"older"`
	Unread     int    `json:"unread"`
	Subscribed bool   `json:"subscribed"`
}

func (e *env) folderListCommand() *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List the folders with their counts", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		a, err := e.open(c.Context())
		if err != nil {
			return err
		}
		defer a.Close()
		sb, err := a.Sidebar(c.Context())
		if err != nil {
			return err
		}
		for _, acc := range sb.Accounts {
			if e.account != "" && acc.Name != e.account {
				continue
			}
			for _, f := range acc.Folders {
				if !f.Selectable || f.Place.Folder == 0 {
					continue
				}
				if e.json {
					if err := e.emit(folderJSON{acc.Name, f.Place.Name, string(f.Place.Role), f.Total, f.Older, f.Unread, f.Subscribed}); err != nil {
						return err
					}
					continue
				}
				e.print("%-12s %6d %6d  %s", acc.Name, f.Unread, f.Total, app.SafeLine(f.Place.Name))
			}
		}
		return nil
	}}
}
