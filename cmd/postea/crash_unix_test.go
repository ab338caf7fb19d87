//go:build unix

package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"postea/internal/demo"
	"postea/internal/owner"
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

// Who sends from the shell that a postea was suspended in is told that nothing goes out.
func TestSuspendedOwner(t *testing.T) {
	t.Parallel()
	f := &failRun{shell: newShell(t, demo.Options{Empty: true}), data: t.TempDir()}
	watch := f.command("", "sync", "--watch")
	if err := watch.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = watch.Process.Kill(), watch.Wait() }()
	for !owner.Wake(f.data) { // until it owns the directory
		runtime.Gosched()
	}
	if out, err := f.command("", "sync").CombinedOutput(); err != nil || !strings.Contains(string(out), "was told to sync") {
		t.Fatalf("%v: %s", err, out)
	}
	if err := watch.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	out, err := f.command("x\n", "--account", "home", "send", "--to", f.server.Users[1].Address, "--subject", "late").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "does not answer") {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := f.command("", "sync").CombinedOutput(); err == nil || !strings.Contains(string(out), "does not answer") {
		t.Errorf("%v: %s", err, out)
	}
	if err := watch.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	f.awaitQuiet()
}
