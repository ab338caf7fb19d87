package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"postea/internal/picture"
	"postea/tui/nav"
	"postea/tui/screen"
)

// askTerminal asks for the terminal's background and what it is, and for its attributes
// behind that, which all tell: who has told them will not tell the background any more.
func (r *Root) askTerminal() nav.Cmd {
	return nav.Batch(nav.Later(tea.RequestTerminalVersion), nav.Later(tea.Raw(ansi.RequestBackgroundColor+ansi.RequestPrimaryDeviceAttributes)))
}

// terminal is what the terminal has said about itself.
type terminal struct {
	name  string
	sixel bool
}

// ordersFor tells whether what is written from the right is put in order here: where the
// user says so, or the terminal, by its name or its TERM, is known to draw all from the left.
func ordersFor(o Options, name string) bool {
	if o.RightToLeft != "" && o.RightToLeft != "auto" {
		return o.RightToLeft == "postea"
	}
	term := environment(o.Getenv)("TERM")
	return slices.ContainsFunc([]string{"xterm(", "foot("}, func(s string) bool { return strings.HasPrefix(name, s) }) ||
		slices.ContainsFunc([]string{"alacritty", "foot", "st-", "rxvt-unicode"}, func(s string) bool { return strings.HasPrefix(term, s) })
}

// sixelAttribute in the answer to primary device attributes tells of sixel graphics.
const sixelAttribute = 4

func (r *Root) named(msg tea.TerminalVersionMsg) nav.Cmd {
	r.terminal.name = strings.ToLower(msg.Name)
	if orders := ordersFor(r.options, r.terminal.name); orders != r.terms.Orders {
		r.terms.Orders = orders
		r.wear(r.terms.Theme)
	}
	return nav.Batch(r.counts(msg), r.choosePictures())
}

func (r *Root) attributes(msg uv.PrimaryDeviceAttributesEvent) nav.Cmd {
	r.terminal.sixel = slices.Contains(msg, sixelAttribute)
	if _, told := groundTold(environment(r.options.Getenv)); r.terms.Background == nil && !told {
		r.terms.Silent = true
		r.wear(r.terms.Theme)
	}
	return r.choosePictures()
}

// hasPlaceholders tells of a terminal, by the name it gives itself, that shows pictures in
// the place of placeholders, so that they scroll with the text: kitty since 0.28, ghostty.
func hasPlaceholders(name string) bool {
	return screen.KittySince(name, 28) || strings.HasPrefix(name, "ghostty")
}

// choosePictures takes the best way that is known to work. Where there are no
// placeholders, pictures would need to be printed over the text.
func (r *Root) choosePictures() nav.Cmd {
	among, whole := picture.None, picture.None
	if r.options.Pictures == "auto" || r.options.Pictures == "cells" {
		if r.look.Pictures() {
			among = picture.Cells
		}
	}
	if r.options.Pictures == "auto" && among != picture.None {
		switch name := r.terminal.name; {
		case strings.HasPrefix(name, "kitty"), strings.HasPrefix(name, "ghostty"):
			whole = picture.Kitty
			if r.look.TrueColor() && hasPlaceholders(name) {
				among = picture.Kitty
			}
		case strings.HasPrefix(name, "iterm2"), strings.HasPrefix(name, "wezterm"):
			whole = picture.ITerm
		case r.terminal.sixel:
			whole = picture.Sixel
		}
	}
	if r.size.Pictures == among && r.size.WholePictures == whole {
		return nil
	}
	r.size.Pictures, r.size.WholePictures = among, whole
	return r.resize()
}
