package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/tui"
	"postea/tui/keys"
)

// runTUI is postea without a verb.
func (e *env) runTUI(c *cobra.Command, args []string) error {
	target := ""
	if len(args) == 1 && isMailto(args[0]) {
		target = args[0]
	} else if len(args) > 0 {
		return exit(exUsage, "there is no command %q; see  postea --help", args[0])
	}
	if !e.inTerminal || !e.outTerminal {
		if target != "" {
			return exit(exUsage, "the composer needs a terminal; without one use  postea send --to …")
		}
		return exit(exUsage, "the interface needs a terminal; without one use  postea list, show, send …  (see  postea --help)")
	}
	cfg, err := e.loadConfigOrEmpty()
	if err != nil {
		return err
	}
	if len(cfg.Accounts) == 0 {
		if err := e.firstAccount(c.Context()); err != nil {
			return err
		}
		if cfg, err = e.loadConfig(false); err != nil {
			return err
		}
	}
	a, err := e.openWith(c.Context(), cfg, true)
	if err != nil {
		return err
	}
	defer a.Close()
	if target == "" {
		return e.interact(c.Context(), a, nil)
	}
	d, ignored, err := a.FromMailto(c.Context(), e.account, target)
	if err != nil {
		return err
	}
	if len(ignored) > 0 {
		e.say("left out of the link: %s", strings.Join(ignored, ", "))
	}
	return e.interact(c.Context(), a, &d)
}

func isMailto(s string) bool { return len(s) >= 7 && strings.EqualFold(s[:7], "mailto:") }

// interact shows the interface over an open data directory, with a draft in the
// composer where there is one.
func (e *env) interact(ctx context.Context, a *app.App, d *mail.Draft) error {
	cfg := a.Config()
	if _, problems := keys.NewMap(keys.WithStyle(cfg.Compose.Editor, cfg.Keys)); len(problems) > 0 {
		for _, p := range problems {
			e.say("%v", p)
		}
		return exit(exConfig, "the keys in %s need mending", cfg.Path)
	}
	a.Start(ctx)
	o := tui.Options{
		Keys: cfg.Keys, Editor: cfg.Compose.Editor, EditHeader: cfg.Compose.EditHeader, Glyphs: cfg.UI.Glyphs, Theme: cfg.UI.Theme, Rows: cfg.UI.Rows, Pictures: cfg.UI.Pictures,
		Rest: cfg.Reading.MarkRead, TempDir: a.TempDir(), Compose: d, Now: e.now,
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

// firstAccount leads through the first account.
func (e *env) firstAccount(ctx context.Context) error {
	fmt.Fprint(e.stdout, "\n  Welcome to postea.\n\n  There is no account yet. A few questions, then your mail.\n  (To look around first:  postea demo)\n\n")
	if dir := filepath.Dir(e.configFile()); dir != "" {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return exit(exCantCreate, "making %s: %w", dir, err)
		}
	}
	return e.addAccount(ctx, accountFlags{})
}
