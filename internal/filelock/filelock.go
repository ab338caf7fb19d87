// Package filelock locks files between processes. A lock dies with its process.
//
//	f, err := filelock.Open(path)            // ErrHeld: another process has it
//	f, err := filelock.Wait(path, time.Minute)
//	defer f.Close()                          // gives it up
package filelock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// ErrHeld says that another process, or another file of this one, holds the lock.
var ErrHeld = errors.New("the lock is held")

// Open takes the lock on a file, making the file (0600) where there is none, or
// returns ErrHeld at once. Closing the file gives the lock up.
func Open(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the lock: %w", err)
	}
	if err := try(f); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// pause is how long Wait rests between two tries: the systems have no way to
// wait for a lock that could be given up.
const pause = 10 * time.Millisecond

// Wait is Open that waits for the lock, and returns ErrHeld where it is not free
// within the limit.
func Wait(path string, limit time.Duration) (*os.File, error) {
	return WaitContext(context.Background(), path, limit)
}

// WaitContext is Wait that also ends, with the context's error, when ctx does.
func WaitContext(ctx context.Context, path string, limit time.Duration) (*os.File, error) {
	end := time.Now().Add(limit)
	again := time.NewTicker(pause)
	defer again.Stop()
	for {
		f, err := Open(path)
		if !errors.Is(err, ErrHeld) || time.Now().After(end) {
			return f, err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
