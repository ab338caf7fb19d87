package tui

import (
	"context"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postea/tui/nav"
	"postea/tui/theme"
)

type (
	// wearMsg shows the screen in a theme, to be looked at.
	wearMsg struct{ theme theme.Theme }
	// chosenMsg keeps one.
	chosenMsg struct{ theme theme.Theme }
)

// wear draws in a theme from now on.
func (r *Root) wear(t theme.Theme) {
	asks, dark := t.Asks()
	if asks {
		dark = r.dark
	}
	r.terms.Theme, r.terms.Dark = t, dark
	r.look = theme.New(r.terms)
}

// askGround asks for the terminal's background, which may have become another while
// nobody looked: many change from light to dark in the evening.
func (r *Root) askGround() nav.Cmd { return nav.Later(tea.RequestBackgroundColor) }

// groundTold tells whether the terminal says in its environment which background it has, as
// rxvt and Konsole do, and whether that is light: not all answer who asks them.
func groundTold(getenv func(string) string) (light, told bool) {
	colours := strings.Split(getenv("COLORFGBG"), ";")
	n, err := strconv.Atoi(colours[len(colours)-1])
	return n == 7 || n > 8, err == nil && n >= 0 && n < 16
}

// chooseTheme opens the list of themes. The screen beside it shows the one under
// the cursor.
func (r *Root) chooseTheme() nav.Cmd {
	menu := nav.Menu{Title: "Theme", Hint: "keep", Beside: true, Cancel: wearMsg{r.theme}}
	for i, t := range slices.Concat(theme.BuiltIn(), r.options.Themes) {
		if t.Name == r.theme.Name {
			menu.At = i
		}
		menu.Items = append(menu.Items, nav.Item{Label: t.Name, Detail: t.About, Msg: chosenMsg{t}, Hover: wearMsg{t}})
	}
	return nav.Say(menu)
}

// chosen keeps a theme.
func (r *Root) chosen(t theme.Theme) nav.Cmd {
	r.theme = t
	r.wear(t)
	if r.options.KeepTheme == nil {
		return nav.Done("Theme " + t.Name + ", for this time")
	}
	return r.ask.Run(func(ctx context.Context) tea.Msg {
		if err := r.options.KeepTheme(ctx, t.Name); err != nil {
			return err
		}
		return doneMsg("Theme " + t.Name)
	})
}
