package owner

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestOneOwnerAndItsWakeUps(t *testing.T) {
	for name, dir := range map[string]string{
		"short": t.TempDir(),
		"long":  filepath.Join(t.TempDir(), strings.Repeat("d", 120)),
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if Wake(dir) {
				t.Fatal("somebody answers where nobody listens")
			}
			first, err := Acquire(dir)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Acquire(dir); !errors.Is(err, ErrHeld) {
				t.Fatalf("second owner: %v", err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			woken, ended := make(chan bool, 16), make(chan error, 1)
			go func() {
				ended <- first.Listen(ctx, func() []byte { return []byte("well") }, func(asked bool) { woken <- asked })
			}()
			for !Wake(dir) { // until it listens
				if err := ctx.Err(); err != nil {
					t.Fatal(err)
				}
			}
			if info, err := os.Stat(socketPath(dir)); runtime.GOOS != "windows" && (err != nil || info.Mode().Perm() != 0o600) {
				t.Errorf("the socket is %v, %v", info, err)
			}
			if <-woken {
				t.Error("woken, and told to begin a round")
			}
			if !Ask(dir) || !<-woken {
				t.Error("asked, and told nothing")
			}
			if told, silent := Ping(dir, time.Minute); silent || string(told) != "well" {
				t.Errorf("silent, though it listens, or tells %q", told)
			}
			cancel()
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
			if len(woken) > 0 {
				t.Error("woken by who only wanted to know whether it listens")
			}
			stopped, err := listenPrivate(t.Context(), socketPath(dir))
			if err != nil {
				t.Fatal(err)
			}
			if _, silent := Ping(dir, time.Millisecond); !silent || !Wake(dir) {
				t.Error("nobody takes a poke, and it is not silent")
			}
			stopped.Close()
			if _, silent := Ping(dir, time.Minute); silent {
				t.Error("silent, though nobody is there")
			}
			if err := first.Release(); err != nil {
				t.Fatal(err)
			}
			second, err := Acquire(dir)
			if err != nil {
				t.Fatalf("after the release: %v", err)
			}
			second.Release()
		})
	}
}
