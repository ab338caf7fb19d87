package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postea/config"
	"postea/tui/keys"
)

func (e *env) keysCommand() *cobra.Command {
	return &cobra.Command{
		Use: "keys", Short: "List every action with its keys", Args: cobra.NoArgs,
		Long: `List every action with its keys as they are configured. The name in the first
column is the name in [keys] of the configuration:

  [keys]
  archive = ["e", "ctrl+e"]     # these keys instead of the default ones
  junk    = []                  # no key

[ui] keys = "gmail", "aerc" or "mutt" begins with the keys of another program.`,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := e.loadConfig(true)
			if err != nil {
				return err
			}
			m, problems := e.keyMap(cfg)
			for _, entry := range m.Entries() {
				if e.json {
					if err := e.emit(keyJSON{string(entry.ID), entry.Title, orNull(entry.Help), append([]string{}, entry.Keys...), entry.In.Names()}); err != nil {
						return err
					}
					continue
				}
				title := entry.Title
				if entry.Help != "" {
					title += ", " + entry.Help
				}
				e.print("%s", strings.TrimRight(pad(string(entry.ID), 24)+pad(strings.Join(entry.Keys, "  "), 24)+title, " "))
			}
			if len(problems) > 0 {
				return &exitError{code: exConfig}
			}
			return nil
		},
	}
}

// keyMap gives the keys as they are configured and what is wrong with them, and
// reports that and what is doubtful by the lines of the file.
func (e *env) keyMap(cfg *config.Config) (*keys.Map, []keys.Problem) {
	m, problems := keys.New(cfg.UI.Keys, cfg.Compose.Editor, cfg.Keys)
	for _, p := range problems {
		e.say("%s", keyProblem(cfg, p).String())
	}
	return m, slices.DeleteFunc(problems, func(p keys.Problem) bool { return p.Warning })
}

func keyProblem(cfg *config.Config, p keys.Problem) config.Problem {
	text := p.Why
	if p.Index >= 0 {
		text = fmt.Sprintf("%q: %s", p.Key, p.Why)
	}
	at := config.Place{Line: 1, Column: 1}
	if places := cfg.KeyPlaces[string(p.Action)]; p.Index+1 < len(places) { // the first is that of the action
		at = places[p.Index+1]
	}
	return config.Problem{Path: cfg.Path, Line: at.Line, Column: at.Column, Key: "keys." + string(p.Action), Text: text}
}

type keyJSON struct {
	Action string   `json:"action"`
	Title  string   `json:"title"`
	Help   *string  `json:"help"`
	Keys   []string `json:"keys"`
	Where  []string `json:"where"`
}
