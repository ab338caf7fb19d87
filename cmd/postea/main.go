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
	"syscall"
)

func main() {
	unhurriedMemory()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, newEnv(), os.Args)
	stop()
	os.Exit(code)
}
