package main

import (
	"io"

	"github.com/spf13/cobra"

	"postea/internal/app"
)

func (e *env) composeCommand() *cobra.Command {
	var f letterFlags
	c := &cobra.Command{
		Use:   "compose [--to ADDRESS]…",
		Short: "Open the composer with a message begun",
		Long: `Open the composer with what the flags say filled in. What is piped in is the
text, or with --attach - an attachment; keys then come from the terminal itself.`,
		Example: `  postea compose --to bob@example.org --attach report.pdf
  git diff | postea compose --attach - --attach-as change.diff`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return e.compose(c, f) },
	}
	f.register(c.Flags())
	return c
}

func (e *env) compose(c *cobra.Command, f letterFlags) error {
	f.unfinished = true
	if err := f.check(); err != nil {
		return err
	}
	if why := e.noScreen(false); why != "" {
		return exit(exUsage, "the composer %s; without one use  postea send --to …", why)
	}
	if e.inTerminal && f.pipes() {
		return exit(exUsage, "--attach - attaches what is piped in, and nothing is")
	}
	cfg, err := e.loadConfig(false)
	if err != nil {
		return err
	}
	if err := e.unlockForUse(cfg); err != nil {
		return err
	}
	a, err := e.openWith(c.Context(), app.Options{Config: cfg, Hold: true})
	if err != nil {
		return err
	}
	defer a.Close()
	quiet := *e
	quiet.inTerminal = false
	if e.inTerminal && !f.said { // nothing is piped in: the text is written in the composer
		quiet.stdin = eofReader{}
	}
	d, err := quiet.letter(c.Context(), a, f)
	if err != nil {
		return err
	}
	return e.interact(c.Context(), a, &d)
}

// eofReader has nothing to read.
type eofReader struct{}

func (eofReader) Read([]byte) (int, error) { return 0, io.EOF }
