package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"postea/internal/failpoint"
)

// asCommand in the environment makes the test binary be postea, so that tests
// can run it as a process, and kill it.
const asCommand = "POSTEA_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		os.Exit(command())
	}
	os.Exit(m.Run())
}

// command is main in a build with the tag failpoint.
func command() int {
	step, err := failpoint.FromEnvironment()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exUsage
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	e := newEnv()
	e.step = step
	return run(ctx, e, os.Args)
}
