package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"postea/internal/lab"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is a pair of ends of a terminal of 120 by 36 cells.
func terminal(b *testing.B) (master, slave *os.File) {
	b.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	lab.Require(b, "terminal", err == nil, fmt.Sprintf("a pseudo-terminal cannot be opened: %v", err))
	b.Cleanup(func() { master.Close() })
	fd := int(master.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		b.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		b.Fatal(err)
	}
	if slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { slave.Close() })
	if err := unix.IoctlSetWinsize(int(slave.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 36, Col: 120}); err != nil {
		b.Fatal(err)
	}
	return master, slave
}

// interfaceStart runs the interface in a terminal until a text is on its screen, and
// gives the most memory it has had. The servers need not have answered.
func interfaceStart(b *testing.B, cmd *exec.Cmd, text string) int64 {
	b.Helper()
	master, slave := terminal(b)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "COLORTERM=truecolor")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	late := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	slave.Close()
	var seen bytes.Buffer
	buf := make([]byte, 64<<10)
	for !bytes.Contains(seen.Bytes(), []byte(text)) {
		n, err := master.Read(buf)
		seen.Write(buf[:n])
		if err != nil {
			b.Fatalf("%q is never on the screen: %v\n%q", text, err, seen.String())
		}
	}
	return peakMemory(cmd.Process.Pid)
}
