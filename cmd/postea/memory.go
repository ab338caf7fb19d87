package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
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

// What stays is not to hold more than Go's own pace gives it while it has little to do.
const (
	usualGrowth = 100
	littleHeap  = 10 << 20 // bytes
)

// pace is how often memory is collected. A nil one does nothing.
type pace struct{ stays atomic.Bool }

// unhurriedMemory sets the pace of a command; nil where the environment sets it.
func unhurriedMemory() *pace {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	p := &pace{}
	debug.SetGCPercent(firstGrowth)
	p.next()
	return p
}

// stay sets the pace of what stays.
func (p *pace) stay() {
	if p != nil {
		p.stays.Store(true)
		debug.SetGCPercent(usualGrowth)
	}
}

// next sets the pace after the next collection, and after each that follows.
func (p *pace) next() {
	runtime.AddCleanup(new([16]byte), func(p *pace) {
		now := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/gogc:percent"}}
		metrics.Read(now)
		growth, was := growthOf(now[0].Value.Uint64(), p.stays.Load()), int(now[1].Value.Uint64())
		if growth < was-10 || growth > was+10 { // a change stops the program for a moment
			debug.SetGCPercent(growth)
		}
		p.next()
	}, p)
}

// growthOf tells by how many per cent so many bytes may grow.
func growthOf(live uint64, stays bool) int {
	if stays && live < littleHeap {
		return usualGrowth
	}
	room := max(0, roomyHeap-int64(live))
	return int(min(max(room*100/max(int64(live), 1), leastGrowth), mostGrowth))
}
