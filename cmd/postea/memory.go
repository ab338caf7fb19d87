package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// A command collects no memory before there is some: it is over by then. From then on
// what is in use may grow by leastGrowth per cent between two collections, which spares a
// third of the memory beside Go's own 100, and by more as long as all stays within
// roomyHeap: little that is in use would be collected hundreds of times in a first
// synchronisation.
const (
	leastGrowth = 36
	mostGrowth  = 300
	firstGrowth = 400
	roomyHeap   = 56 << 20 // bytes
)

// unhurriedMemory sets the pace of a command.
func unhurriedMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(firstGrowth)
		(&pace{growth: firstGrowth}).next()
	}
}

// usualMemory sets Go's own pace, for what stays.
func usualMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(100)
	}
}

// pace follows the memory that is in use.
type pace struct {
	growth int // per cent
}

// next sets the pace after the next collection, and after each that follows.
func (p *pace) next() {
	runtime.AddCleanup(new([16]byte), func(p *pace) {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		// Changing it stops the program for a moment.
		if growth := growthOf(live[0].Value.Uint64()); growth < p.growth-10 || growth > p.growth+10 {
			p.growth = growth
			debug.SetGCPercent(growth)
		}
		p.next()
	}, p)
}

// growthOf tells by how many per cent so many bytes may grow.
func growthOf(live uint64) int {
	room := max(0, roomyHeap-int64(live))
	return int(min(max(room*100/max(int64(live), 1), leastGrowth), mostGrowth))
}
