package main

import (
	"os"
	"testing"
)

// asCommand in the environment makes the test binary be postea, so that tests
// can run it as a process, and kill it.
const asCommand = "POSTEA_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}
