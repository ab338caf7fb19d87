package theme

// BuiltIn lists the themes that postea has, the default first.
func BuiltIn() []Theme {
	return []Theme{
		{Name: "auto", About: "dark or light, by the terminal's background", dark: teaDark(), light: teaLight()},
		{Name: "dark", About: "for a dark terminal, whatever it says of itself", dark: teaDark(), pinned: true},
		{Name: "light", About: "for a light terminal, whatever it says of itself", light: teaLight(), pinned: true},
		{Name: "contrast", About: "high contrast: all that is read has a ratio of 7 or more", dark: contrastDark(), light: contrastLight()},
		{Name: "colourblind", About: "blue and orange in place of green and red", dark: safeDark(), light: safeLight()},
		{Name: "mono", About: "greys only, for paper-like screens and quiet eyes", dark: monoDark(), light: monoLight()},
		{Name: "paper", About: "dark ink on warm paper, in any terminal", light: paper()},
		{Name: "night", About: "warm and dim on near black, with little blue light", dark: night()},
		{Name: "terminal", About: "the sixteen colours of the terminal's own scheme", dark: teaDark(), light: teaLight(), sixteen: true},
	}
}

func teaDark() *palette {
	return &palette{
		ink: [inks]rgb{
			Text: hex(0xD7DAE0), Strong: hex(0xF2F4F8), Dim: hex(0x8A919E), Faint: hex(0x4B515C), Rule: hex(0x363B45),
			Accent: hex(0xE8A75D), Green: hex(0x8CC084), Red: hex(0xE57F7F), Yellow: hex(0xE3C872), Blue: hex(0x7DB2E8), Violet: hex(0xBBA0E8),
		},
		surface: [surfaces]rgb{Selection: hex(0x2B303B), Marked: hex(0x22262F), Panel: hex(0x1B1E24), Inset: hex(0x1E2228)},
	}
}

func teaLight() *palette {
	return &palette{
		ink: [inks]rgb{
			Text: hex(0x2B2F36), Strong: hex(0x0F1216), Dim: hex(0x6A717D), Faint: hex(0xA9AFB9), Rule: hex(0xD5D9DF),
			Accent: hex(0x8F4F00), Green: hex(0x2C6E31), Red: hex(0xB3261E), Yellow: hex(0x7A5C00), Blue: hex(0x1B5FAA), Violet: hex(0x6B3FA0),
		},
		surface: [surfaces]rgb{Selection: hex(0xE9EDF3), Marked: hex(0xF4F6FA), Panel: hex(0xFFFFFF), Inset: hex(0xF3F5F8)},
	}
}

func contrastDark() *palette {
	return &palette{
		ink: [inks]rgb{
			Text: hex(0xFFFFFF), Strong: hex(0xFFFFFF), Dim: hex(0xD0D0D0), Faint: hex(0x9E9E9E), Rule: hex(0x9E9E9E),
			Accent: hex(0xFFC45C), Green: hex(0x8CE68C), Red: hex(0xFFB0B0), Yellow: hex(0xFFE36E), Blue: hex(0xA8D4FF), Violet: hex(0xDEC8FF),
		},
		surface: [surfaces]rgb{Ground: hex(0x000000), Selection: hex(0x22315A), Marked: hex(0x1D2840), Panel: hex(0x101010), Inset: hex(0x101010)},
		painted: true,
	}
}

func contrastLight() *palette {
	return &palette{
		ink: [inks]rgb{
			Text: hex(0x000000), Strong: hex(0x000000), Dim: hex(0x3A3A3A), Faint: hex(0x6E6E6E), Rule: hex(0x6E6E6E),
			Accent: hex(0x5C3200), Green: hex(0x0A4A12), Red: hex(0x8B0000), Yellow: hex(0x574100), Blue: hex(0x003F87), Violet: hex(0x50207F),
		},
		surface: [surfaces]rgb{Ground: hex(0xFFFFFF), Selection: hex(0xCFDDF5), Marked: hex(0xE6EDF9), Panel: hex(0xFFFFFF), Inset: hex(0xF2F2F2)},
		painted: true,
	}
}

// safeDark keeps to hues that are told apart without red and green, after the
// colours of Okabe and Ito: orange, sky blue, yellow, vermilion and purple.
func safeDark() *palette {
	return &palette{
		ink: [inks]rgb{
			Text: hex(0xD7DAE0), Strong: hex(0xF2F4F8), Dim: hex(0x8F96A3), Faint: hex(0x4B515C), Rule: hex(0x363B45),
			Accent: hex(0xE69F00), Green: hex(0x56B4E9), Red: hex(0xF28C4B), Yellow: hex(0xF0E442), Blue: hex(0x8FB8FF), Violet: hex(0xD99BC0),
		},
		surface: [surfaces]rgb{Selection: hex(0x2B303B), Marked: hex(0x22262F), Panel: hex(0x1B1E24), Inset: hex(0x1E2228)},
	}
}

func safeLight() *palette {
	return &palette{
		ink: [inks]rgb{
			Text: hex(0x2B2F36), Strong: hex(0x0F1216), Dim: hex(0x646B77), Faint: hex(0xA9AFB9), Rule: hex(0xD5D9DF),
			Accent: hex(0x8A5A00), Green: hex(0x00639C), Red: hex(0x9A3600), Yellow: hex(0x6B6000), Blue: hex(0x0B4F9E), Violet: hex(0x8A3D70),
		},
		surface: [surfaces]rgb{Selection: hex(0xE9EDF3), Marked: hex(0xF4F6FA), Panel: hex(0xFFFFFF), Inset: hex(0xF3F5F8)},
	}
}

func monoDark() *palette {
	return &palette{
		ink: [inks]rgb{
			Text: hex(0xD4D4D4), Strong: hex(0xF5F5F5), Dim: hex(0x969696), Faint: hex(0x525252), Rule: hex(0x3C3C3C),
			Accent: hex(0xFFFFFF), Green: hex(0xC8C8C8), Red: hex(0xFFFFFF), Yellow: hex(0xE0E0E0), Blue: hex(0xD4D4D4), Violet: hex(0xC8C8C8),
		},
		surface: [surfaces]rgb{Selection: hex(0x303030), Marked: hex(0x262626), Panel: hex(0x1E1E1E), Inset: hex(0x212121)},
	}
}

func monoLight() *palette {
	return &palette{
		ink: [inks]rgb{
			Text: hex(0x2E2E2E), Strong: hex(0x0A0A0A), Dim: hex(0x6B6B6B), Faint: hex(0xA8A8A8), Rule: hex(0xD4D4D4),
			Accent: hex(0x000000), Green: hex(0x3C3C3C), Red: hex(0x000000), Yellow: hex(0x303030), Blue: hex(0x2E2E2E), Violet: hex(0x3C3C3C),
		},
		surface: [surfaces]rgb{Selection: hex(0xE6E6E6), Marked: hex(0xF2F2F2), Panel: hex(0xFFFFFF), Inset: hex(0xF4F4F4)},
	}
}

func paper() *palette {
	return &palette{
		ink: [inks]rgb{
			Text: hex(0x3A332A), Strong: hex(0x1C1711), Dim: hex(0x6B6153), Faint: hex(0xB3A78F), Rule: hex(0xD9CFB8),
			Accent: hex(0x82390A), Green: hex(0x3D6020), Red: hex(0x9C2B1E), Yellow: hex(0x735400), Blue: hex(0x2A5580), Violet: hex(0x5F3470),
		},
		surface: [surfaces]rgb{Ground: hex(0xF6F0E1), Selection: hex(0xE8DEC6), Marked: hex(0xEFE7D4), Panel: hex(0xFDF9EF), Inset: hex(0xF0E9D8)},
		painted: true,
	}
}

func night() *palette {
	return &palette{
		ink: [inks]rgb{
			Text: hex(0xC9B8A0), Strong: hex(0xE8D9C0), Dim: hex(0x9A8870), Faint: hex(0x57493A), Rule: hex(0x3A3026),
			Accent: hex(0xE0913F), Green: hex(0xA8B070), Red: hex(0xE0806A), Yellow: hex(0xD8B45C), Blue: hex(0xA9AFA0), Violet: hex(0xC99A98),
		},
		surface: [surfaces]rgb{Ground: hex(0x12100D), Selection: hex(0x2C241B), Marked: hex(0x221C15), Panel: hex(0x1A1611), Inset: hex(0x1C1813)},
		painted: true,
	}
}
