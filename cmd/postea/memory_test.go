package main

import "testing"

func TestMemoryGrowsWithinTheRoom(t *testing.T) {
	for _, c := range []struct{ live, want uint64 }{
		{0, mostGrowth},
		{8 << 20, mostGrowth},
		{28 << 20, 100},
		{roomyHeap, leastGrowth},
		{1 << 40, leastGrowth},
	} {
		if got := growthOf(c.live); uint64(got) != c.want {
			t.Errorf("%d bytes may grow by %d %%, want %d", c.live, got, c.want)
		}
	}
}
