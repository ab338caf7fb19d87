package app

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A machine that slept does not count the time of its waits; what waits is told.
func TestClockJumps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var ahead, jumps atomic.Int64
		a := &App{now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }}
		go a.watchClock(ctx, func() { jumps.Add(1) })
		for _, step := range []struct {
			jump time.Duration
			told int64
		}{{0, 0}, {8 * time.Hour, 1}, {0, 1}, {-365 * 24 * time.Hour, 2}, {2 * time.Second, 2}, {0, 2}} {
			synctest.Wait()
			ahead.Add(int64(step.jump))
			time.Sleep(time.Minute)
			synctest.Wait()
			if jumps.Load() != step.told {
				t.Fatalf("after a jump of %v it was told %d times, want %d", step.jump, jumps.Load(), step.told)
			}
		}
	})
}
