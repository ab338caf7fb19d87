package tui

import (
	"os/exec"
	"reflect"
	"testing"

	tea "charm.land/bubbletea/v2"
	"golang.org/x/term"

	"postea/internal/lab"
)

// What an editor that was killed made of the terminal is not what the shell gets back
// at the end.
func TestGuestLeavesTheTerminalAsItWas(t *testing.T) {
	_, tty := lab.Terminal(t)
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
