package main

import (
	"strings"

	"github.com/spf13/cobra"

	"postea/internal/app"
)

func (e *env) searchCommand() *cobra.Command {
	var limit listLimit
	c := &cobra.Command{
		Use:   "search QUERY",
		Short: "Find messages in what is here, newest first",
		Long: `Find messages, newest first, in what has been synced, over all folders, Trash and
Junk among them; no server is asked, and no hit is no error.

  words               all, in any field; the last may go on, as may one with a * (ab*)
  "a phrase"          exactly that
  from: to: cc: subject: body: filename: list:    from:me: your own addresses
  in:FOLDER account:NAME label:NAME has:attachment
  is:unread is:read is:starred is:answered is:forwarded is:draft is:sent
  is:muted is:pinned
  before:DATE after:DATE on:DATE     2026-11-03, 2026-11, 3 Nov, today, monday
  older:2w newer:3d                  h d w m y
  larger:5M smaller:10k id:ID thread:ID
  a OR b, -a, NOT a, (a b), from:(ada OR grace)

Behind -- stands a query that begins with a minus.`,
		Example: `  postea search 'from:ada invoice -is:read'
  postea search 'subject:"dry run" newer:1y has:attachment'`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			most, err := limit.ask(c)
			if err != nil {
				return err
			}
			a, err := e.openMail(c.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			list, err := a.SearchMessages(c.Context(), strings.Join(args, " "), e.account, most)
			if err != nil {
				return err
			}
			if err := limit.print(e, c, list); err != nil {
				return err
			}
			missing, err := a.Unsynced(c.Context(), e.account)
			if err != nil {
				return err
			}
			for _, name := range missing {
				e.say("nothing of account %s is here yet, and it was not searched: run  postea sync", name)
			}
			n, err := a.Unindexed(c.Context())
			if err == nil && n > 0 {
				e.say("%s not indexed yet and not searched: run  postea sync", app.Counted(n, "message"))
			}
			return err
		},
	}
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return exit(exUsage, "%w; put the whole search in quotes, and -- before it where it begins with a minus; see  %s --help", flagError(err), c.CommandPath())
	})
	limit.register(c)
	return c
}
