//go:build !unix

package tui

func stoppable() bool { return false }
