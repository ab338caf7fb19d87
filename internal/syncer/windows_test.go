package syncer

import (
	"testing"
	"time"
)

// farness is a way to a server: what it takes there and back, and how many bytes it carries
// in a second.
type farness struct {
	lag  time.Duration
	rate int64
}

func (l farness) carries(bytes int64) time.Duration {
	return time.Duration(float64(bytes) / float64(l.rate) * float64(time.Second))
}

func TestWindowsSuitTheLine(t *testing.T) {
	for name, l := range map[string]farness{
		"nearby":              {time.Millisecond, 100 << 20},
		"at home":             {25 * time.Millisecond, 2 << 20},
		"by satellite":        {700 * time.Millisecond, 2 << 20},
		"behind an upload":    {4 * time.Second, 100 << 10},
		"slow":                {200 * time.Millisecond, 20 << 10},
		"slow, and far":       {1600 * time.Millisecond, 20 << 10},
		"of another time":     {500 * time.Millisecond, 3 << 10},
		"first a server sits": {9 * time.Second, 10 << 20},
	} {
		size := int64(firstBodies)
		for range 40 {
			size = nextWindow(size, leastOfPart, largestBodies, 2, l.carries(size), mayTake(l.lag))
		}
		took := l.carries(size)
		if size > leastOfPart && took > longestWindow {
			t.Errorf("%s: who waits for another message waits %v", name, took)
		}
		if size < largestBodies && took < mayTake(l.lag)/4 {
			t.Errorf("%s: of %v there come bytes for %v, %d", name, l.lag+took, took, size)
		}
	}
}
