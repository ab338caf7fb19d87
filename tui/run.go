package tui

import (
	"context"
	"errors"
	"fmt"
	"os"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// fps is the highest rate of frames: a key waits for the next one, 4 ms on
// average and 8 at most. At 60 it would be twice that for half a percent of CPU
// less while idle.
const fps = 120

// AddedError ends Run when an account has been added: whoever called it opens
// the configuration anew and runs the interface again.
type AddedError struct{ Name string }

func (e *AddedError) Error() string { return "account " + e.Name + " was added" }

// Run shows the interface on the terminal until the user quits or ctx ends.
// The error may be an *AddedError.
func Run(ctx context.Context, b Backend, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	opts := []tea.ProgramOption{tea.WithContext(ctx), tea.WithFPS(fps)}
	switch c := os.Getenv("COLORTERM"); {
	case os.Getenv("NO_COLOR") != "": // any value counts, https://no-color.org
		opts = append(opts, tea.WithColorProfile(colorprofile.ASCII))
	case os.Getenv("TMUX") != "" && (c == "truecolor" || c == "24bit"):
		// tmux takes all colours and brings them down to what the terminal around it has.
		opts = append(opts, tea.WithColorProfile(colorprofile.TrueColor))
	}
	root := New(ctx, b, o)
	_, err := tea.NewProgram(root, opts...).Run()
	if root.news != nil {
		root.news.Close()
	}
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("terminal interface: %w", err)
	}
	if root.added != "" {
		return &AddedError{root.added}
	}
	return nil
}

// Added is the account that was added, when the model has ended for one.
func (r *Root) Added() string { return r.added }
