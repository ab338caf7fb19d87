//go:build !failpoint

package main

func stepHook() func(string) { return nil }
