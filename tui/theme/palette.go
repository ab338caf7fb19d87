package theme

import "fmt"

type rgb struct{ r, g, b uint8 }

// code is the colour's part of an SGR sequence.
func (c rgb) code() string { return fmt.Sprintf("2;%d;%d;%d", c.r, c.g, c.b) }

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
		Text: "5;253", Strong: "5;255", Dim: "5;246", Faint: "5;240", Rule: "5;238",
		Accent: "5;179", Green: "5;108", Red: "5;174", Yellow: "5;186", Blue: "5;110", Violet: "5;140",
	},
	surface256: [surfaces]string{Selection: "5;237", Marked: "5;236", Panel: "5;235", Inset: "5;235"},
}

var light = palette{
	ink: [inks]rgb{
		Text: hex(0x2B2F36), Strong: hex(0x0F1216), Dim: hex(0x6A717D), Faint: hex(0xA9AFB9), Rule: hex(0xD5D9DF),
		Accent: hex(0x8F4F00), Green: hex(0x2C6E31), Red: hex(0xB3261E), Yellow: hex(0x7A5C00), Blue: hex(0x1B5FAA), Violet: hex(0x6B3FA0),
	},
	surface: [surfaces]rgb{Selection: hex(0xE9EDF3), Marked: hex(0xF4F6FA), Panel: hex(0xFFFFFF), Inset: hex(0xF3F5F8)},
	ink256: [inks]string{
		Text: "5;236", Strong: "5;233", Dim: "5;242", Faint: "5;248", Rule: "5;253",
		Accent: "5;94", Green: "5;22", Red: "5;124", Yellow: "5;58", Blue: "5;25", Violet: "5;54",
	},
	surface256: [surfaces]string{Selection: "5;254", Marked: "5;255", Panel: "5;231", Inset: "5;255"},
}

// sixteenInk are SGR codes of the sixteen colours; 39 is the terminal's own.
var sixteenInk = [inks]string{
	Text: "39", Strong: "39", Dim: "90", Faint: "90", Rule: "90",
	Accent: "33", Green: "32", Red: "31", Yellow: "33", Blue: "34", Violet: "35",
}
