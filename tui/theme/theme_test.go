package theme

import (
	"image/color"
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// Text that must be read keeps a contrast of 4.5 on everything it may lie on.
func TestContrast(t *testing.T) {
	for _, p := range []struct {
		name   string
		dark   bool
		ground rgb
		pal    palette
	}{{"dark", true, hex(0x14161A), dark}, {"light", false, hex(0xFCFCFC), light}} {
		l := New(Options{Dark: p.dark})
		for s := range surfaces {
			ground := p.ground
			if s != Ground {
				ground = p.pal.surface[s]
			}
			for _, ink := range []Ink{Text, Strong, Dim, Accent, Green, Red, Yellow, Blue, Violet} {
				got := contrast(p.pal.ink[l.ink(Style{Ink: ink, On: s})], ground)
				if got < 4.5 {
					t.Errorf("%s: ink %d on surface %d has a contrast of %.2f", p.name, ink, s, got)
				}
			}
		}
	}
}

func contrast(a, b rgb) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func luminance(c rgb) float64 {
	f := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.03928 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*f(c.r) + 0.7152*f(c.g) + 0.0722*f(c.b)
}

func TestProfiles(t *testing.T) {
	style := Style{Ink: Accent, On: Selection, Bold: true}
	tests := []struct {
		profile      colorprofile.Profile
		has, hasNot  string
		framed, rich bool
	}{
		{colorprofile.TrueColor, "38;2;", "38;5;", false, true},
		{colorprofile.ANSI256, "38;5;", "38;2;", false, true},
		{colorprofile.ANSI, ";7", "38;", true, false},
		{colorprofile.ASCII, ";7", "38;", true, false},
	}
	for _, tt := range tests {
		l := New(Options{Dark: true, Profile: tt.profile, Background: color.RGBA{0x10, 0x10, 0x12, 0xff}})
		got := l.SGR(style)
		if !strings.Contains(got, tt.has) || strings.Contains(got, tt.hasNot) || !strings.Contains(got, ";1") {
			t.Errorf("%v: %q", tt.profile, got)
		}
		if l.Framed != tt.framed || l.Coloured() != tt.rich {
			t.Errorf("%v: framed %v, coloured %v", tt.profile, l.Framed, l.Coloured())
		}
	}
	if !New(Options{Background: color.White}).Framed {
		t.Error("a white panel on white is not framed")
	}
}

func TestEverySignIsOneCell(t *testing.T) {
	for _, s := range []Signs{unicodeSigns, asciiSigns} {
		for _, g := range []string{
			s.Unread, s.Star, s.Attachment, s.Check, s.Cross, s.Unsure, s.Sending, s.Clock, s.Retry, s.Dot, s.Bullet, s.Answered, s.Bar, s.QuoteBar,
			s.Horizontal, s.Vertical, s.Crumb, s.Folded, s.More, s.Ellipsis, s.Online, s.Offline, s.Working, s.Warning, s.ProgressOn, s.ProgressOff, s.Between, s.Down,
		} {
			if ansi.StringWidth(g) != 1 || ansi.StringWidthWc(g) != 1 {
				t.Errorf("%q is not one cell", g)
			}
		}
	}
}
