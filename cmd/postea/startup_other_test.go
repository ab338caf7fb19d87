//go:build !linux

package main

import (
	"os/exec"
	"postea/internal/lab"
	"testing"
)

func interfaceStart(b *testing.B, _ *exec.Cmd, _ string) int64 {
	lab.Require(b, "linux", false, "terminals are opened as on Linux only")
	return 0
}
