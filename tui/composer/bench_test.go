package composer

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/internal/mail"
	"postea/tui/nav"
	"postea/tui/theme"
	"postea/tui/widget"
)

// BenchmarkKeyToScreen types into a text of a megabyte and draws each frame: what
// a key costs before the terminal gets it.
func BenchmarkKeyToScreen(b *testing.B) {
	for _, bm := range []struct{ name, body string }{
		{"1MB of lines", strings.Repeat("The quick brown fox jumps over the lazy dog, and then again.\n", 16_500)},
		{"1MB of paragraphs", strings.Repeat(strings.Repeat("The quick brown fox jumps over the lazy dog. ", 30)+"\n", 740)},
		{"1MB in one line", strings.Repeat("The quick brown fox jumps over the lazy dog. ", 22_000)},
		{"empty", ""},
	} {
		b.Run(bm.name, func(b *testing.B) {
			ask := nav.NewAsker(context.Background(), time.Now, func(tea.Msg) nav.Cmd { return nil })
			m := New(nil, ask, mail.Draft{To: "bob@example.net", Subject: "x", Body: bm.body, From: mail.Address{Address: "a@x.example"}}, Options{Exec: func(*exec.Cmd, tea.ExecCallback) tea.Cmd { return nil }})
			m.size = nav.Size{Width: 120, Height: 36}
			m.save.armed = true
			c := widget.NewCanvas(120, 36, widget.Measure{})
			look := theme.New(theme.Options{Dark: true})
			for b.Loop() {
				m.Handle(tea.KeyPressMsg{Code: 'x', Text: "x"})
				m.Draw(c.Area(look, time.Time{}))
				c.Render(look)
			}
		})
	}
}
