package theme

type rgb struct{ r, g, b uint8 }

type palette struct {
	ink     [inks]rgb
	surface [surfaces]rgb
}

func hex(n uint32) rgb { return rgb{uint8(n >> 16), uint8(n >> 8), uint8(n)} }

var dark = palette{
	ink: [inks]rgb{
		Text: hex(0xD7DAE0), Strong: hex(0xF2F4F8), Dim: hex(0x8A919E), Faint: hex(0x4B515C), Rule: hex(0x363B45),
		Accent: hex(0xE8A75D), Green: hex(0x8CC084), Red: hex(0xE57F7F), Yellow: hex(0xE3C872), Blue: hex(0x7DB2E8), Violet: hex(0xBBA0E8),
	},
	surface: [surfaces]rgb{Selection: hex(0x2B303B), Marked: hex(0x22262F), Panel: hex(0x1B1E24), Inset: hex(0x1E2228)},
}

var light = palette{
	ink: [inks]rgb{
		Text: hex(0x2B2F36), Strong: hex(0x0F1216), Dim: hex(0x6A717D), Faint: hex(0xA9AFB9), Rule: hex(0xD5D9DF),
		Accent: hex(0x8F4F00), Green: hex(0x2C6E31), Red: hex(0xB3261E), Yellow: hex(0x7A5C00), Blue: hex(0x1B5FAA), Violet: hex(0x6B3FA0),
	},
	surface: [surfaces]rgb{Selection: hex(0xE9EDF3), Marked: hex(0xF1F3F7), Panel: hex(0xFFFFFF), Inset: hex(0xF3F5F8)},
}

// sixteenInk are SGR codes of the sixteen colours; 39 is the terminal's own.
var sixteenInk = [inks]string{
	Text: "39", Strong: "39", Dim: "90", Faint: "90", Rule: "90",
	Accent: "33", Green: "32", Red: "31", Yellow: "33", Blue: "34", Violet: "35",
}
