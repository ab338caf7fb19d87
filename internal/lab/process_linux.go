package lab

import (
	"os"
	"syscall"
	"testing"
)

// ownGroup keeps signals for the test away from a server, and has the kernel
// end it if the test dies.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

// haveAlone waits until no other process has the lock, and keeps it for the
// time of the test.
func haveAlone(t testing.TB, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	for {
		if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}
