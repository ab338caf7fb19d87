package main

import "testing"

func TestMemoryGrowsWithinTheRoom(t *testing.T) {
	for _, c := range []struct {
		live        uint64
		once, stays int
	}{
		{0, mostGrowth, usualGrowth},
		{8 << 20, mostGrowth, usualGrowth},
		{12 << 20, mostGrowth, mostGrowth},
		{28 << 20, 100, 100},
		{roomyHeap, leastGrowth, leastGrowth},
		{1 << 40, leastGrowth, leastGrowth},
	} {
		for stays, want := range map[bool]int{false: c.once, true: c.stays} {
			if got := growthOf(c.live, stays); got != want {
				t.Errorf("%d bytes may grow by %d %% (what stays: %v), want %d", c.live, got, stays, want)
			}
		}
	}
}
