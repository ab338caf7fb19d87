package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"postea/config"
	"postea/tui/theme"
)

// wardrobe is what there is to choose from.
type wardrobe struct {
	own      []theme.Theme
	paths    map[string]string // of the own ones, by name
	problems config.Problems   // what makes a theme unusable, or the choice
	doubts   config.Problems   // what is hard to read
}

// themes reads the user's themes, and looks whether the one that the
// configuration names is there.
func themes(cfg *config.Config) wardrobe {
	w := wardrobe{paths: map[string]string{}}
	files, problems := cfg.Themes()
	w.problems = problems
	for _, f := range files {
		w.add(f)
	}
	if _, ok := theme.Named(cfg.UI.Theme, w.own); !ok {
		text := fmt.Sprintf("there is no theme %q; there are %s", cfg.UI.Theme, strings.Join(w.names(), ", "))
		if slices.ContainsFunc(w.problems, func(p config.Problem) bool { return filepath.Base(p.Path) == cfg.UI.Theme+".toml" }) {
			text = fmt.Sprintf("the theme %q cannot be used as it is", cfg.UI.Theme)
		}
		w.problems = append(w.problems, config.Problem{Path: cfg.Path, Line: max(cfg.UI.ThemeLine, 1), Column: 1, Key: "ui.theme", Text: text})
	}
	return w
}

func (w *wardrobe) add(f config.ThemeFile) {
	problem := func(v config.ThemeValue, text string) config.Problem {
		key := v.Key
		if v.Table != "" {
			key = v.Table + "." + key
		}
		return config.Problem{Path: f.Path, Line: max(v.Line, 1), Column: max(v.Column, 1), Key: key, Text: text}
	}
	if _, taken := theme.Named(f.Name, nil); taken {
		w.problems = append(w.problems, problem(config.ThemeValue{}, fmt.Sprintf("%q is the name of one of postea's own themes: give the file another", f.Name)))
		return
	}
	written := theme.Written{Name: f.Name, Base: f.Base.Value}
	for _, v := range f.Values {
		written.Colours = append(written.Colours, theme.Colouring{Variant: v.Table, Role: v.Key, Colour: v.Value})
	}
	t, wrong := theme.Make(written)
	for _, p := range wrong {
		at := f.Base
		if p.Index >= 0 {
			at = f.Values[p.Index]
		}
		w.problems = append(w.problems, problem(at, p.Text))
	}
	if len(wrong) > 0 {
		return
	}
	for _, d := range t.Doubts() {
		w.doubts = append(w.doubts, problem(placeOf(f, d.Variant, d.Ink, d.Surface), d.String()))
	}
	w.own = append(w.own, t)
	w.paths[t.Name] = f.Path
}

// placeOf is where a file says the colour of one of the roles, or else its first line.
func placeOf(f config.ThemeFile, variant string, roles ...string) config.ThemeValue {
	for _, role := range roles {
		for _, v := range f.Values {
			if v.Key == role && (v.Table == variant || v.Table == "") {
				return v
			}
		}
	}
	return config.ThemeValue{Key: roles[0]}
}

func (w *wardrobe) names() []string {
	var out []string
	for _, t := range slices.Concat(theme.BuiltIn(), w.own) {
		out = append(out, t.Name)
	}
	return out
}

// worn is what is wrong with the theme that is used: faults of others do not
// keep anybody from reading mail.
func (w *wardrobe) worn(cfg *config.Config) config.Problems {
	if _, ok := theme.Named(cfg.UI.Theme, w.own); ok {
		return nil
	}
	return w.problems
}

type themeJSON struct {
	Name  string  `json:"name"`
	About string  `json:"about"`
	Path  *string `json:"path"`
	Used  bool    `json:"used"`
}

func (e *env) themesCommand() *cobra.Command {
	return &cobra.Command{Use: "themes", Short: "List the themes, postea's and your own", Args: cobra.NoArgs,
		Long: `List the themes. Your own are files NAME.toml in the directory themes beside the
configuration; docs/themes.md says what is in them, and  postea config check  what
is wrong with them.`,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := e.loadConfigOrEmpty()
			if err != nil {
				return err
			}
			w := themes(cfg)
			for _, p := range w.problems {
				e.say("%s", p)
			}
			for _, t := range slices.Concat(theme.BuiltIn(), w.own) {
				used, mark := t.Name == cfg.UI.Theme, " "
				if used {
					mark = "*"
				}
				if e.json {
					if err := e.emit(themeJSON{t.Name, t.About, orNull(w.paths[t.Name]), used}); err != nil {
						return err
					}
					continue
				}
				about := t.About
				if p := w.paths[t.Name]; p != "" {
					about = p
				}
				e.print("%s %-12s  %s", mark, t.Name, about)
			}
			return nil
		}}
}
