//go:build unix

package app

import (
	"os/exec"
	"syscall"
)

// apart gives a command a session of its own: without a terminal it cannot draw
// over the interface, and all that it has started ends with it.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
