//go:build unix

package tui

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// What is no job of a shell is not stopped by the system, and would wait for ever.
func TestOnlyJobsAreSuspended(t *testing.T) {
	for name, c := range map[string]struct {
		attr *syscall.SysProcAttr
		want bool
	}{
		"a job":                   {&syscall.SysProcAttr{Setpgid: true}, true},
		"a window's only program": {&syscall.SysProcAttr{Setsid: true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command("cat")
			cmd.SysProcAttr = c.attr
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if got := isJob(cmd.Process.Pid, os.Getpid()); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
			in.Close()
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}
