package tui

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"postea/internal/event"
)

// TestNewsOfALongStream come together, and single ones at once.
func TestNewsOfALongStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := &event.Bus{}
		l := &listener{news: bus.Subscribe(), now: time.Now}
		var read, at atomic.Int64 // batches, and when the last came
		last := func() time.Time { return time.Unix(0, at.Load()) }
		go func() {
			for {
				if _, err := l.next(t.Context()); err != nil {
					return
				}
				read.Add(1)
				at.Store(time.Now().UnixNano())
			}
		}()
		stream := func(n int, every time.Duration) {
			for range n {
				bus.Publish(event.MessagesChanged{})
				time.Sleep(every)
			}
			synctest.Wait()
		}
		for range 3 {
			synctest.Wait()
			read.Store(0)
			stream(4, 10*time.Millisecond)
			if n := read.Load(); n != 4 {
				t.Errorf("of 4 pieces of news %d came at once", n)
			}
			time.Sleep(time.Second)
		}
		synctest.Wait()
		read.Store(0)
		stream(200, 10*time.Millisecond) // two seconds
		if n := read.Load(); n < 10 || n > 20 {
			t.Errorf("of 200 pieces of news in two seconds %d batches came, want about one each %s", n, newsPace)
		}
		end := time.Now()
		time.Sleep(time.Second)
		synctest.Wait()
		if after := last().Sub(end); after > newsPace || after < -newsPace {
			t.Errorf("the last news came %s after the stream, want within %s", after, newsPace)
		}
		bus.Publish(event.MessagesChanged{})
		synctest.Wait()
		time.Sleep(time.Second)
		now := time.Now()
		bus.Publish(event.MessagesChanged{})
		synctest.Wait()
		if !last().Equal(now) {
			t.Errorf("news after a quiet while came at %s, want at once, %s", last(), now)
		}
		bus.Close()
	})
}
