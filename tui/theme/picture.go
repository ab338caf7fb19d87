package theme

import (
	"image/color"
	"strconv"

	"github.com/charmbracelet/colorprofile"
)

// makeShades gives the nearest of the 256 colours for the four highest bits each of red,
// green and blue. It takes some milliseconds.
func makeShades() []uint8 {
	var have [lastGrey + 1][3]float64
	for n := firstCube; n <= lastGrey; n++ {
		have[n] = oklab(colour256(n))
	}
	shades := make([]uint8, 1<<12)
	for i := range shades {
		want := oklab(rgb{uint8(i>>8) * 17, uint8(i>>4&15) * 17, uint8(i&15) * 17})
		shades[i] = uint8(nearestOf(have[:], want))
	}
	return shades
}

// Pictures tells whether the terminal has colours enough to show pictures.
func (l *Look) Pictures() bool { return l.profile > colorprofile.ANSI }

// TrueColor tells whether every colour is shown as it is.
func (l *Look) TrueColor() bool { return l.profile == colorprofile.TrueColor }

// Background is the terminal's own, or what it is likely to be.
func (l *Look) Background() RGB { return l.background }

// Faded is a colour of a picture that stands back.
func (l *Look) Faded(c RGB) RGB {
	r, g, b := c.parts()
	r0, g0, b0 := l.background.parts()
	mix := func(c, ground uint8) uint8 { return uint8((int(c) + 3*int(ground)) / 4) }
	return Colour(mix(r, r0), mix(g, g0), mix(b, b0))
}

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
		return strconv.AppendUint(b, uint64(l.shades()[int(r>>4)<<8|int(g>>4)<<4|int(bl>>4)]), 10)
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
