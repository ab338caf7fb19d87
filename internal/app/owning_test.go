package app

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"postea/config"
	"postea/internal/event"
)

// Why nobody can become the owner is told once, and not every two seconds.
func TestLockThatCannotBeTaken(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "owner.lock"), 0o700); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		a, err := Open(t.Context(), Options{Config: &config.Config{}, Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		sub := a.Events()
		ctx, cancel := context.WithCancel(t.Context())
		a.Start(ctx)
		limit, end := context.WithTimeout(t.Context(), time.Minute)
		defer end()
		told := 0
		for {
			batch, err := sub.Next(limit)
			if err != nil {
				break
			}
			for _, e := range batch {
				if n, ok := e.(event.Notice); ok && n.Error {
					told++
				}
			}
		}
		cancel()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
		if told != 1 {
			t.Errorf("told %d times", told)
		}
	})
}
