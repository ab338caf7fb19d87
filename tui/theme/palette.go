package theme

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"charm.land/lipgloss/v2"
)

type rgb struct{ r, g, b uint8 }

func (c rgb) hex() string { return fmt.Sprintf("#%02x%02x%02x", c.r, c.g, c.b) }

func (c rgb) color() color.Color { return lipgloss.Color(c.hex()) }

func hex(n uint32) rgb { return rgb{uint8(n >> 16), uint8(n >> 8), uint8(n)} }

// palette has the colours of a theme on one kind of background. The ground is
// painted where it is told, else it is the terminal's own.
type palette struct {
	ink     [inks]rgb
	surface [surfaces]rgb
	painted bool
	bare    bool // the terminal's ground is wanted, whatever it is
}

// grounded is the palette where nobody knows what it lies on, where its inks could not be
// seen: on a ground of its own.
func (p *palette) grounded(dark bool) *palette {
	if p.painted || p.bare {
		return p
	}
	q := *p
	q.painted = true
	if q.surface[Ground] = hex(0xFAFAFA); dark {
		q.surface[Ground] = hex(0x17181B)
	}
	return &q
}

// reduced has the nearest of the 256 colours.
type reduced struct {
	ink     [inks]string
	surface [surfaces]string
}

// reduce chooses among the 256 colours. Two surfaces that lie beside each other
// in a list stay different. It takes about a millisecond.
func (p *palette) reduce(dark bool) *reduced {
	q := &reduced{}
	for i, c := range p.ink {
		q.ink[i] = strconv.Itoa(nearest(c))
	}
	for i, c := range p.surface {
		q.surface[i] = strconv.Itoa(nearest(c))
	}
	if s := nearest(p.surface[Selection]); s == nearest(p.surface[Marked]) && s > firstGrey && s < lastGrey {
		if dark {
			s++
		} else {
			s--
		}
		q.surface[Selection] = strconv.Itoa(s)
	}
	return q
}

// The 256 colours after the sixteen: a cube of six steps, then greys.
const (
	firstCube = 16
	firstGrey = 232
	lastGrey  = 255
)

func colour256(n int) rgb {
	if n >= firstGrey {
		v := uint8(8 + (n-firstGrey)*10)
		return rgb{v, v, v}
	}
	n -= firstCube
	step := func(i int) uint8 {
		if i == 0 {
			return 0
		}
		return uint8(55 + 40*i)
	}
	return rgb{step(n / 36), step(n / 6 % 6), step(n % 6)}
}

// nearest is the one of the 256 colours that looks most like c. By the plain
// distance of red, green and blue, a dark blue grey comes out as a loud teal; so
// it is measured in OKLab, which is made after how different colours look.
func nearest(c rgb) int {
	var have [lastGrey + 1][3]float64
	for n := firstCube; n <= lastGrey; n++ {
		have[n] = oklab(colour256(n))
	}
	return nearestOf(have[:], oklab(c))
}

// nearestOf is nearest where those of the 256 colours are known in OKLab.
func nearestOf(have [][3]float64, want [3]float64) int {
	best, least := firstCube, math.Inf(1)
	for n := firstCube; n <= lastGrey; n++ {
		d := 0.0
		for i, v := range have[n] {
			d += (v - want[i]) * (v - want[i])
		}
		if d < least {
			best, least = n, d
		}
	}
	return best
}

// oklab is a colour in Ottosson's space: lightness, green to red, blue to yellow.
func oklab(c rgb) [3]float64 {
	r, g, b := linear(c.r), linear(c.g), linear(c.b)
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	return [3]float64{
		0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*m - 0.8086757660*s,
	}
}

// linear is the light of a component of sRGB (IEC 61966-2-1).
func linear(v uint8) float64 {
	x := float64(v) / 255
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}

// contrast is the ratio of WCAG 2.2 between two colours, from 1 to 21.
func contrast(a, b rgb) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c rgb) float64 {
	return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
}

// sixteenInk are numbers of the sixteen colours; "" is the terminal's own.
var sixteenInk = [inks]string{
	Faint: "8", Rule: "8",
	Accent: "3", Green: "2", Red: "1", Yellow: "3", Blue: "4", Violet: "5",
}
