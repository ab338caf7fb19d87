package tui

import (
	"context"
	"errors"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// deaf is a terminal that takes nothing, as over a line that has died.
type deaf struct {
	once    sync.Once
	entered chan struct{}
	leave   chan struct{}
}

func (d *deaf) Write(p []byte) (int, error) {
	d.once.Do(func() { close(d.entered) })
	<-d.leave
	return len(p), nil
}

type blank struct{}

func (blank) Init() tea.Cmd                       { return nil }
func (blank) Update(tea.Msg) (tea.Model, tea.Cmd) { return blank{}, nil }
func (blank) View() tea.View                      { return tea.View{Content: "a", AltScreen: true} }

// What is told to end does so where its terminal takes nothing.
func TestEndsBesideADeadLine(t *testing.T) {
	term := &deaf{entered: make(chan struct{}), leave: make(chan struct{})}
	defer close(term.leave)
	ctx, cancel := context.WithCancel(t.Context())
	p := tea.NewProgram(blank{}, tea.WithContext(ctx), tea.WithInput(nil), tea.WithOutput(term), tea.WithWindowSize(10, 2), tea.WithoutSignalHandler())
	over := make(chan struct{})
	ended := make(chan error)
	go func() { ended <- attend(p, over) }()
	<-term.entered
	cancel()
	close(over)
	if err := <-ended; !errors.Is(err, errOver) {
		t.Error(err)
	}
}

func TestProfile(t *testing.T) {
	for _, tt := range []struct {
		env  map[string]string
		want colorprofile.Profile
	}{
		{map[string]string{"TERM": "xterm-256color"}, colorprofile.ANSI256},
		{map[string]string{"NO_COLOR": "yes"}, colorprofile.ASCII},
		{map[string]string{"TERM": "screen", "TMUX": "x", "COLORTERM": "truecolor"}, colorprofile.TrueColor},
		{map[string]string{"TERM": "screen", "TMUX": "x"}, colorprofile.ANSI256},
		{map[string]string{"TERM": "screen", "STY": "1.x"}, colorprofile.ANSI},
		{map[string]string{"TERM": "screen.xterm-256color", "STY": "1.x"}, colorprofile.ANSI256},
	} {
		if got := profile(func(name string) string { return tt.env[name] }, colorprofile.ANSI256); got != tt.want {
			t.Errorf("%v: %v, want %v", tt.env, got, tt.want)
		}
	}
}
