package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"postea/config"
	"postea/internal/app"
	"postea/internal/app/setup"
	"postea/internal/mail"
	"postea/tui"
)

// runTUI is postea without a verb.
func (e *env) runTUI(c *cobra.Command, args []string) error {
	target := ""
	if len(args) == 1 && isMailto(args[0]) {
		target = args[0]
	} else if len(args) > 0 {
		return exit(exUsage, "there is no command %q; see  postea --help", args[0])
	}
	e.memory.stay()
	if why := e.noScreen(true); why != "" {
		if target != "" {
			return exit(exUsage, "the composer %s; without one use  postea send --to …", why)
		}
		return exit(exUsage, "the interface %s; without one use  postea list, show, send …  (see  postea --help)", why)
	}
	go tui.Warm()
	var last *config.Config
	for {
		cfg, err := e.loadConfigOrEmpty()
		if err != nil {
			return err
		}
		if last != nil {
			cfg.KeepUnlocked(last)
		}
		last = cfg
		err = e.interactOnce(c.Context(), cfg, target)
		var added *tui.AddedError
		if !errors.As(err, &added) {
			return err
		}
	}
}

// interactOnce shows the interface over the configuration as it is now; with no
// account it begins with the wizard.
func (e *env) interactOnce(ctx context.Context, cfg *config.Config, target string) error {
	if err := e.unlockForUse(cfg); err != nil {
		return err
	}
	cfg.TakeTerminal()
	a, err := e.openWith(ctx, app.Options{Config: cfg, Hold: true})
	if err != nil {
		return err
	}
	defer a.Close()
	if target == "" || len(cfg.Accounts) == 0 {
		return e.interact(ctx, a, nil)
	}
	d, ignored, err := a.FromMailto(ctx, e.account, target)
	if err != nil {
		return err
	}
	if len(ignored) > 0 {
		e.say("left out of the link: %s", strings.Join(ignored, ", "))
	}
	return e.interact(ctx, a, &d)
}

func isMailto(s string) bool { return len(s) >= 7 && strings.EqualFold(s[:7], "mailto:") }

// interact shows the interface over an open data directory, with a draft in the
// composer where there is one.
func (e *env) interact(ctx context.Context, a *app.App, d *mail.Draft) error {
	cfg := a.Config()
	if wrong, _ := keyProblems(cfg); len(wrong) > 0 { // what may be meant so is not told with every start
		for _, p := range wrong {
			e.say("%s", p)
		}
		return exit(exConfig, "the keys in %s need mending", cfg.Path)
	}
	o, err := e.looks(cfg, a)
	if err != nil {
		return err
	}
	first := make(chan struct{})
	o.Shown = func() { close(first) }
	a.StartAfter(ctx, first)
	o.Keys, o.Editor, o.EditHeader = cfg.Keys, cfg.Compose.Editor, cfg.Compose.EditHeader
	o.Notices, o.Bell, o.Rest, o.Compose = cfg.Notify.Desktop, cfg.Notify.Bell, max(cfg.Reading.MarkRead, time.Nanosecond), d // 0 is at once here, and 2 s there
	o.KeepUnread = cfg.Reading.KeepUnread
	o.Account = e.account
	o.Setup, o.First = setup.New(cfg, setup.Options{}), len(cfg.Accounts) == 0
	err = tui.Run(ctx, a, o)
	if a.Sending(context.WithoutCancel(ctx)) {
		e.say("a message is being sent; its server is given a moment to answer")
	}
	if errors.Is(err, context.Canceled) { // SIGTERM or ctrl+c of the shell
		return nil
	}
	return err
}
