package tui

import (
	tea "charm.land/bubbletea/v2"

	"postea/tui/nav"
)

// suspend stops postea until its shell lets it go on.
func suspend() tea.Msg {
	if !stoppable() {
		return nav.Toast{Text: words("No shell is here that could bring postea back"), Error: true}
	}
	return tea.Suspend()
}
