package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// unhurriedMemory collects no memory before there is some: a command is over by then.
// From the first time on it is collected more often than Go does it by itself, which
// costs a few per cent of time and spares a third of the memory.
func unhurriedMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
		runtime.AddCleanup(new([16]byte), func(int) { debug.SetGCPercent(40) }, 0)
	}
}

// usualMemory is for what stays.
func usualMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(100)
	}
}
