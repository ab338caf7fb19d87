package app

import (
	"context"
	"testing"
	"time"

	"postea/internal/event"
)

// Whoever travels is told once of each zone that is not that of the times on the screen.
func TestZoneChanges(t *testing.T) {
	a := &App{bus: &event.Bus{}}
	sub := a.bus.Subscribe()
	defer sub.Close()
	ctx, end := context.WithCancel(t.Context())
	tick, ended, name := make(chan time.Time), make(chan struct{}), "Europe/Berlin"
	looked := make(chan struct{})
	go func() {
		defer close(ended)
		a.watchZone(ctx, tick, func() string { defer func() { looked <- struct{}{} }(); return name })
	}()
	<-looked
	for _, step := range []string{"Europe/Berlin", "Asia/Tokyo", "Asia/Tokyo", "Europe/Berlin"} {
		name = step
		tick <- time.Time{}
		<-looked
	}
	end()
	<-ended
	batch, _ := sub.Next(ctx)
	if len(batch) != 1 || batch[0] != (event.ZoneChanged{}) {
		t.Errorf("told %v", batch)
	}
}
