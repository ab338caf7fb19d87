package main

import (
	"os"

	"github.com/spf13/cobra"

	"postea/internal/app"
)

// helperVerb makes postea do in a process of its own what a hostile file could
// draw out for ever: app.Help.
const helperVerb = "help-with"

// helperOf is the command that app.Options.Helper wants; nil where the program does
// not know its own file.
func helperOf() []string {
	self, err := os.Executable()
	if err != nil {
		return nil
	}
	return []string{self, helperVerb}
}

func (e *env) helperCommand() *cobra.Command {
	return &cobra.Command{
		Use: helperVerb + " WHAT", Hidden: true, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := app.Help(c.Context(), args[0], e.stdin, e.stdout); err != nil {
				return exit(exData, "%v", err)
			}
			return nil
		},
	}
}
