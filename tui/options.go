package tui

import (
	"os/exec"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/mail"
	"postea/tui/wizard"
)

// Options are settings of the interface. The zero value is fine.
type Options struct {
	Preset   string              // of keys to begin with; "" is the default one
	Keys     map[string][]string // actions to keys, over the defaults
	Glyphs   string              // "unicode" or "ascii"; "" is unicode
	Theme    string              // "auto", "dark" or "light"; "" is auto
	Rows     string              // "comfortable" or "compact"; "" is comfortable
	Pictures string              // "auto", "cells" or "off"; "" is off
	Preview  string              // "off", "right" or "below"; "" depends on the width
	Rest     time.Duration       // how long a followed message rests before it counts as read; 0 is 2 s
	// KeepUnread leaves messages unread until the user says otherwise.
	KeepUnread bool
	Editor     string      // style of the composer's keys: "emacs" or "vi"; "" is plain
	EditHeader bool        // the external editor gets the header fields too
	TempDir    string      // for the external editor; "" is the system's
	Compose    *mail.Draft // opened at the start
	Title      string      // of the terminal's window; "" is postea
	// Setup adds accounts; nil: there can be no other. First opens it at the start.
	Setup wizard.Source
	First bool

	Notices string              // of new mail: auto (""), terminal, system or off
	Bell    bool                // for new mail
	Getenv  func(string) string // tells of the terminal; nil is os.Getenv

	// Now is the clock, read in commands only; nil is time.Now.
	Now func() time.Time
	// Exec hands the terminal to another program; nil is tea.ExecProcess.
	Exec func(*exec.Cmd, tea.ExecCallback) tea.Cmd
}

func (o Options) filled() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Exec == nil {
		o.Exec = tea.ExecProcess
	}
	if o.Rest == 0 {
		o.Rest = 2 * time.Second
	}
	if o.Title == "" {
		o.Title = "postea"
	}
	return o
}
