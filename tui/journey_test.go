package tui_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"postea/internal/app"
	"postea/internal/mail"
	"postea/internal/reading"
	"postea/tui/tuitest"
)

// numbered are words that differ, so that none can be missed.
func numbered(kind string, n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = fmt.Sprintf("%s%02d", kind, i)
	}
	return strings.Join(words, " ")
}

// However long what a server said is, and however narrow the window, all of it can be
// read in the journey of a message.
func TestLongRepliesAreReadInFull(t *testing.T) {
	for _, size := range [][2]int{{60, 20}, {80, 24}, {120, 36}, {200, 50}} {
		t.Run(fmt.Sprint(size[0]), func(t *testing.T) {
			b := tuitest.Sample()
			i := slices.IndexFunc(b.Outgoing, func(o app.OutboxItem) bool { return o.Subject.String() == "Newsletter 14" })
			j := b.Journeys[b.Outgoing[i].ID]
			text := func(kind string) app.Text { return reading.Line(numbered(kind, 40)) }
			j.Log = slices.Clone(j.Log)
			j.Log[0].Text, j.Log[0].Detail, j.Log[1].Text = text("step"), text("detail"), text("alone")
			j.Log[1].Detail = reading.Line("")
			r := &j.Item.Recipients[len(j.Item.Recipients)-1]
			r.Text, r.Words = text("reply"), text("words")
			r.Address = reading.Line(strings.Repeat("very.", 12) + "long@a-domain-of-some-length.example.edu")
			j.Attempts = slices.Clone(j.Attempts)
			j.Attempts[0].Outcome = text("outcome")
			b.Journeys[b.Outgoing[i].ID] = j
			tuitest.Run(t, tuitest.Setup{Width: size[0], Height: size[1], Backend: b}, func(d *tuitest.Driver) {
				d.Press("g o", "6 j", "enter")
				seen := d.Screen()
				for range 60 {
					d.Press("j")
					seen += d.Screen()
				}
				for _, kind := range []string{"step", "detail", "alone", "reply", "words", "outcome"} {
					for word := range strings.FieldsSeq(numbered(kind, 40)) {
						if !strings.Contains(seen, word) {
							t.Fatalf("%s is nowhere on\n%s", word, d.Screen())
						}
					}
				}
				if !strings.Contains(seen, "some-length.example.edu") || strings.Contains(seen, "…") && size[0] >= 120 {
					t.Errorf("something is cut on\n%s", d.Screen())
				}
			})
		})
	}
}

// The sign beside a step is that of what it was: a refused sign-in is not well.
func TestSignsOfSteps(t *testing.T) {
	b := tuitest.Sample()
	i := slices.IndexFunc(b.Outgoing, func(o app.OutboxItem) bool { return o.Subject.String() == "Newsletter 14" })
	j := b.Journeys[b.Outgoing[i].ID]
	j.Log = nil
	steps := [][3]string{
		{"blocked", "✕", "the password is wrong"}, {"late", "↻", "you were told"}, {"copied", "↻", "no copy in Sent yet"}, {"copied", "•", "no copy in Sent"}, {"copied", "✓", "copy filed in Sent"},
	}
	for _, l := range steps {
		j.Log = append(j.Log, app.LogLine{Kind: l[0], Text: reading.Line(l[2])})
	}
	b.Journeys[b.Outgoing[i].ID] = j
	tuitest.Run(t, tuitest.Setup{Width: 120, Height: 36, Backend: b}, func(d *tuitest.Driver) {
		d.Press("g o", "6 j", "enter")
		for _, l := range steps {
			d.See(l[1] + "  " + l[2])
		}
	})
}

// Where the message was refused and not its address, the outbox offers to edit it, and no
// other address; settling it works in both cases.
func TestWhatIsOfferedOfARefusedMessage(t *testing.T) {
	for _, c := range []struct {
		source         mail.Source
		enhanced, want string
		corrects       bool
	}{
		{mail.SourceReply, "5.1.1", "to correct the address", true},
		{mail.SourceMessage, "", "to edit it", false},
		{mail.SourceReport, "5.7.1", "to edit it", true},
	} {
		b := tuitest.Sample()
		i := slices.IndexFunc(b.Outgoing, func(o app.OutboxItem) bool { return o.Subject.String() == "Hello" })
		b.Outgoing[i].Recipients[0].Source, b.Outgoing[i].Recipients[0].Enhanced = c.source, reading.Line(c.enhanced)
		tuitest.Run(t, tuitest.Setup{Width: 160, Height: 40, Backend: b}, func(d *tuitest.Driver) {
			d.Press("g o", "4 j")
			if !strings.Contains(d.Screen(), c.want) {
				t.Errorf("%s %s: %q is not on\n%s", c.source, c.enhanced, c.want, d.Screen())
			}
			d.Press("c")
			if got := strings.Contains(d.Screen(), "Send to"); got != c.corrects {
				t.Errorf("%s: %v\n%s", c.source, got, d.Screen())
			}
			if c.corrects {
				d.Press("esc")
			}
			d.Press("t")
			if !strings.Contains(d.Screen(), "Settled") {
				t.Errorf("%s: not settled on\n%s", c.source, d.Screen())
			}
		})
	}
}
