package tui

import (
	"context"
	"os/exec"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/mail"
	"postea/internal/when"
	"postea/tui/theme"
	"postea/tui/wizard"
)

// Options are settings of the interface. The zero value is fine.
type Options struct {
	Preset   string              // of keys to begin with; "" is the default one
	Keys     map[string][]string // actions to keys, over the defaults
	Glyphs   string              // "unicode", "ascii" or "nerd"; "" is unicode
	Theme    string              // the name of a built-in theme or one of Themes; "" is auto
	Themes   []theme.Theme       // of the user's own
	Dates    when.Style          // how times are written
	Rows     string              // "comfortable" or "compact"; "" is by the width
	Pictures string              // "auto", "cells" or "off"; "" is off
	// RightToLeft is who puts in order what is written from the right: "terminal", "postea";
	// "" and "auto": the terminal, unless it is known not to.
	RightToLeft string
	Preview     string        // "off", "right" or "below"; "" depends on the width
	Rest        time.Duration // how long a followed message rests before it counts as read; 0 is 2 s
	// KeepUnread leaves messages unread until the user says otherwise.
	KeepUnread bool
	Editor     string      // style of the composer's keys: "emacs" or "vi"; "" is plain
	EditHeader bool        // the external editor gets the header fields too
	TempDir    string      // for the external editor; "" is the system's
	Compose    *mail.Draft // opened at the start
	Account    string      // whose inbox is shown first; "": all inboxes
	Title      string      // of the terminal's window; "" is postea
	// Setup adds accounts; nil: there can be no other. First opens it at the start.
	Setup wizard.Source
	First bool

	// Plain is for a screen reader: one thing after the other, words in place of
	// signs, no lines, and the cursor on what is current.
	Plain bool
	// Still lets nothing move by itself but once a minute.
	Still    bool
	NoTitle  bool   // the title of the terminal's window stays as it is
	Progress string // in the terminal's tab: "on", "off"; "" and "auto": where the terminal is known to understand it

	// Shown is called once, when the first list can be seen; nil: nobody waits for it.
	Shown func()
	// KeepTheme writes down which theme was chosen; nil: it is for this time only.
	KeepTheme func(ctx context.Context, name string) error

	Notices string              // of new mail: auto (""), terminal, system or off
	Bell    bool                // for new mail
	Getenv  func(string) string // tells of the terminal; nil is os.Getenv

	// Now is the clock, read in commands only; nil is time.Now.
	Now func() time.Time
	// Lend is called when another program gets the terminal, and what it returns when
	// that has ended: what keys send as signals is not for this one meanwhile. nil: nothing.
	Lend func() (give func())
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
	o.Still = o.Still || o.Plain
	o.Dates.Still = o.Still
	if o.Plain {
		o.Preview = "off"
	}
	if o.Title == "" {
		o.Title = "postea"
	}
	return o
}
