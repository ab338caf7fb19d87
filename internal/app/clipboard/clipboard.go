// Package clipboard reaches the clipboard by the system's own programs, beside the
// terminal: tmux takes none from what runs in it unless it is told to, and some
// terminals have no sequence for it.
package clipboard

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"postea/internal/apart"
)

// Copy gives text to the clipboard, for some seconds at most, by each program that may
// reach it from here. The error is that of programs that are there; none being there is
// no error.
func Copy(ctx context.Context, text string) error {
	limit, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	var failed error
	for _, argv := range programs(os.Getenv) {
		path, err := exec.LookPath(argv[0])
		if err != nil {
			continue
		}
		cmd := exec.CommandContext(limit, path, argv[1:]...)
		apart.Set(cmd) // it stays to hand the text out
		cmd.Stdin, cmd.WaitDelay = strings.NewReader(text), time.Second
		if err := cmd.Run(); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", argv[0], err))
		}
	}
	return failed
}

const timeLimit = 5 * time.Second

// programs are the programs that may reach a clipboard from here.
func programs(getenv func(string) string) [][]string {
	var list [][]string
	if getenv("TMUX") != "" {
		list = append(list, []string{"tmux", "load-buffer", "-w", "-"})
	}
	switch {
	case getenv("WAYLAND_DISPLAY") != "":
		list = append(list, []string{"wl-copy"})
	case getenv("DISPLAY") != "":
		list = append(list, []string{"xclip", "-selection", "clipboard", "-in"}, []string{"xsel", "--clipboard", "--input"})
	case getenv("TERM_PROGRAM") == "Apple_Terminal": // the one of a Mac that has no sequence for it
		list = append(list, []string{"pbcopy"})
	}
	return list
}
