//go:build failpoint

package main

import (
	"fmt"
	"os"

	"postea/internal/failpoint"
)

func stepHook() func(string) {
	step, err := failpoint.FromEnvironment()
	if err != nil {
		fmt.Fprintln(os.Stderr, "postea:", err)
		os.Exit(exUsage)
	}
	return step
}
