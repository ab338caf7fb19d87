// Command postea is a mail client for the terminal.
//
// Without a verb it opens the terminal interface; each verb has a file of its
// own. What the verbs print and the codes they exit with are a contract:
// docs/commands.md.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
)

func main() {
	if os.Getenv("GOGC") == "" {
		spareMemory()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, newEnv(), os.Args)
	stop()
	os.Exit(code)
}

// spareMemory lets memory be collected more often than Go would do it, which costs a
// few per cent, but not before there is some: a command is over by then.
func spareMemory() {
	debug.SetGCPercent(400)
	runtime.AddCleanup(new([16]byte), func(int) { debug.SetGCPercent(40) }, 0)
}
