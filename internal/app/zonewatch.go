package app

import (
	"context"
	"errors"
	"os"
	"time"

	"postea/internal/event"
)

// ErrZoneChanged is what the user is told after event.ZoneChanged: all times that a process
// shows and understands are of the zone that it began with.
var ErrZoneChanged = errors.New("the time zone has changed; restart postea to use it")

const zoneEvery = time.Minute

// keepZone tells of a change of the machine's time zone, as on a journey, until ctx ends.
func (a *App) keepZone(ctx context.Context) {
	tick := time.NewTicker(zoneEvery)
	defer tick.Stop()
	a.watchZone(ctx, tick.C, zone)
}

func (a *App) watchZone(ctx context.Context, tick <-chan time.Time, zone func() string) {
	began := zone()
	for last := began; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
		now := zone()
		if now != last && now != began {
			a.bus.Publish(event.ZoneChanged{})
		}
		last = now
	}
}

// zone names the time zone of the machine; "" where the environment says another, or where
// there is no such name.
func zone() string {
	if _, mine := os.LookupEnv("TZ"); mine {
		return ""
	}
	name, _ := os.Readlink("/etc/localtime")
	return name
}
