package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
)

func (e *env) saveCommand() *cobra.Command {
	var number int
	var all, fetch bool
	var dir string
	c := &cobra.Command{
		Use:   "save ID|FILE.eml",
		Short: "Save attachments of a message",
		Long: `Save attachments. Names are made safe: never outside the directory, never over
another file, never hidden. The paths are printed, one a line.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			m, _, err := e.message(c.Context(), args[0], false, fetch)
			if err != nil {
				return err
			}
			list := m.Attachments
			switch {
			case c.Flags().Changed("attachment"):
				if number < 1 || number > len(list) {
					return exit(exNoInput, "there is no attachment %d; the message has %d", number, len(list))
				}
				list = []reading.Attachment{list[number-1]}
			case len(list) == 0:
				return exit(exNoInput, "the message has no attachment")
			case !all && len(list) > 1:
				return exit(exUsage, "the message has %d attachments: choose with --attachment N, or --all", len(list))
			}
			if dir == "" {
				dir = "."
			}
			if slices.ContainsFunc(list, func(at reading.Attachment) bool { return at.Away }) {
				if m, list, err = e.bring(c.Context(), args[0], list, fetch); err != nil {
					return err
				}
			}
			paths, err := app.SaveAttachments(m, list, dir)
			for _, p := range paths {
				if e.json {
					if err := e.emit(savedJSON{p}); err != nil {
						return err
					}
					continue
				}
				e.print("%s", app.SafeLine(p))
			}
			if err != nil {
				return &exitError{exCantCreate, err}
			}
			return nil
		},
	}
	f := c.Flags()
	f.IntVar(&number, "attachment", 0, "the `N`th attachment, from 1")
	f.BoolVar(&all, "all", false, "every attachment")
	f.StringVar(&dir, "dir", "", "into this directory (default: the current one)")
	f.BoolVar(&fetch, "fetch", false, "ask the server for what is not here yet")
	c.MarkFlagsMutuallyExclusive("attachment", "all")
	return c
}

// bring fetches attachments that were left at the server.
func (e *env) bring(ctx context.Context, arg string, list []reading.Attachment, fetch bool) (*reading.Message, []reading.Attachment, error) {
	if !fetch {
		return nil, nil, exit(exTempFail, "the attachment is still at the server: use --fetch")
	}
	id, _ := mail.ParseID(arg)
	a, err := e.openToTalk(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer a.Close()
	var index []int
	for _, at := range list {
		index = append(index, at.Index)
	}
	return a.Files(ctx, id, index...)
}

type savedJSON struct {
	Path string `json:"path"`
}
