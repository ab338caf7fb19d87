package reading

import (
	"strings"
	"testing"
)

func TestToneOf(t *testing.T) {
	for v, want := range map[string]Tone{
		"red": Red, "#f00": Red, "#C00000": Red, "rgb(192, 0, 0)": Red, "rgba(220,20,60,0.9)": Red, "#d9534f": Red,
		"green": Green, "#28a745": Green, "rgb(0 128 0)": Green, "#fa0": Yellow, "orange": Yellow, "#b8860b": Yellow,
		"black": NoTone, "#333": NoTone, "#0000ee": NoTone, "#888888": NoTone, "#fff": NoTone, "#ffe": NoTone, "#400000": NoTone, "#e91e63": NoTone,
		"": NoTone, "#12": NoTone, "rgb(1,2)": NoTone, "rgb(300,0,0)": NoTone, "inherit": NoTone, "url(x)": NoTone,
	} {
		if got := toneOf(v); got != want {
			t.Errorf("%q: %d, want %d", v, got, want)
		}
	}
}

func TestTones(t *testing.T) {
	html := `<p>Amount due: <span style="color:#c00">€ 12.50</span>, paid: <font color=green>yes</font></p>
<h1 style="color:red">A heading of the brand</h1><p style="color:red">` + strings.Repeat("far too long to mean anything ", 10) + `</p>
<p><a href="https://x.example" style="color:red">a link</a></p><p><span style="color:red">outer <span style="color:#333">inner</span></span></p>
<table><tr><td>Tests</td><td style="color:red">3 failed</td></tr><tr><td>Lint</td><td style="color:green">passed</td></tr></table>`
	m := Parse([]byte("Content-Type: text/html\n\n" + html))
	got := map[Tone]string{}
	for _, l := range m.Lines(80, LayoutOptions{}) {
		for _, s := range l.Spans {
			if s.Tone != NoTone {
				got[s.Tone] += s.Text + "|"
			}
		}
	}
	if got[Red] != "€ 12.50|outer|3 failed|" || got[Green] != "yes|passed|" {
		t.Errorf("%q", got)
	}
}
