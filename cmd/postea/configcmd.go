package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"postea/config"
	"postea/internal/app"
	"postea/tui/keys"
)

func (e *env) configCommand() *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "Where the configuration is, whether it is right, an example, the reference, and the themes", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return exit(exUsage, "say path, check, example, reference or themes")
		}}
	c.AddCommand(
		&cobra.Command{Use: "path", Short: "Print where the configuration is read from", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error {
				e.print("%s", e.configFile())
				return nil
			}},
		&cobra.Command{Use: "check", Short: "Report everything that is wrong, with line and column", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error {
				cfg, err := config.Examine(e.configFile())
				var doubts config.Problems
				if cfg != nil {
					doubts, err = moreProblems(cfg, err)
				}
				if problems, ok := errors.AsType[config.Problems](err); ok && e.json {
					if err := e.emitProblems(problems, false); err != nil {
						return err
					}
					return &exitError{code: exConfig}
				}
				if err != nil {
					return e.unread(err)
				}
				if e.json {
					return e.emitProblems(doubts, true)
				}
				for _, d := range doubts {
					e.say("%s", d)
				}
				if !e.json {
					e.print("%s is right: %s", cfg.Path, app.Counted(len(cfg.Accounts), "account"))
				}
				return nil
			}},
		e.themesCommand(),
		&cobra.Command{Use: "example", Short: "Print a commented configuration", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error {
				_, err := fmt.Fprint(e.stdout, config.Example())
				return err
			}},
		&cobra.Command{Use: "reference", Short: "Print what every setting means, in Markdown", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error {
				_, err := fmt.Fprint(e.stdout, config.Reference())
				return err
			}},
	)
	return c
}

// moreProblems is what loading does not find wrong: with the keys, the themes and
// the files that are named, beside what is known to be wrong; and what works and is doubtful.
func moreProblems(cfg *config.Config, known error) (doubts config.Problems, err error) {
	problems, ok := errors.AsType[config.Problems](known)
	if known != nil && !ok {
		return nil, known
	}
	w := themes(cfg)
	wrong, doubts := keyProblems(cfg)
	problems = slices.Concat(problems, wrong, w.problems, cfg.Unreadable())
	if len(problems) == 0 {
		return append(doubts, w.doubts...), nil
	}
	slices.SortStableFunc(problems, byPlace)
	return nil, problems
}

func (e *env) emitProblems(list config.Problems, warning bool) error {
	for _, p := range list {
		if err := e.emit(problemJSON{p.Path, p.Line, p.Column, orNull(p.Key), p.Text, warning}); err != nil {
			return err
		}
	}
	return nil
}

// keyProblems is what is wrong with the keys of a configuration, and what is
// doubtful.
func keyProblems(cfg *config.Config) (wrong, doubts config.Problems) {
	_, list := keys.New(cfg.UI.Keys, cfg.Compose.Editor, cfg.Keys)
	for _, p := range list {
		if p.Warning {
			doubts = append(doubts, keyProblem(cfg, p))
		} else {
			wrong = append(wrong, keyProblem(cfg, p))
		}
	}
	for _, out := range []config.Problems{wrong, doubts} {
		slices.SortStableFunc(out, byPlace)
	}
	return wrong, doubts
}

func byPlace(a, b config.Problem) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

type problemJSON struct {
	File   string  `json:"file"`
	Line   int     `json:"line"`
	Column int     `json:"column"`
	Key    *string `json:"key"`
	Text   string  `json:"text"`
	// Warning: nothing is refused because of it.
	Warning bool `json:"warning"`
}
