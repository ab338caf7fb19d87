package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui"
	"postea/tui/keys"
)

// runTUI is postea without a verb.
func (e *env) runTUI(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return exit(exUsage, "there is no command %q; see  postea --help", args[0])
	}
	if !e.inTerminal || !e.outTerminal {
		return exit(exUsage, "the interface needs a terminal; without one use  postea list, show, send …  (see  postea --help)")
	}
	for {
		err := e.interactOnce(c.Context())
		var added *tui.AddedError
		if !errors.As(err, &added) {
			return err
		}
	}
}

// interactOnce shows the interface over the configuration as it is now; with no
// account it begins with the wizard.
func (e *env) interactOnce(ctx context.Context) error {
	cfg, err := e.loadConfigOrEmpty()
	if err != nil {
		return err
	}
	if err := e.unlockForUse(cfg); err != nil {
		return err
	}
	a, err := e.openWith(ctx, cfg, true)
	if err != nil {
		return err
	}
	defer a.Close()
	return e.interact(ctx, a, nil)
}

// interact shows the interface over an open data directory, with a draft in the
// composer where there is one.
func (e *env) interact(ctx context.Context, a *app.App, d *mail.Draft) error {
	cfg := a.Config()
	if _, problems := keys.NewMap(cfg.Keys); len(problems) > 0 {
		for _, p := range problems {
			e.say("%v", p)
		}
		return exit(exConfig, "the keys in %s need mending", cfg.Path)
	}
	a.Start(ctx)
	o := tui.Options{
		Keys: cfg.Keys, Glyphs: cfg.UI.Glyphs, Theme: cfg.UI.Theme, Rows: cfg.UI.Rows,
		Rest: cfg.Reading.MarkRead, TempDir: a.TempDir(), Compose: d, Now: e.now,
		Setup: app.NewSetup(cfg, app.SetupOptions{}), First: len(cfg.Accounts) == 0,
	}
	if o.Rows == "auto" {
		o.Rows = ""
	}
	err := tui.Run(ctx, a, o)
	if errors.Is(err, context.Canceled) { // SIGTERM or ctrl+c of the shell
		return nil
	}
	return err
}
