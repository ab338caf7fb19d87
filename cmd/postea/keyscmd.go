package main

import (
	"strings"

	"github.com/spf13/cobra"

	"postea/tui/keys"
)

func (e *env) keysCommand() *cobra.Command {
	return &cobra.Command{
		Use: "keys", Short: "List every action with its keys", Args: cobra.NoArgs,
		Long: `List every action with its keys as they are configured. The name in the first
column is the name in [keys] of the configuration:

  [keys]
  archive = ["e", "y"]     # these keys instead of the default ones
  junk    = []             # no key`,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := e.loadConfig(true)
			if err != nil {
				return err
			}
			m, problems := keys.NewMap(keys.WithStyle(cfg.Compose.Editor, cfg.Keys))
			for _, p := range problems {
				e.say("%v", p)
			}
			for _, entry := range m.Entries() {
				if e.json {
					if err := e.emit(struct {
						Action string   `json:"action"`
						Title  string   `json:"title"`
						Help   *string  `json:"help"`
						Keys   []string `json:"keys"`
						Where  []string `json:"where"`
					}{string(entry.ID), entry.Title, orNull(entry.Help), append([]string{}, entry.Keys...), entry.In.Names()}); err != nil {
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
