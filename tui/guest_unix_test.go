//go:build unix

package tui

import (
	"bufio"
	"os"
	"os/exec"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// An editor ends with postea: where the terminal of both is closed, only one of them
// hears of it.
func TestGuestEndsWithUs(t *testing.T) {
	ended := make(chan struct{})
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	given := false
	lend := func() func() { return func() { given = true } }
	var lent counter
	g := &guest{
		Cmd: exec.Command("/bin/sh", "-c", "trap 'exit 7' HUP; echo ready; while :; do read line; done"), counter: &lent,
		done: func(err error) tea.Msg { return err }, lend: lend, ended: ended,
	}
	in, hold, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Close()
	defer in.Close()
	g.Stdin, g.Stdout = in, w
	result := make(chan error)
	go func() { result <- g.Run() }()
	if line, err := bufio.NewReader(r).ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("%q %v", line, err)
	}
	close(ended)
	err = <-result
	w.Close()
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 7 || !given || lent.take() != err || lent.take() != nil {
		t.Errorf("it ended with %v, the keyboard is back: %v", err, given)
	}
}
