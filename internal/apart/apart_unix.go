//go:build unix

package apart

import (
	"os/exec"
	"syscall"
)

// Set gives a command that has a context a session of its own: without a terminal it
// cannot draw over the interface, and all that it has started ends with it.
func Set(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
