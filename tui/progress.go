package tui

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"postea/internal/app"
)

// showsProgress tells whether a bar is shown in the terminal's tab, by the
// sequence OSC 9;4 of ConEmu. Terminals that do not know it take OSC 9 for a
// notice and put "4;1;50" on the desktop, so that on its own it is sent only to
// those that are known to understand it.
func showsProgress(configured string, getenv func(string) string) bool {
	switch configured {
	case "on":
		return true
	case "off":
		return false
	}
	term, program, version := getenv("TERM"), strings.ToLower(getenv("TERM_PROGRAM")), getenv("TERM_PROGRAM_VERSION")
	switch {
	case getenv("TMUX") != "" || strings.HasPrefix(term, "screen"):
		return false // what stands around it is not known
	case getenv("WT_SESSION") != "", getenv("ConEmuANSI") == "ON", program == "ghostty", strings.Contains(term, "ghostty"):
		return true
	case program == "wezterm":
		return atLeast(version, 20250209)
	case program == "iterm.app":
		return atLeast(version, 3, 6, 6)
	}
	vte, err := strconv.Atoi(getenv("VTE_VERSION"))
	return err == nil && vte >= 7900 // GNOME Terminal, Ptyxis
}

// atLeast compares a version such as 3.6.6 or 20250209-182623-44866cc1 with one
// that is needed. A part that is no number is less than any.
func atLeast(version string, need ...int) bool {
	parts := strings.FieldsFunc(version, func(r rune) bool { return r == '.' || r == '-' })
	for i, want := range need {
		if i >= len(parts) {
			return false
		}
		if have, err := strconv.Atoi(parts[i]); err != nil || have != want {
			return err == nil && have > want
		}
	}
	return true
}

// bar is what the terminal's tab shows: an account that needs the user, how far
// syncing is, or that a message is on its way out.
func (r *Root) bar() *tea.ProgressBar {
	if !r.progress {
		return nil
	}
	done, of, busy := 0, 0, r.desk.side.Data().Outbox.Sending > 0
	for _, s := range r.status.Accounts() {
		switch s.Kind {
		case app.StatusNeedsYou:
			return tea.NewProgressBar(tea.ProgressBarError, 100)
		case app.StatusConnecting, app.StatusSyncing:
			busy = true
			done, of = done+s.Done, of+s.Of
		}
	}
	switch {
	case of > 0 && done <= of:
		return tea.NewProgressBar(tea.ProgressBarDefault, done*100/of)
	case busy && !r.options.Still: // a bar that wanders
		return tea.NewProgressBar(tea.ProgressBarIndeterminate, 0)
	}
	return nil
}
