package tui

import (
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"testing"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// newPTY opens a terminal that nobody looks at.
func newPTY(t *testing.T) *os.File {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tty.Close() })
	return tty
}

// What an editor that was killed made of the terminal is not what the shell gets back
// at the end.
func TestGuestLeavesTheTerminalAsItWas(t *testing.T) {
	tty := newPTY(t)
	before, err := term.GetState(int(tty.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	var lent counter
	g := &guest{Cmd: exec.Command("/bin/sh", "-c", "stty raw -echo && kill -9 $$"), counter: &lent, done: func(err error) tea.Msg { return err }}
	g.Stdin = tty
	if exit, ok := g.Run().(*exec.ExitError); !ok || exit.Exited() {
		t.Fatalf("it ended with %v", exit)
	}
	after, err := term.GetState(int(tty.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(before, after) {
		t.Errorf("it was\n%v\nand is\n%v", before, after)
	}
}
