package event

import (
	"context"
	"errors"
	"sync"
)

// ErrClosed is returned by Next after the subscription or the bus was closed.
var ErrClosed = errors.New("event: subscription closed")

// maxPending is how many different events may wait before they become one Overflow.
const maxPending = 256

// Bus hands events to its subscribers. The zero value is ready; all methods may
// be called from several goroutines.
type Bus struct {
	mu     sync.Mutex // guards what follows
	subs   map[*Subscription]struct{}
	closed bool
}

// Publish gives the events to every subscriber and never blocks.
func (b *Bus) Publish(events ...Event) {
	if len(events) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for s := range b.subs {
		s.add(events)
	}
}

// Subscribe begins a subscription: it gets every event published from now on.
func (b *Bus) Subscribe() *Subscription {
	s := &Subscription{bus: b, wake: make(chan struct{}, 1), seen: map[Event]struct{}{}}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		s.closed = true
		return s
	}
	if b.subs == nil {
		b.subs = map[*Subscription]struct{}{}
	}
	b.subs[s] = struct{}{}
	return s
}

// Close ends every subscription.
func (b *Bus) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for s := range b.subs {
		s.end()
	}
	b.subs = nil
}

// Subscription is one listener's waiting events.
type Subscription struct {
	bus  *Bus
	wake chan struct{} // holds a token while there is something to read

	mu      sync.Mutex // guards what follows
	pending []Event
	seen    map[Event]struct{}
	closed  bool
}

// Next waits for events and returns all that wait, oldest first. It ends with
// ErrClosed or the context's error.
func (s *Subscription) Next(ctx context.Context) ([]Event, error) {
	for {
		s.mu.Lock()
		if len(s.pending) > 0 {
			batch := s.pending
			s.pending, s.seen = nil, map[Event]struct{}{}
			s.mu.Unlock()
			return batch, nil
		}
		closed := s.closed
		s.mu.Unlock()
		if closed {
			return nil, ErrClosed
		}
		select {
		case <-s.wake:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Close ends the subscription. It may be called more than once.
func (s *Subscription) Close() {
	s.bus.mu.Lock()
	delete(s.bus.subs, s)
	s.bus.mu.Unlock()
	s.end()
}

func (s *Subscription) end() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.signal()
}

func (s *Subscription) add(events []Event) {
	s.mu.Lock()
	for _, e := range events {
		if _, waits := s.seen[e]; waits {
			continue
		}
		if _, over := s.seen[Overflow{}]; over && !passing(e) {
			continue
		}
		if len(s.pending) >= maxPending {
			if s.overflow(); !passing(e) {
				continue
			}
		}
		s.seen[e] = struct{}{}
		s.pending = append(s.pending, e)
	}
	s.mu.Unlock()
	s.signal()
}

// passing tells whether nothing in the store would bring an event back, so that no
// Overflow stands for it.
func passing(e Event) bool {
	switch e.(type) {
	case Notice, Returned, Arrived, ConfigChanged, ZoneChanged:
		return true
	}
	return false
}

// overflow merges what waits into one Overflow, beside what that does not stand for.
// The caller holds s.mu.
func (s *Subscription) overflow() {
	kept := []Event{Overflow{}}
	s.seen = map[Event]struct{}{Overflow{}: {}}
	for _, e := range s.pending {
		if passing(e) && len(kept) < maxPending/2 {
			kept = append(kept, e)
			s.seen[e] = struct{}{}
		}
	}
	s.pending = kept
}

func (s *Subscription) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
