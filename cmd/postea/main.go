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
	"runtime/debug"
	"syscall"
)

func main() {
	// Memory is worth more here than the few per cent that collecting it twice as often costs.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, newEnv(), os.Args)
	stop()
	os.Exit(code)
}
