package theme

import (
	"image/color"
	"strings"

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

	profile colorprofile.Profile
	palette palette
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
	l.Framed = o.Profile <= colorprofile.ANSI || close(l.palette.surface[Panel], o.Background, o.Dark)
	return l
}

// Coloured tells whether surfaces can be seen at all.
func (l *Look) Coloured() bool { return l.profile > colorprofile.ANSI }

// SGR is the escape sequence that switches from the terminal's default to s.
func (l *Look) SGR(s Style) string {
	var b strings.Builder
	b.WriteString("\x1b[0")
	attr := func(on bool, code string) {
		if on {
			b.WriteString(";" + code)
		}
	}
	attr(s.Bold, "1")
	attr(s.Italic, "3")
	attr(s.Underline, "4")
	attr(s.Reverse, "7")
	switch {
	case l.profile <= colorprofile.ASCII:
		l.plain(&b, s)
	case l.profile == colorprofile.ANSI:
		l.sixteen(&b, s)
	case l.profile == colorprofile.ANSI256:
		l.full(&b, s, l.palette.ink256[l.ink(s)], l.palette.surface256[s.On])
	default:
		l.full(&b, s, l.palette.ink[l.ink(s)].code(), l.palette.surface[s.On].code())
	}
	b.WriteByte('m')
	return b.String()
}

// full writes the colours of a rich terminal.
func (l *Look) full(b *strings.Builder, s Style, ink, surface string) {
	b.WriteString(";38;" + ink)
	if s.On != Ground {
		b.WriteString(";48;" + surface)
	}
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
func (l *Look) sixteen(b *strings.Builder, s Style) {
	if s.On == Selection {
		if s.Ink == Accent || s.Ink == Strong || s.Ink == Text || s.Ink == Dim {
			b.WriteString(";7")
			return
		}
		b.WriteString(";7")
	}
	code := sixteenInk[s.Ink]
	if code == "90" && !l.Dark {
		code = "39"
		if s.Ink == Faint || s.Ink == Rule {
			code = "37"
		}
	}
	if code == "33" && !l.Dark {
		code = "35"
	}
	b.WriteString(";" + code)
}

// plain has only attributes: the selection in reverse is the one thing that
// must be seen from afar; dim and faint are left to their place on the screen.
func (l *Look) plain(b *strings.Builder, s Style) {
	if s.On == Selection && !s.Reverse {
		b.WriteString(";7")
	}
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
