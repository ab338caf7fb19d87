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
	memory := unhurriedMemory()
	ends := []os.Signal{syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup, which is to go on
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	ctx, end := context.WithCancel(ctx)
	defer end()
	e := newEnv()
	e.memory, e.keyboard = memory, listen(ctx, end)
	code := run(ctx, e, os.Args)
	stop()
	os.Exit(code)
}
