package tui_test

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"postea/tui"
	"postea/tui/tuitest"
)

// BenchmarkFrame is what a key costs before the renderer compares the screens:
// the cursor moves in the list, and the frame is made.
func BenchmarkFrame(b *testing.B) {
	root := tui.New(b.Context(), tuitest.Sample(), tui.Options{})
	msgs := make(chan tea.Msg, 64)
	var run func(tea.Cmd)
	run = func(c tea.Cmd) {
		if c == nil {
			return
		}
		go func() {
			switch m := c().(type) {
			case nil:
			case tea.BatchMsg:
				for _, c := range m {
					run(c)
				}
			default:
				msgs <- m
			}
		}()
	}
	run(root.Init())
	_, c := root.Update(tea.WindowSizeMsg{Width: 120, Height: 40})
	run(c)
	for quiet := time.After(200 * time.Millisecond); ; {
		select {
		case m := <-msgs:
			_, c := root.Update(m)
			run(c)
			continue
		case <-quiet:
		}
		break
	}
	down, up := tea.KeyPressMsg{Code: 'j', Text: "j"}, tea.KeyPressMsg{Code: 'k', Text: "k"}
	b.ReportAllocs()
	size, n := 0, 0
	for b.Loop() {
		key := down
		if n++; n%2 == 0 {
			key = up
		}
		root.Update(key)
		size = len(root.View().Content)
	}
	b.ReportMetric(float64(size), "bytes/frame")
}
