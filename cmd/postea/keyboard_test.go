//go:build unix

package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"
)

// ctrl+c in an editor, or in what it runs, reaches every program in front of the
// terminal; it must not end this one, in which the text lies.
func TestKeyboardIsLent(t *testing.T) {
	seen := make(chan os.Signal, 4)
	signal.Notify(seen, os.Interrupt, syscall.SIGQUIT)
	defer signal.Stop(seen)
	press := func(s syscall.Signal) {
		t.Helper()
		if err := syscall.Kill(os.Getpid(), s); err != nil {
			t.Fatal(err)
		}
		<-seen
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	k := listen(ctx, stop)
	give := k.lend()
	press(syscall.SIGINT)
	press(syscall.SIGQUIT)
	give()
	if ctx.Err() != nil {
		t.Error("ctrl+c of another program was taken for ours")
	}
	press(syscall.SIGINT)
	<-ctx.Done()
	if press(syscall.SIGINT); len(k.came) > 0 {
		t.Error("the second one is caught too")
	}

	keyboard{}.lend()() // a command without a terminal has none
}
