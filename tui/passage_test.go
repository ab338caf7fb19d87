package tui_test

import (
	"strings"
	"testing"

	"postea/tui"
	"postea/tui/tuitest"
)

const verses = "Twas brillig, and the slithy toves\n\nDid gyre and gimble in the wabe: all mimsy were the borogoves, and the mome raths outgrabe. Beware the Jabberwock, my son, the jaws that bite.\n\n> earlier words\n> and more of them\n\nYours"

func atVerses(t *testing.T, w, h int, o tui.Options, f func(*tuitest.Driver)) {
	t.Helper()
	tuitest.Run(t, tuitest.Setup{Width: w, Height: h, Options: o}, func(d *tuitest.Driver) {
		for _, m := range d.Backend.Messages {
			if m.MIME != "" {
				m.Body, m.MIME = verses, ""
			}
		}
		d.Press("enter")
		d.See("Twas brillig")
		f(d)
	})
}

// quoted is the part of the body of the draft on the screen that is a quote.
func quoted(d *tuitest.Driver) string {
	d.Press("ctrl+s")
	if len(d.Backend.Sent) == 0 {
		d.T.Fatalf("nothing was sent:\n%s", d.Screen())
	}
	var out []string
	for line := range strings.SplitSeq(d.Backend.Sent[len(d.Backend.Sent)-1].Body, "\n") {
		if strings.HasPrefix(line, ">") {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

func TestSelectedTextIsQuoted(t *testing.T) {
	tests := []struct{ name, keys, want string }{
		{"words", "x v e e r", "> Twas brillig"},
		{"from a word on", "x w v w w R", "> brillig, a"},
		{"a line", "x V r", "> Twas brillig, and the slithy toves"},
		{"a line that the screen has broken", "x j j V j j r", "> Did gyre and gimble in the wabe: all mimsy were the borogoves, and the mome raths outgrabe. Beware the Jabberwock, my son, the jaws that bite."},
		{"backwards", "x w w v 0 r", "> Twas brillig,"},
		{"paragraphs", "x V } r", "> Twas brillig, and the slithy toves"},
		{"with a count", "x v 3 l r", "> Twas"},
		{"by arrows", "x v right right right r", "> Twas"},
		{"begun anew", "x v w v w w v e r", "> and"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			atVerses(t, 80, 40, tui.Options{}, func(d *tuitest.Driver) {
				d.Press(strings.Fields(tt.keys)...)
				d.See("Re: ")
				if got := quoted(d); got != tt.want {
					d.T.Errorf("quoted %q, want %q", got, tt.want)
				}
			})
		})
	}
}

func TestSelectionIsForwarded(t *testing.T) {
	atVerses(t, 80, 40, tui.Options{}, func(d *tuitest.Driver) {
		d.Press("x", "V", "f")
		d.Type("howard@example.edu")
		d.Press("ctrl+s")
		if got := d.Backend.Sent[0]; !strings.Contains(got.Body, "slithy toves") || strings.Contains(got.Body, "borogoves") {
			d.T.Errorf("forwarded %q", got.Body)
		}
	})
}

func TestSelectionIsCopied(t *testing.T) {
	atVerses(t, 80, 40, tui.Options{}, func(d *tuitest.Driver) {
		d.Press("x")
		d.See("selecting", "v begin", "esc end")
		d.Press("y")
		d.See("Nothing is selected yet")
		d.Press("v", "}", "k", "y")
		d.See("Copied what was selected, 1 line")
		d.SeeNot("selecting")
		d.Press("x", "G", "k", "k", "k", "V", "j", "y")
		d.See("Copied what was selected, 2 lines")
		if got := strings.Join(d.Copied, "|"); got != "T|earlier words\nand more of them" {
			d.T.Errorf("copied %q", got)
		}
	})
}

func TestSelectionEnds(t *testing.T) {
	atVerses(t, 80, 40, tui.Options{}, func(d *tuitest.Driver) {
		d.Press("x", "v", "w", "esc")
		d.SeeNot("selecting")
		d.See("Twas brillig")
		d.Press("x", "q")
		d.SeeNot("selecting")
		d.Press("x", "v", "w")
		d.Resize(70, 40) // other lines
		d.SeeNot("selecting")
		d.Press("r")
		if got := quoted(d); !strings.Contains(got, "borogoves") {
			d.T.Errorf("without a selection %q is quoted", got)
		}
	})
}

func TestSelectionWithTheMouse(t *testing.T) {
	atVerses(t, 80, 40, tui.Options{}, func(d *tuitest.Driver) {
		d.Drag("brillig", "slithy")
		d.See("selecting")
		d.Press("y")
		if len(d.Copied) != 1 || d.Copied[0] != "brillig, and the s" {
			d.T.Errorf("copied %q", d.Copied)
		}
		d.Drag("slithy", "brillig") // towards the top
		d.ClickOn("gimble")
		d.SeeNot("selecting")
		d.Drag("gimble", "wabe")
		d.Press("r")
		if got := quoted(d); got != "> gimble in the w" {
			d.T.Errorf("quoted %q", got)
		}
	})
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36}, func(d *tuitest.Driver) {
		write(d, "grace@example.net", "Moth", "one two three")
		d.Drag("two", "three")
		d.Type("X")
		d.See("one Xthree")
	})
}

// The keys of the presets lead to a selection too.
func TestSelectionInThePresets(t *testing.T) {
	for preset, keys := range map[string]string{"gmail": "x V a", "aerc": "v V r r", "mutt": "t V r"} {
		t.Run(preset, func(t *testing.T) {
			atVerses(t, 80, 40, tui.Options{Preset: preset}, func(d *tuitest.Driver) {
				d.Press(strings.Fields(keys)...)
				if got := quoted(d); got != "> Twas brillig, and the slithy toves" {
					d.T.Errorf("quoted %q", got)
				}
			})
		})
	}
}
