package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"time"

	"postea/config"
	"postea/internal/event"
)

// configEvery is how often is looked whether the configuration file has changed. It is
// a question to the file system, which reads nothing while the answer is no.
const configEvery = 2 * time.Second

// ErrConfigChanged is what the user is told after event.ConfigChanged. Servers, secrets
// and keys are in use everywhere by then, so that it is not taken over.
var ErrConfigChanged = errors.New("the configuration has changed; restart postea to use it")

// keepConfig tells of changes of the configuration file until ctx ends.
func (a *App) keepConfig(ctx context.Context) {
	tick := time.NewTicker(configEvery)
	defer tick.Stop()
	a.watchConfig(ctx, tick.C)
}

// watchConfig takes over the rules of the configuration file when they change, and publishes
// ConfigChanged once for each other thing that the file comes to say, unless that is what this
// process began with. A file is read when it has rested since the look before, as it may be being
// written. While it has faults it is passed over; the user, who may wait for a rule in it, is told
// of the first.
func (a *App) watchConfig(ctx context.Context, tick <-chan time.Time) {
	if a.cfg.Path == "" {
		return
	}
	began := a.cfg.Said()
	told := began
	var last os.FileInfo
	read := false // what last stands for
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
		info, err := os.Stat(a.cfg.Path)
		if err != nil {
			continue
		}
		if last == nil || !os.SameFile(last, info) || !last.ModTime().Equal(info.ModTime()) || last.Size() != info.Size() {
			last, read = info, false
			continue
		}
		if read {
			continue
		}
		read = true
		c, err := config.Load(a.cfg.Path)
		if faults, ok := errors.AsType[config.Problems](err); ok && len(faults) > 0 {
			a.bus.Publish(event.Notice{Error: true, Text: fmt.Sprintf("The configuration has a fault, and what has changed in it waits: %s", faults[0])})
		}
		if err != nil {
			continue
		}
		if !reflect.DeepEqual(c.Rules, a.ruleList()) {
			a.takeRules(c.Rules)
		}
		if c.Said() == told {
			continue
		}
		if told = c.Said(); told != began {
			a.bus.Publish(event.ConfigChanged{})
		}
	}
}
