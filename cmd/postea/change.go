package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"postea/internal/app"
	"postea/internal/mail"
)

// changeCommands are the verbs that change messages: recorded at once, carried
// out by the owner of the data directory or the next sync.
func (e *env) changeCommands() []*cobra.Command {
	verb := func(use, short string, f func(context.Context, *app.App, []mail.ID) error) *cobra.Command {
		return &cobra.Command{
			Use: use + " ID…", Short: short, Args: cobra.MinimumNArgs(1),
			RunE: func(c *cobra.Command, args []string) error { return e.change(c.Context(), args, f) },
		}
	}
	flag := func(use, short string, add, remove []string) *cobra.Command {
		return verb(use, short, func(ctx context.Context, a *app.App, ids []mail.ID) error {
			return a.ApplyTo(ctx, ids, add, remove)
		})
	}
	return []*cobra.Command{
		verb("archive", "Move messages to Archive", func(ctx context.Context, a *app.App, ids []mail.ID) error {
			_, err := a.MoveToRole(ctx, ids, mail.RoleArchive, "Archived")
			return err
		}),
		e.deleteCommand(), e.moveCommand(),
		e.flagCommand("flag", "Set the star, or other flags", true),
		e.flagCommand("unflag", "Clear the star, or other flags", false),
		flag("read", "Mark messages as read", []string{mail.FlagSeen}, nil),
		flag("unread", "Mark messages as unread", nil, []string{mail.FlagSeen}),
	}
}

func (e *env) flagCommand(use, short string, on bool) *cobra.Command {
	var flags []string
	c := &cobra.Command{
		Use: use + " ID…", Short: short, Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return e.change(c.Context(), args, func(ctx context.Context, a *app.App, ids []mail.ID) error {
				add, remove := flags, []string(nil)
				if !on {
					add, remove = nil, flags
				}
				return a.ApplyTo(ctx, ids, add, remove)
			})
		},
	}
	c.Flags().StringArrayVar(&flags, "flag", []string{mail.FlagFlagged}, "an IMAP `flag` or keyword")
	return c
}

func (e *env) deleteCommand() *cobra.Command {
	var erase bool
	c := &cobra.Command{
		Use: "delete ID…", Short: "Move messages to Trash", Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return e.change(c.Context(), args, func(ctx context.Context, a *app.App, ids []mail.ID) error {
				if erase {
					return a.Erase(ctx, ids)
				}
				_, err := a.MoveToRole(ctx, ids, mail.RoleTrash, "Deleted")
				return err
			})
		},
	}
	c.Flags().BoolVar(&erase, "erase", false, "delete for good, without Trash")
	return c
}

func (e *env) moveCommand() *cobra.Command {
	var to string
	c := &cobra.Command{
		Use: "move ID… --to FOLDER", Short: "Move messages to a folder of their account", Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if to == "" {
				return exit(exUsage, "say where with --to FOLDER")
			}
			return e.change(c.Context(), args, func(ctx context.Context, a *app.App, ids []mail.ID) error {
				targets := make([]mail.FolderID, len(ids)) // all are looked up before anything is moved
				for i, id := range ids {
					m, err := a.Summary(ctx, id)
					if err != nil {
						return err
					}
					folders, err := a.FindFolders(ctx, m.Account, to)
					if err != nil {
						return err
					}
					targets[i] = folders[0]
				}
				for i, id := range ids {
					if _, err := a.MoveMessages(ctx, []mail.ID{id}, targets[i], "a message"); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	c.Flags().StringVar(&to, "to", "", "a folder's `name` or role")
	return c
}

// change applies f to the messages named, all or none of them.
func (e *env) change(ctx context.Context, args []string, f func(context.Context, *app.App, []mail.ID) error) error {
	a, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	var ids []mail.ID
	for _, arg := range args {
		id, ok := mail.ParseID(arg)
		if ok {
			_, err = a.Summary(ctx, id)
		}
		if !ok || errors.Is(err, app.ErrNotFound) {
			return exit(exNoInput, "there is no message %s; nothing was changed", arg)
		}
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if err := f(ctx, a, ids); err != nil {
		return err
	}
	if e.verbose {
		e.say("%s changed", app.Counted(len(ids), "message"))
	}
	return nil
}
