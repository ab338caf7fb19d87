package main

import (
	"context"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"postea/config"
	"postea/internal/app"
	"postea/tui"
)

func (e *env) plainFlag(c *cobra.Command) {
	c.Flags().BoolVar(&e.plain, "plain", false, "for a screen reader: words in place of signs, one thing after the other")
}

// looks are the options of the interface by the table [ui] of a configuration.
func (e *env) looks(cfg *config.Config, a *app.App) (tui.Options, error) {
	w := themes(cfg)
	if wrong := w.worn(cfg); len(wrong) > 0 {
		return tui.Options{}, &exitError{exConfig, wrong}
	}
	ui := cfg.UI
	o := tui.Options{
		Preset: ui.Keys, Glyphs: glyphs(ui.Glyphs, os.Getenv("TERM")), Theme: ui.Theme, Themes: w.own, Rows: ui.Rows, Pictures: ui.Pictures, Dates: ui.DateStyle(os.Getenv),
		Plain: ui.Plain || e.plain, Still: ui.Motion == "reduced", NoTitle: !ui.Title, RightToLeft: ui.RightToLeft, Progress: ui.Progress, TempDir: a.TempDir(), Now: e.now, Lend: e.keyboard.lend,
		KeepTheme: func(_ context.Context, name string) error { return config.SetUI(e.configFile(), "theme", name) },
	}
	if o.Rows == "auto" {
		o.Rows = ""
	}
	return o, nil
}

// glyphs are the signs for a terminal. The console of Linux has room for 256 or 512
// of them, and a vt terminal has its own; there signs would be blanks, also those of
// keys.
func glyphs(wanted, term string) string {
	switch {
	case wanted != "auto":
		return wanted
	case term == "linux", strings.HasPrefix(term, "vt"):
		return "ascii"
	}
	return "unicode"
}
