package filelock

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestOneHolds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.lock")
	first, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 && filepath.Separator == '/' {
		t.Errorf("%v %v", info, err)
	}
	if _, err := Open(path); !errors.Is(err, ErrHeld) {
		t.Fatalf("a second time: %v", err)
	}
	if _, err := Wait(path, 0); !errors.Is(err, ErrHeld) {
		t.Fatalf("without waiting: %v", err)
	}
	got := make(chan error, 1)
	go func() {
		f, err := Wait(path, time.Minute)
		if err == nil {
			err = f.Close()
		}
		got <- err
	}()
	first.Close()
	if err := <-got; err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none", "x.lock")); err == nil || errors.Is(err, ErrHeld) {
		t.Fatalf("no directory: %v", err)
	}
}
