package app

import (
	"context"
	"time"
)

const (
	clockEvery = 5 * time.Second
	// clockJump is from when on the clock of the wall and that of the machine tell two
	// stories: the one goes on while the machine sleeps, the other does not.
	clockJump = 30 * time.Second
)

// watchClock calls jumped whenever the machine has slept or its clock was set, until ctx
// ends: all waits count the time that the machine was awake.
func (a *App) watchClock(ctx context.Context, jumped func()) {
	tick := time.NewTicker(clockEvery)
	defer tick.Stop()
	wall, awake := a.now().Round(0), time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		passed, counted := a.now().Round(0).Sub(wall), time.Since(awake)
		wall, awake = a.now().Round(0), time.Now()
		if (passed - counted).Abs() >= clockJump {
			jumped()
		}
	}
}

// resumed makes everybody look again who waits for a time or on a line.
func (a *App) resumed() {
	a.outbox.Resumed()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.woke = a.now()
	for _, s := range a.syncers {
		s.Resumed()
	}
}
