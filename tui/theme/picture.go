package theme

import (
	"image/color"
	"strconv"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// Pictures tells whether the terminal has colours enough to show pictures.
func (l *Look) Pictures() bool { return l.profile > colorprofile.ANSI }

// TrueColor tells whether every colour is shown as it is.
func (l *Look) TrueColor() bool { return l.profile == colorprofile.TrueColor }

// Background is the terminal's own, or what it is likely to be.
func (l *Look) Background() RGB { return l.background }

// groundColour is the background, or what it is likely to be where it is not known.
func groundColour(c color.Color, dark bool) RGB {
	if c == nil {
		if dark {
			return Colour(0x10, 0x12, 0x16)
		}
		return Colour(0xff, 0xff, 0xff)
	}
	r, g, b, _ := c.RGBA()
	return Colour(uint8(r>>8), uint8(g>>8), uint8(b>>8))
}

// picture is the escape sequence of a cell of a picture. There are as many styles as
// cells, so it is written by hand.
func (l *Look) picture(s Style) string {
	b := append(make([]byte, 0, 40), "\x1b[0"...)
	b = l.colour(b, "38", s.Fore)
	b = l.colour(b, "48", s.Back)
	return string(append(b, 'm'))
}

func (l *Look) colour(b []byte, which string, c RGB) []byte {
	if c == 0 {
		return b
	}
	r, g, bl := c.parts()
	b = append(append(b, ';'), which...)
	if l.profile != colorprofile.TrueColor {
		b = append(b, ";5;"...)
		return strconv.AppendUint(b, uint64(ansi.Convert256(color.RGBA{r, g, bl, 0xff})), 10)
	}
	b = append(b, ";2;"...)
	for i, v := range []uint8{r, g, bl} {
		if i > 0 {
			b = append(b, ';')
		}
		b = strconv.AppendUint(b, uint64(v), 10)
	}
	return b
}
