package theme

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// Options choose a Look.
type Options struct {
	Dark       bool
	Profile    colorprofile.Profile // Unknown is taken for TrueColor
	ASCII      bool                 // signs that every font has
	Background color.Color          // of the terminal; nil where it is not known
}

// Look turns styles into escape sequences for one terminal. It is immutable
// once made and may be shared.
type Look struct {
	Dark   bool
	Framed bool // overlays need a rule around them because their surface does not show
	Signs  Signs

	profile    colorprofile.Profile
	palette    palette
	background RGB
}

// New makes the look for a terminal.
func New(o Options) *Look {
	if o.Profile == colorprofile.Unknown {
		o.Profile = colorprofile.TrueColor
	}
	l := &Look{Dark: o.Dark, profile: o.Profile, palette: light, Signs: unicodeSigns}
	if o.Dark {
		l.palette = dark
	}
	if o.ASCII {
		l.Signs = asciiSigns
	}
	l.background = ground(o.Background, o.Dark)
	l.Framed = o.Profile <= colorprofile.ANSI || close(l.palette.surface[Panel], o.Background, o.Dark)
	return l
}

// Coloured tells whether surfaces can be seen at all.
func (l *Look) Coloured() bool { return l.profile > colorprofile.ANSI }

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
	case l.profile <= colorprofile.ASCII:
		// Only attributes: the selection in reverse is the one thing that must
		// be seen from afar; dim and faint are left to their place.
		return st.Reverse(s.Reverse || s.On == Selection)
	case l.profile == colorprofile.ANSI:
		return l.sixteen(st, s)
	case l.profile == colorprofile.ANSI256:
		return l.full(st, s, lipgloss.Color(l.palette.ink256[l.ink(s)]), l.palette.surface256[s.On])
	}
	return l.full(st, s, l.palette.ink[l.ink(s)].color(), l.palette.surface[s.On].hex())
}

// full has the colours of a rich terminal.
func (l *Look) full(st lipgloss.Style, s Style, ink color.Color, surface string) lipgloss.Style {
	st = st.Foreground(ink)
	if s.On != Ground {
		st = st.Background(lipgloss.Color(surface))
	}
	return st
}

// ink is the ink that is used: dim falls below readable contrast on the selection.
func (l *Look) ink(s Style) Ink {
	if s.Ink == Dim && s.On == Selection {
		return Text
	}
	return s.Ink
}

// sixteen keeps to colours whose contrast holds in common schemes: text and
// strong are the terminal's own foreground, dim is bright black on dark
// terminals only, and the selection is shown in reverse.
func (l *Look) sixteen(st lipgloss.Style, s Style) lipgloss.Style {
	if s.On == Selection {
		st = st.Reverse(true)
		if s.Ink == Accent || s.Ink == Strong || s.Ink == Text || s.Ink == Dim {
			return st
		}
	}
	code := sixteenInk[s.Ink]
	switch {
	case l.Dark:
	case s.Ink == Faint || s.Ink == Rule:
		code = "7"
	case code == "8": // bright black is too pale on white
		code = ""
	case code == "3": // and so is yellow
		code = "5"
	}
	if code == "" {
		return st
	}
	return st.Foreground(lipgloss.Color(code))
}

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
