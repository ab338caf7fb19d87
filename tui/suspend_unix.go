//go:build unix

package tui

import (
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// stoppable tells whether the key that stops postea does so: where it does not, what has
// given the terminal away waits for ever to be let go on.
func stoppable() bool { return !signal.Ignored(unix.SIGTSTP) && isJob(os.Getpid(), os.Getppid()) }

// isJob tells whether a shell above has a process as one of its jobs. A window, tmux or
// ssh that was asked for postea alone has no shell, and the system stops nothing that
// nobody lets go on.
func isJob(pid, parent int) bool {
	session, err := unix.Getsid(pid)
	if err != nil {
		return false
	}
	group, err := unix.Getpgid(pid)
	if err != nil {
		return false
	}
	above, err := unix.Getsid(parent)
	return err == nil && above == session && group != session
}
