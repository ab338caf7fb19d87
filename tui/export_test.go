package tui

import tea "charm.land/bubbletea/v2"

// End is what the program hears when its terminal is closed.
var End tea.Msg = endMsg{}

// Finish is what is left to do where the terminal has gone.
var Finish = finish
