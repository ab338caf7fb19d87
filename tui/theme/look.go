package theme

import (
	"image/color"
	"strings"
	"sync"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"

	"postea/internal/when"
)

// Options choose a Look.
type Options struct {
	Theme      Theme
	Dark       bool                 // the terminal's background
	Profile    colorprofile.Profile // Unknown is taken for TrueColor
	Glyphs     string               // "unicode", "ascii" or "nerd"; "" is unicode
	Dates      when.Style           // how times are written
	Plain      bool                 // for a screen reader: words in place of signs
	Background color.Color          // of the terminal; nil where it is not known
	Silent     bool                 // the terminal was asked for it, and does not tell
	Links      bool                 // the terminal takes addresses behind a text (OSC 8)
	Orders     bool                 // what is written from the right is put in order here, and not by the terminal
}

// Look turns styles into escape sequences for one terminal. It is immutable
// once made and may be shared.
type Look struct {
	Framed bool // overlays need a rule around them because their surface does not show
	Signs  Signs
	Dates  when.Style // how times are written
	Plain  bool       // for a screen reader: no lines, no boxes, words in place of signs
	Links  bool       // addresses can stand behind a text
	Orders bool       // what is written from the right is put in order before it is drawn

	dark       bool                 // the ground is
	profile    colorprofile.Profile // of the terminal
	inks       colorprofile.Profile // of the theme: no more than that
	palette    *palette
	reduced    *reduced // of palette, where the terminal has 256 colours
	background RGB
	shades     func() []uint8 // of pictures, among 256 colours
}

// New makes the look for a terminal.
func New(o Options) *Look {
	if o.Profile == colorprofile.Unknown {
		o.Profile = colorprofile.TrueColor
	}
	l := &Look{profile: o.Profile, inks: o.Profile, Signs: signsNamed(o.Glyphs), Dates: o.Dates, Plain: o.Plain, Links: o.Links && !o.Plain, Orders: o.Orders && !o.Plain}
	if l.Plain {
		l.Signs = plainSigns
	}
	if o.Theme.sixteen {
		l.inks = min(l.inks, colorprofile.ANSI)
	}
	l.palette, l.dark = o.Theme.palette(o.Dark)
	if o.Silent && !o.Theme.pinned {
		l.palette = l.palette.grounded(l.dark)
	}
	if l.inks == colorprofile.ANSI256 {
		l.reduced = l.palette.reduce(l.dark)
	}
	ground := o.Background
	switch {
	case l.inks <= colorprofile.ANSI && !o.Theme.pinned:
		l.dark = o.Dark // what is painted is not the theme's
	case l.palette.painted:
		ground = l.palette.surface[Ground].color()
	}
	l.background, l.shades = groundColour(ground, l.dark), sync.OnceValue(makeShades)
	l.Framed = l.inks <= colorprofile.ANSI || close(l.palette.surface[Panel], ground, l.dark)
	return l
}

// Coloured tells whether surfaces can be seen at all.
func (l *Look) Coloured() bool { return l.inks > colorprofile.ANSI }

// Painted tells whether the ground has a colour of the theme's own.
func (l *Look) Painted() bool { return l.Coloured() && l.palette.painted }

// SGR is the escape sequence that switches from the terminal's default to s.
// Only the sequence is taken from Lip Gloss and not whole strings, because
// rendering each piece of a screen by itself costs forty times as much.
func (l *Look) SGR(s Style) string {
	if s.Fore != 0 || s.Back != 0 {
		return l.picture(s)
	}
	const text = "x"
	before, _, _ := strings.Cut(l.Style(s).Render(text), text)
	if before == "" {
		return "\x1b[0m"
	}
	return "\x1b[0;" + strings.TrimPrefix(before, "\x1b[")
}

// Style is s for Lip Gloss, in the colours that the terminal has.
func (l *Look) Style(s Style) lipgloss.Style {
	st := lipgloss.NewStyle().Bold(s.Bold).Italic(s.Italic).Underline(s.Underline).Reverse(s.Reverse)
	switch {
	case l.inks <= colorprofile.ASCII:
		// Only attributes: the selection in reverse is the one thing that must
		// be seen from afar.
		return st.Reverse(s.Reverse || s.On == Selection).Faint(s.quiet() && s.On != Selection)
	case l.inks == colorprofile.ANSI:
		return l.sixteen(st, s)
	case l.inks == colorprofile.ANSI256:
		return l.full(st, s, lipgloss.Color(l.reduced.ink[inkOn(s.Ink, s.On)]), l.reduced.surface[s.On])
	}
	return l.full(st, s, l.palette.ink[inkOn(s.Ink, s.On)].color(), l.palette.surface[s.On].hex())
}

// full has the colours of a rich terminal.
func (l *Look) full(st lipgloss.Style, s Style, ink color.Color, surface string) lipgloss.Style {
	st = st.Foreground(ink)
	if s.On != Ground || l.palette.painted {
		st = st.Background(lipgloss.Color(surface))
	}
	return st
}

// sixteen keeps to colours whose contrast holds in common schemes: text and
// strong are the terminal's own foreground, and so is dim, faintly, because
// bright black is the background itself in some of them. The selection is shown
// in reverse, where a colour would become a block of it.
func (l *Look) sixteen(st lipgloss.Style, s Style) lipgloss.Style {
	if s.On == Selection {
		return st.Reverse(true)
	}
	code := sixteenInk[s.Ink]
	switch {
	case s.Ink == Dim:
		return st.Faint(true)
	case l.dark && code == "4": // blue is too deep on black
		code = "6"
	case l.dark:
	case s.Ink == Faint || s.Ink == Rule:
		code = "7"
	case code == "3": // yellow is too pale on white
		code = "5"
	}
	if code == "" {
		return st
	}
	return st.Foreground(lipgloss.Color(code))
}

// quiet tells of what stands back.
func (s Style) quiet() bool { return s.Ink == Dim || s.Ink == Faint || s.Ink == Rule }

// close tells whether a panel would melt into the terminal's background. An
// unknown background is taken to be white on a light terminal.
func close(panel rgb, background color.Color, dark bool) bool {
	if background == nil {
		return !dark
	}
	r, g, b, _ := background.RGBA()
	d := abs(int(panel.r)-int(r>>8)) + abs(int(panel.g)-int(g>>8)) + abs(int(panel.b)-int(b>>8))
	return d < 9
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
