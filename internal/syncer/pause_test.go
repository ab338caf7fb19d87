package syncer

import (
	"testing"
	"time"
)

func TestPausesSuitWhatTheConnectionWas(t *testing.T) {
	p := Pace{}.withDefaults()
	for name, tt := range map[string]struct{ pause, lasted, worked, want time.Duration }{
		"refused":                       {time.Minute, 0, 0, time.Minute},
		"breaks at once":                {time.Minute, 5 * time.Second, 0, time.Minute},
		"breaks again and again":        {2 * time.Minute, 40 * time.Second, 0, 10 * time.Second},
		"breaks soon after a round":     {4 * time.Minute, 20 * time.Second, time.Second, 5 * time.Second},
		"is not made longer":            {4 * time.Second, time.Hour, 0, 4 * time.Second},
		"the first":                     {2 * time.Second, 15 * time.Second, 0, 2 * time.Second},
		"had worked":                    {time.Minute, 2 * time.Minute, 61 * time.Second, 2 * time.Second},
		"had worked, but not that long": {5 * time.Minute, 2 * time.Minute, time.Minute, 30 * time.Second},
	} {
		if got := p.behind(tt.pause, tt.lasted, tt.worked); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
