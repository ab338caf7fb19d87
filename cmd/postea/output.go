package main

import (
	"errors"
	"io"
	"sync"
)

// output is where a command prints. It remembers the first write that failed,
// so that a full disk is told once, at the end, and by the exit code.
type output struct {
	w io.Writer

	mu  sync.Mutex
	err error
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n, err := o.w.Write(p)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// after gives how a command ended that ended with err. Output that was lost
// changes the code of one that only shows something, not of one that has queued
// a message: a script would send that again.
func (o *output) after(err error, queued bool) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.err == nil || err != nil && !errors.Is(err, o.err):
		return err
	case queued:
		return exit(exOK, "the message is in the outbox, but this could not be printed: %w", o.err)
	}
	return exit(exCantCreate, "the output could not be written: %w", o.err)
}
