package nav

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/event"
	"postea/internal/picture"
	"postea/tui/keys"
	"postea/tui/theme"
	"postea/tui/widget"
)

// Screen is what the root needs of a view. All methods are called from the UI
// goroutine; none does I/O or reads a clock.
type Screen interface {
	// Scope says which actions are valid now.
	Scope() keys.Scope
	// Do carries out an action of the scope; count is 0 where none was typed.
	Do(a keys.Action, count int) Cmd
	// Why says in words why an action cannot be done now; "" where it can.
	Why(a keys.Action) string
	// Handle takes answers to the screen's own questions, Size, and what was
	// typed, pasted or clicked: tea.KeyPressMsg, tea.PasteMsg, Mouse.
	Handle(msg tea.Msg) Cmd
	// Changed tells of news; the screen asks again for what it shows.
	Changed(e event.Event) Cmd
	// Draw draws the screen.
	Draw(a widget.Area)
	// Head is what the top line and the hints say.
	Head(now time.Time) Head
	// Pace is how often what is shown changes with time alone; 0 never.
	Pace(now time.Time) time.Duration
}

// Head is what a screen says on the top line and in the line of hints.
type Head struct {
	Crumbs []string // places above, then here
	Right  []Piece  // the right end of the top line
	Hints  []keys.Action
}

// Piece is text with a style.
type Piece struct {
	Text  string
	Style theme.Style
}

// Size tells a screen the room it has.
type Size struct {
	Width, Height int
	Measure       widget.Measure

	Pictures      picture.Protocol // how pictures are shown among text; None for not at all
	WholePictures picture.Protocol // how one is shown by itself, on the whole terminal
}

// Mouse is a click, its end, or a turn of the wheel, in the screen's own cells.
type Mouse struct {
	X, Y    int
	Wheel   int  // lines down; 0 for a click
	Release bool // the button is let go
}

// Dragger is a screen over which the mouse can be moved with its button held.
type Dragger interface{ Drag(x, y int) Cmd }

// Leaver is a screen with something to finish before it may go: Leave does
// that, then says then.
type Leaver interface{ Leave(then tea.Msg) Cmd }
