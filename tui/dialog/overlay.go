package dialog

import (
	tea "charm.land/bubbletea/v2"

	"postea/tui/keys"
	"postea/tui/nav"
	"postea/tui/widget"
)

// Overlay is something that lies over the screen and takes all keys.
type Overlay interface {
	// Scope is keys.Menu where letters are text, else keys.Choice.
	Scope() keys.Scope
	// Press takes a key by its name, and the text that it types.
	Press(m widget.Measure, key, text string) nav.Cmd
	// Paste takes pasted text.
	Paste(text string) nav.Cmd
	// Mouse takes a click or the wheel, in cells of the whole screen.
	Mouse(ev nav.Mouse) nav.Cmd
	// Draw draws the overlay over the whole screen.
	Draw(a widget.Area)
}

func dismiss(then tea.Msg) nav.Cmd { return nav.Say(nav.Dismiss{Then: then}) }
