package theme

import (
	"fmt"
	"slices"
)

// Theme is a named set of colours. The zero value is that of the name "auto".
type Theme struct {
	Name  string
	About string // in a few words

	dark, light *palette // one of them may be nil: then the other serves everywhere
	pinned      bool     // it says itself what the terminal's background is
	sixteen     bool     // it keeps to the sixteen colours of the terminal
}

// Named finds the theme of a name among the built-in ones and others; "" is auto.
func Named(name string, others []Theme) (Theme, bool) {
	if name == "" {
		name = "auto"
	}
	for _, t := range slices.Concat(BuiltIn(), others) {
		if t.Name == name {
			return t, true
		}
	}
	return Theme{}, false
}

// Asks tells whether the theme depends on the terminal's background; where it
// does not, dark tells what that is taken to be.
func (t Theme) Asks() (asks, dark bool) { return !t.pinned, t.light == nil || t.dark != nil }

// palette chooses by the terminal's background, and tells for which one the
// palette is.
func (t Theme) palette(dark bool) (*palette, bool) {
	switch {
	case t.dark == nil && t.light == nil:
		auto, _ := Named("auto", nil)
		return auto.palette(dark)
	case t.light == nil, dark && t.dark != nil:
		return t.dark, true
	}
	return t.light, false
}

// Readable is the contrast that text needs (WCAG 2.2, 1.4.3).
const Readable = 4.5

// Doubt is a pair of colours that is hard to tell apart.
type Doubt struct {
	Variant, Ink, Surface string
	Ratio                 float64
}

func (d Doubt) String() string {
	return fmt.Sprintf("%s on %s has a contrast of %.1f in its %s colours; what is read needs %.1f", d.Ink, d.Surface, d.Ratio, d.Variant, Readable)
}

// Doubts lists what is read and has too little contrast with what it lies on.
// Where the ground is the terminal's own, near black and near white are taken
// for it.
func (t Theme) Doubts() []Doubt { return t.below(Readable) }

func (t Theme) below(ratio float64) []Doubt {
	var out []Doubt
	for _, v := range []struct {
		name   string
		pal    *palette
		ground rgb
	}{{"dark", t.dark, hex(0x1E1E1E)}, {"light", t.light, hex(0xFAFAFA)}} {
		if v.pal == nil {
			continue
		}
		for s := range surfaces {
			lies := v.pal.surface[s]
			if s == Ground && !v.pal.painted {
				lies = v.ground
			}
			for i := range inks {
				if !i.read() || inkOn(i, s) != i {
					continue
				}
				if r := contrast(v.pal.ink[i], lies); r < ratio {
					out = append(out, Doubt{v.name, i.String(), s.String(), r})
				}
			}
		}
	}
	return out
}

// inkOn is the ink that is used on a surface: dim falls below readable contrast
// on the selection.
func inkOn(i Ink, s Surface) Ink {
	if i == Dim && s == Selection {
		return Text
	}
	return i
}
