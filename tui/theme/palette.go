package theme

import (
	"fmt"
	"image/color"

	"charm.land/lipgloss/v2"
)

type rgb struct{ r, g, b uint8 }

func (c rgb) hex() string { return fmt.Sprintf("#%02x%02x%02x", c.r, c.g, c.b) }

func (c rgb) color() color.Color { return lipgloss.Color(c.hex()) }

// palette has the colours for true colour, and those for 256 colours chosen by
// hand: the nearest of the 256 to a dark blue grey is a loud teal.
type palette struct {
	ink        [inks]rgb
	surface    [surfaces]rgb
	ink256     [inks]string
	surface256 [surfaces]string
}

func hex(n uint32) rgb { return rgb{uint8(n >> 16), uint8(n >> 8), uint8(n)} }

var dark = palette{
	ink: [inks]rgb{
		Text: hex(0xD7DAE0), Strong: hex(0xF2F4F8), Dim: hex(0x8A919E), Faint: hex(0x4B515C), Rule: hex(0x363B45),
		Accent: hex(0xE8A75D), Green: hex(0x8CC084), Red: hex(0xE57F7F), Yellow: hex(0xE3C872), Blue: hex(0x7DB2E8), Violet: hex(0xBBA0E8),
	},
	surface: [surfaces]rgb{Selection: hex(0x2B303B), Marked: hex(0x22262F), Panel: hex(0x1B1E24), Inset: hex(0x1E2228)},
	ink256: [inks]string{
		Text: "253", Strong: "255", Dim: "246", Faint: "240", Rule: "238",
		Accent: "179", Green: "108", Red: "174", Yellow: "186", Blue: "110", Violet: "140",
	},
	surface256: [surfaces]string{Selection: "237", Marked: "236", Panel: "235", Inset: "235"},
}

var light = palette{
	ink: [inks]rgb{
		Text: hex(0x2B2F36), Strong: hex(0x0F1216), Dim: hex(0x6A717D), Faint: hex(0xA9AFB9), Rule: hex(0xD5D9DF),
		Accent: hex(0x8F4F00), Green: hex(0x2C6E31), Red: hex(0xB3261E), Yellow: hex(0x7A5C00), Blue: hex(0x1B5FAA), Violet: hex(0x6B3FA0),
	},
	surface: [surfaces]rgb{Selection: hex(0xE9EDF3), Marked: hex(0xF4F6FA), Panel: hex(0xFFFFFF), Inset: hex(0xF3F5F8)},
	ink256: [inks]string{
		Text: "236", Strong: "233", Dim: "242", Faint: "248", Rule: "253",
		Accent: "94", Green: "22", Red: "124", Yellow: "58", Blue: "25", Violet: "54",
	},
	surface256: [surfaces]string{Selection: "254", Marked: "255", Panel: "231", Inset: "255"},
}

// sixteenInk are numbers of the sixteen colours; "" is the terminal's own.
var sixteenInk = [inks]string{
	Dim: "8", Faint: "8", Rule: "8",
	Accent: "3", Green: "2", Red: "1", Yellow: "3", Blue: "4", Violet: "5",
}
