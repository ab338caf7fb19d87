package main

import (
	"bytes"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"postea/internal/lab"
)

// interfaceStart runs the interface in a terminal until a text is on its screen, and
// gives the most memory it has had. The servers need not have answered.
func interfaceStart(b *testing.B, cmd *exec.Cmd, text string) int64 {
	b.Helper()
	master, slave := lab.Terminal(b)
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
