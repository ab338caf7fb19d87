package theme

import (
	"fmt"
	"image/color"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

func TestMake(t *testing.T) {
	th, problems := Make(Written{Name: "sea", Base: "auto", Colours: []Colouring{
		{"", "accent", "#2aa198"}, {"dark", "background", "#00212b"}, {"light", "accent", "#055"}, {"dark", "dim", "#333"},
	}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	style := Style{Ink: Accent, Bold: true}
	for _, tt := range []struct {
		dark    bool
		want    string
		painted bool
	}{{true, "38;2;42;161;152;48;2;0;33;43m", true}, {false, "38;2;0;85;85m", false}} {
		l := New(Options{Theme: th, Dark: tt.dark})
		if got := l.SGR(style); !strings.HasSuffix(got, tt.want) || l.Painted() != tt.painted {
			t.Errorf("dark %v: %q, painted %v", tt.dark, got, l.Painted())
		}
	}
	doubts := th.Doubts()
	if len(doubts) == 0 {
		t.Error("a dark grey on dark blue is not doubted")
	}
	for _, d := range doubts {
		if d.Variant != VariantDark && d.Ink != "accent" {
			t.Error(d)
		}
	}
	if auto, _ := Named("", nil); len(auto.Doubts()) > 0 || New(Options{Theme: auto, Dark: true}).Painted() {
		t.Error("making a theme has changed its base")
	}
}

func TestMakeTellsWhatIsWrong(t *testing.T) {
	_, problems := Make(Written{Name: "x", Base: "sepia", Colours: []Colouring{
		{"", "text", "#101010"}, {"", "Accent", "#fff"}, {"dark", "colour", "#fff"}, {"light", "text", "red"}, {"dusk", "text", "#fff"}, {"", "text", "terminal"}, {"", "rule", "#12345"},
	}})
	want := []string{`-1 "sepia" is none of postea's own themes: auto, `, `1 there is no such colour; did you mean "accent"?`, `2 there is no such colour; there are text, strong`,
		`3 "red" is no colour`, `4 a theme has the tables [dark] and [light], and no [dusk]`, `5 "terminal" is no colour`, `6 "#12345" is no colour`}
	if len(problems) != len(want) {
		t.Fatalf("got %v", problems)
	}
	for i, p := range problems {
		if got := fmt.Sprint(p.Index, " ", p.Text); !strings.HasPrefix(got, want[i]) {
			t.Errorf("got %q, want %q", got, want[i])
		}
	}
}

// A theme that is painted is itself on every terminal that can show it, and
// nowhere else.
func TestPaintedThemes(t *testing.T) {
	paper, ok := Named("paper", nil)
	if !ok {
		t.Fatal("there is no paper")
	}
	night := color.RGBA{0x10, 0x10, 0x12, 0xff}
	rich := New(Options{Theme: paper, Dark: true, Background: night})
	if got := rich.SGR(Style{}); !strings.Contains(got, "48;2;") || !rich.Painted() {
		t.Errorf("the ground is not painted: %q", got)
	}
	if r, _, _ := rich.Background().parts(); r < 0xe0 {
		t.Errorf("pictures would lie on %x", rich.Background())
	}
	poor := New(Options{Theme: paper, Dark: true, Background: night, Profile: colorprofile.ANSI})
	if got := poor.SGR(Style{Ink: Dim}); poor.Painted() || got != "\x1b[0;2m" {
		t.Errorf("16 colours of a dark terminal: %q, painted %v", got, poor.Painted())
	}
	none := New(Options{Theme: paper, Profile: colorprofile.ASCII})
	if got := none.SGR(Style{Ink: Red, On: Selection}); strings.Contains(got, "3") || strings.Contains(got, "4") {
		t.Errorf("colours where there are none: %q", got)
	}
	own, _ := Named("terminal", nil)
	if l := New(Options{Theme: own, Dark: true}); l.Coloured() || !l.Pictures() || strings.Contains(l.SGR(Style{Ink: Accent}), "38;2") {
		t.Error("the terminal's own colours are not kept to")
	}
}

// On a terminal that does not tell its background, inks that could vanish on it lie on a
// ground of their own.
func TestSilentTerminals(t *testing.T) {
	kept, _ := Make(Written{Name: "kept", Colours: []Colouring{{Role: "background", Colour: "terminal"}}})
	named := func(name string) Theme { n, _ := Named(name, nil); return n }
	for _, c := range []struct {
		theme   Theme
		profile colorprofile.Profile
		painted bool
	}{
		{named("auto"), colorprofile.TrueColor, true}, {named("mono"), colorprofile.ANSI256, true}, {named("dark"), colorprofile.TrueColor, false}, {named("light"), colorprofile.TrueColor, false},
		{named("auto"), colorprofile.ANSI, false}, {named("terminal"), colorprofile.TrueColor, false}, {named("paper"), colorprofile.TrueColor, true}, {kept, colorprofile.TrueColor, false},
	} {
		for _, dark := range []bool{true, false} {
			l := New(Options{Theme: c.theme, Dark: dark, Profile: c.profile, Silent: true})
			if l.Painted() != c.painted {
				t.Errorf("%s, %v, dark %v: painted %v", c.theme.Name, c.profile, dark, l.Painted())
			}
			if r := contrast(l.palette.ink[Text], l.palette.surface[Ground]); c.painted && r < 7 {
				t.Errorf("%s, dark %v: a contrast of %.1f", c.theme.Name, dark, r)
			}
		}
	}
}

// Signs of ambiguous width take two cells where the terminal says so; then those
// of ASCII stand in their place.
func TestSignsWhereAmbiguousIsWide(t *testing.T) {
	if os.Getenv("RUNEWIDTH_EASTASIAN") != "1" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestSignsWhereAmbiguousIsWide$")
		cmd.Env = append(os.Environ(), "RUNEWIDTH_EASTASIAN=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	if ansi.StringWidth("●") != 2 {
		t.Fatal("the widths do not follow the environment")
	}
	for _, name := range []string{"unicode", "nerd"} {
		s := signsNamed(name)
		if s.Unread != asciiSigns.Unread || s.Horizontal != asciiSigns.Horizontal {
			t.Errorf("%s: %q %q", name, s.Unread, s.Horizontal)
		}
	}
}
