package theme

import (
	"image/color"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// Text that must be read keeps a contrast of 4.5 on everything it may lie on, in
// every theme, and also with the 256 colours that come nearest.
func TestContrast(t *testing.T) {
	for _, th := range BuiltIn() {
		for _, d := range th.Doubts() {
			t.Errorf("%s: %s", th.Name, d)
		}
		for _, d := range reducedTheme(th).below(4.5) {
			t.Errorf("%s with 256 colours: %s", th.Name, d)
		}
	}
	high, _ := Named("contrast", nil)
	for _, d := range high.below(7) {
		t.Errorf("contrast: %s", d)
	}
}

// reducedTheme is a theme in the colours that a terminal with 256 shows.
func reducedTheme(t Theme) Theme {
	few := func(p *palette, dark bool) *palette {
		if p == nil {
			return nil
		}
		q, r := *p, p.reduce(dark)
		for i, n := range r.ink {
			k, _ := strconv.Atoi(n)
			q.ink[i] = colour256(k)
		}
		for i, n := range r.surface {
			k, _ := strconv.Atoi(n)
			q.surface[i] = colour256(k)
		}
		return &q
	}
	t.dark, t.light = few(t.dark, true), few(t.light, false)
	return t
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

// A picture keeps its hues where there are 256 colours: a dark red is no grey.
func TestShades(t *testing.T) {
	l := New(Options{Dark: true, Profile: colorprofile.ANSI256})
	for _, tt := range []struct {
		of   RGB
		want string
	}{{Colour(205, 0, 50), "160"}, {Colour(0xff, 0, 0), "196"}, {Colour(0, 0, 0), "16"}, {Colour(0x80, 0x80, 0x80), "102"}, {Colour(0xff, 0xff, 0xff), "231"}} {
		if got := l.SGR(Style{Fore: tt.of}); got != "\x1b[0;38;5;"+tt.want+"m" {
			t.Errorf("%06x is %q", uint32(tt.of)&0xffffff, got)
		}
	}
}

func TestEverySignIsOneCell(t *testing.T) {
	for _, s := range []Signs{unicodeSigns, asciiSigns, nerdSigns()} {
		for _, g := range []string{
			s.Unread, s.Star, s.Attachment, s.Check, s.Cross, s.Unsure, s.Sending, s.Clock, s.Retry, s.Dot, s.Answered, s.Bar, s.QuoteBar,
			s.Horizontal, s.Vertical, s.Crumb, s.Folded, s.More, s.Ellipsis, s.Online, s.Offline, s.Working, s.Warning, s.ProgressOn, s.ProgressOff, s.Between, s.Down,
		} {
			if ansi.StringWidth(g) != 1 || ansi.StringWidthWc(g) != 1 {
				t.Errorf("%q is not one cell", g)
			}
		}
	}
}

// Of the sixteen colours as xterm and the Linux console have them, an ink is one that can
// be read on black, and one that can on white.
func TestSixteenColours(t *testing.T) {
	xterm := map[string]rgb{"1": {205, 0, 0}, "2": {0, 205, 0}, "3": {205, 205, 0}, "4": {0, 0, 238}, "5": {205, 0, 205}, "6": {0, 205, 205}}
	console := map[string]rgb{"1": {170, 0, 0}, "2": {0, 170, 0}, "3": {170, 85, 0}, "4": {0, 0, 170}, "5": {170, 0, 170}, "6": {0, 170, 170}}
	for _, c := range []struct {
		scheme map[string]rgb
		dark   bool
		ground rgb
	}{{xterm, true, rgb{}}, {console, true, rgb{}}, {console, false, rgb{255, 255, 255}}} {
		l := New(Options{Dark: c.dark, Profile: colorprofile.ANSI})
		for _, ink := range []Ink{Accent, Green, Red, Yellow, Blue, Violet} {
			code := strings.TrimSuffix(strings.TrimPrefix(l.SGR(Style{Ink: ink}), "\x1b[0;3"), "m")
			if got := contrast(c.scheme[code], c.ground); got < 2.5 {
				t.Errorf("dark %v: the ink %d is colour %s, with a contrast of %.1f", c.dark, ink, code, got)
			}
		}
	}
}
