package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postea/internal/app"
	"postea/internal/mail"
)

func (e *env) replyCommand() *cobra.Command {
	var f sendFlags
	var all, list bool
	c := &cobra.Command{
		Use:   "reply ID < body",
		Short: "Answer a message",
		Long: `Answer a message as the interface does: to its author, or with --all or --list;
from the address it came to, with its subject, and with what [compose] says of
quotes. The text comes from standard input or --text. Further addresses go with
--to, --cc and --bcc. What is printed and how it ends is as with  postea send.`,
		Example: `  echo "Gladly." | postea reply 17
  postea reply 17 --all --attach minutes.pdf --text "Attached."`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			how := app.ToAuthor
			switch {
			case all:
				how = app.ToAll
			case list:
				how = app.ToList
			}
			return e.answer(c, &f, args, how)
		},
	}
	f.register(c.Flags())
	c.Flags().BoolVar(&all, "all", false, "to everybody who got it")
	c.Flags().BoolVar(&list, "list", false, "to the mailing list it came over")
	c.MarkFlagsMutuallyExclusive("all", "list")
	return c
}

func (e *env) forwardCommand() *cobra.Command {
	var f sendFlags
	var attached, redirect bool
	c := &cobra.Command{
		Use:   "forward ID --to ADDRESS… < text",
		Short: "Forward a message",
		Long: `Forward a message: within the text and with what is attached to it; with
--attached whole, as it came; with --redirect unchanged, so that answers go to its
author. Otherwise a text of yours stands above it; what comes from standard input
may be empty. What is printed and how it ends is as with  postea send.`,
		Example: `  echo "For you." | postea forward 17 --to bob@example.org
  postea forward 17 --to spam@example.org --attached --text ""`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			how := app.Forwarded
			switch {
			case attached:
				how = app.ForwardedWhole
			case redirect:
				how = app.Redirected
			}
			if redirect && (len(f.attach) > 0 || f.text != "" || f.subject != "" || f.markdown) {
				return exit(exUsage, "--redirect sends the message on as it is: it takes no --text, --subject, --attach or --markdown")
			}
			if len(f.to)+len(f.cc)+len(f.bcc) == 0 {
				return exit(exUsage, "--to says whom it is forwarded to")
			}
			return e.answer(c, &f, args, how)
		},
	}
	f.register(c.Flags())
	c.Flags().BoolVar(&attached, "attached", false, "as an attachment, whole")
	c.Flags().BoolVar(&redirect, "redirect", false, "unchanged, as if it had been sent there")
	c.MarkFlagsMutuallyExclusive("attached", "redirect")
	return c
}

func (e *env) answer(c *cobra.Command, f *sendFlags, args []string, how app.Answering) error {
	if len(args) == 2 && c.Flags().Changed("wait") {
		if _, err := time.ParseDuration(args[0]); err == nil { // --wait 30s 17
			args = []string{args[1], args[0]}
		}
	}
	id, ok := mail.ParseID(args[0])
	if !ok {
		return exit(exNoInput, "%q is no id of a message:  postea list  and  postea search  print them", args[0])
	}
	wait, err := f.waitFor(c, args[1:])
	if err != nil {
		return err
	}
	return e.send(c.Context(), *f, wait, func(ctx context.Context, a *app.App, f letterFlags) (mail.Draft, error) {
		d, err := a.Answer(ctx, id, how, "")
		if errors.Is(err, app.ErrNotHere) {
			if err = a.Fetch(ctx, id); err == nil {
				d, err = a.Answer(ctx, id, how, "")
			}
		}
		switch {
		case errors.Is(err, app.ErrNotFound):
			return d, exit(exNoInput, "there is no message %s", id)
		case err != nil:
			return d, err
		case e.account != "" && d.Account != e.account:
			return d, exit(exUsage, "message %s is of account %s, not of %s", id, d.Account, e.account)
		}
		if f.from != "" {
			if err := writeFrom(ctx, a, &d, given(f.from)); err != nil {
				return d, err
			}
		}
		if err := e.fill(ctx, a, f, &d); err != nil || how == app.Redirected {
			return d, err
		}
		text, err := e.textOf(f)
		if err != nil {
			return d, err
		}
		before, behind := d.Body[:d.Cursor], d.Body[d.Cursor:]
		if before == "" {
			behind = "\n" + strings.TrimLeft(behind, "\n")
		}
		d.Body, d.Markdown = before+text+"\n"+behind, f.markdown
		return d, nil
	})
}

// writeFrom has a draft come from another of the user's addresses, with its signature.
func writeFrom(ctx context.Context, a *app.App, d *mail.Draft, from string) error {
	was, err := a.NewDraftFrom(ctx, d.Account, d.From.Address)
	if err != nil {
		return err
	}
	other, err := a.NewDraftFrom(ctx, d.Account, from)
	if err != nil {
		return err
	}
	d.From = other.From
	if body, ok := strings.CutSuffix(d.Body, strings.TrimLeft(was.Body, "\n")); ok {
		d.Body = strings.TrimRight(body, "\n") + "\n\n" + strings.TrimLeft(other.Body, "\n")
		d.Cursor = min(d.Cursor, len(d.Body))
	}
	return nil
}
