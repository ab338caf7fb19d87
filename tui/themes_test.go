package tui_test

import (
	"context"
	"errors"
	"image/color"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"postea/tui"
	"postea/tui/theme"
	"postea/tui/tuitest"
)

// Inks that only one theme has.
const (
	teaAccent   = "38;2;232;167;93"
	teaPaper    = "38;2;143;79;0" // the accent on a light terminal
	monoStrong  = "38;2;245;245;245"
	paperGround = "48;2;246;240;225"
)

func sees(t *testing.T, d *tuitest.Driver, code string, want bool) {
	t.Helper()
	if strings.Contains(d.View().Content, code) != want {
		t.Fatalf("%s on the screen is not %v", code, want)
	}
}

// A theme is seen while one moves through the list, taken back by esc and kept
// by enter.
func TestThemeIsChosenBySeeing(t *testing.T) {
	var kept []string
	o := tui.Options{KeepTheme: func(_ context.Context, name string) error {
		kept = append(kept, name)
		return nil
	}}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: o}, func(d *tuitest.Driver) {
		sees(t, d, teaAccent, true)
		choose := func() {
			d.Press(":")
			d.Type("change the theme")
			d.Press("enter")
			d.See("Theme", "contrast", "Grace Hopper") // what is behind can be seen
		}
		choose()
		d.Type("mono")
		sees(t, d, monoStrong, true)
		sees(t, d, teaAccent, false)
		d.Press("esc")
		sees(t, d, teaAccent, true)
		choose()
		d.Type("paper")
		sees(t, d, paperGround, true)
		d.Press("enter")
		d.See("Theme paper")
		sees(t, d, paperGround, true)
		choose() // begins with the one that is worn
		d.Press("up")
		sees(t, d, monoStrong, true)
		d.Press("down", "enter")
		sees(t, d, paperGround, true)
	})
	if strings.Join(kept, " ") != "paper paper" {
		t.Errorf("kept %q", kept)
	}
}

func TestThemeThatCannotBeKept(t *testing.T) {
	o := tui.Options{KeepTheme: func(context.Context, string) error { return errors.New("the disk is full") }}
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: o}, func(d *tuitest.Driver) {
		d.Press(":")
		d.Type("change the theme")
		d.Press("enter")
		d.Type("night")
		d.Press("enter")
		d.See("the disk is full")
	})
}

// The terminal's background decides where the theme leaves it open; one that is
// named for a kind of terminal does not ask.
func TestThemesAndTheBackground(t *testing.T) {
	own, problems := theme.Make(theme.Written{Name: "own", Colours: []theme.Colouring{{Role: "accent", Colour: "#010203"}}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for name, accents := range map[string][2]string{
		"": {teaAccent, teaPaper}, "dark": {teaAccent, teaAccent}, "light": {teaPaper, teaPaper}, "own": {"38;2;1;2;3", "38;2;1;2;3"},
	} {
		o := tui.Options{Theme: name, Themes: []theme.Theme{own}}
		tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: o}, func(d *tuitest.Driver) {
			for i, c := range []color.Color{color.Black, color.White} {
				d.Send(tea.BackgroundColorMsg{Color: c})
				sees(t, d, accents[i], true)
			}
		})
	}
}

// Where the terminal does not answer, its environment may tell; its answer counts more.
func TestTheBackgroundInTheEnvironment(t *testing.T) {
	for _, c := range []struct{ said, accent string }{
		{"0;default;15", teaPaper}, {"0;7", teaPaper}, {"15;0", teaAccent}, {"15;8", teaAccent}, {"0;default", teaAccent}, {"0;16", teaAccent}, {"", teaAccent},
	} {
		o := tui.Options{Getenv: func(name string) string { return map[string]string{"COLORFGBG": c.said}[name] }}
		tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: o}, func(d *tuitest.Driver) {
			sees(t, d, c.accent, true)
			d.Send(tea.BackgroundColorMsg{Color: color.Black})
			sees(t, d, teaAccent, true)
		})
	}
}

// A terminal that tells its attributes, and so will not tell its background any more, is
// painted.
func TestTheBackgroundNobodyTells(t *testing.T) {
	const ground = "48;2;23;24;27"
	at(120, 36, func(d *tuitest.Driver) {
		if !slices.Contains(d.Sent, ansi.RequestBackgroundColor+ansi.RequestPrimaryDeviceAttributes) {
			t.Fatalf("the terminal was asked %q", d.Sent)
		}
		sees(t, d, ground, false)
		d.Send(uv.PrimaryDeviceAttributesEvent{1, 2})
		sees(t, d, ground, true)
		d.Send(tea.BackgroundColorMsg{Color: color.White}) // late, but it tells
		sees(t, d, teaPaper, true)
		d.Send(uv.PrimaryDeviceAttributesEvent{1, 2})
		sees(t, d, "48;2;250;250;250", false)
		sees(t, d, ground, false)
	})(t)
	at(120, 36, func(d *tuitest.Driver) {
		d.Send(tea.BackgroundColorMsg{Color: color.Black})
		d.Send(uv.PrimaryDeviceAttributesEvent{1, 2})
		sees(t, d, ground, false)
	})(t)
	for said, painted := range map[string]bool{"0;default": true, "15;0": false} { // what the environment leaves open too
		o := tui.Options{Getenv: func(name string) string { return map[string]string{"COLORFGBG": said}[name] }}
		tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Options: o}, func(d *tuitest.Driver) {
			d.Send(uv.PrimaryDeviceAttributesEvent{1, 2})
			sees(t, d, ground, painted)
		})
	}
}

// A terminal that has become light in the evening, or while postea was suspended, is
// asked again, and its answer is followed.
func TestTheBackgroundChangesWhileRunning(t *testing.T) {
	at(120, 36, func(d *tuitest.Driver) {
		sees(t, d, teaAccent, true)
		if !d.View().ReportFocus {
			t.Error("the terminal does not tell when it is looked at again")
		}
		for _, back := range []tea.Msg{tea.FocusMsg{}, tea.ResumeMsg{}} {
			asked := d.Grounds
			if d.Send(back); d.Grounds != asked+1 {
				t.Errorf("%T: the terminal is not asked", back)
			}
		}
		d.Send(tea.BackgroundColorMsg{Color: color.White})
		sees(t, d, teaPaper, true)
		sees(t, d, teaAccent, false)
	})(t)
}
