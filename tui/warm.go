package tui

import "github.com/charmbracelet/x/ansi"

// Warm makes the tables that the first frame needs, which takes some
// milliseconds: beside the opening of the store they cost no time.
func Warm() { ansi.StringWidthWc("…") }
