package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"postea/config"
	"postea/internal/app"
	"postea/internal/mail"
)

// ruleCommand lists the rules of the configuration, and asks them about what is there already.
func (e *env) ruleCommand() *cobra.Command {
	c := &cobra.Command{Use: "rule", Short: "List, try and run the rules of the configuration", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return exit(exUsage, "say list, try or run") }}
	folder := "inbox"
	over := func(use, short string, f func(*cobra.Command, *app.App, []mail.ID) error) *cobra.Command {
		sub := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
			a, err := e.open(c.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			list, err := a.Messages(c.Context(), e.account, folder, 1<<30)
			if err != nil {
				return err
			}
			ids := make([]mail.ID, len(list))
			for i, m := range list {
				ids[i] = m.ID
			}
			return f(c, a, ids)
		}}
		sub.Flags().Var(wordFlag{&folder}, "folder", "a folder's `name` or role")
		_ = sub.RegisterFlagCompletionFunc("folder", e.completeFolders)
		return sub
	}
	c.AddCommand(
		&cobra.Command{Use: "list", Short: "List the rules in their order", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error { return e.listRules() }},
		over("try", "Print what the rules would do with the messages of a folder", func(c *cobra.Command, a *app.App, ids []mail.ID) error {
			list, err := a.TryRules(c.Context(), ids)
			for _, v := range list {
				if err := e.printRuling(v); err != nil {
					return err
				}
			}
			return err
		}),
		over("run", "Do what the rules say with the messages of a folder", func(c *cobra.Command, a *app.App, ids []mail.ID) error {
			words, err := a.RunRules(c.Context(), app.Place{}, alone(ids))
			if err == nil {
				e.say("%s", words)
			}
			return err
		}),
	)
	return c
}

type ruleJSON struct {
	Name  string   `json:"name"`
	Match string   `json:"match"`
	Move  *string  `json:"move"`
	Label []string `json:"label"`
	Read  bool     `json:"read"`
	Star  bool     `json:"star"`
	Stop  bool     `json:"stop"`
}

func (e *env) listRules() error {
	cfg, err := e.loadConfig(false)
	if err != nil {
		return err
	}
	for _, r := range cfg.Rules {
		if e.json {
			if err := e.emit(ruleJSON{r.Name, r.Match, orNull(r.Move), append([]string{}, r.Label...), r.Read, r.Star, r.Stop}); err != nil {
				return err
			}
			continue
		}
		e.print("%s", app.SafeLine(fmt.Sprintf("%s: %s → %s", r.Name, r.Match, app.RuleDoes(r))))
	}
	return nil
}

type rulingJSON struct {
	Message messageJSON `json:"message"`
	Rules   []string    `json:"rules"`
	Move    *string     `json:"move"`
	Label   []string    `json:"label"`
	Read    bool        `json:"read"`
	Star    bool        `json:"star"`
}

func (e *env) printRuling(v app.Ruling) error {
	if e.json {
		return e.emit(rulingJSON{listed(v.Message), v.Rules, orNull(v.MoveTo), append([]string{}, v.Labels...), v.Read, v.Star})
	}
	if err := e.printListed(v.Message); err != nil {
		return err
	}
	does := app.RuleDoes(config.Rule{Move: v.MoveTo, Label: v.Labels, Read: v.Read, Star: v.Star})
	e.print("       %s", app.SafeLine(fmt.Sprintf("%s: %s", strings.Join(v.Rules, ", "), cmp.Or(does, "nothing"))))
	return nil
}
