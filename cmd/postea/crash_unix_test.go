//go:build unix

package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"postea/internal/demo"
)

// What a crash writes is in the log too: the terminal may have the interface on it.
func TestCrashIsLogged(t *testing.T) {
	t.Parallel()
	sh := newShell(t, demo.Options{Empty: true})
	sh.ok("account", "edit", "home", "--password-env", secretVariable(t, "not the password"))
	cmd := exec.Command(os.Args[0], "--config", filepath.Join(sh.home, "config.toml"), "--data", filepath.Join(sh.home, "data"), "sync", "--watch")
	cmd.Env = append(os.Environ(), asCommand+"=1")
	errs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(errs)
	first, _ := lines.ReadString('\n') // it runs
	if err := cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, lines)
	_ = cmd.Wait()
	if log, err := os.ReadFile(filepath.Join(sh.home, "data", "postea.log")); err != nil || !strings.Contains(string(log), "SIGQUIT") || !strings.Contains(string(log), "\ngoroutine ") {
		t.Errorf("%v: it said %q, and the log is\n%s", err, first, log)
	}
}
