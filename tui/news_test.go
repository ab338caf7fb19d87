package tui

import (
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
		read := 0
		var last time.Time
		go func() {
			for {
				if _, err := l.next(t.Context()); err != nil {
					return
				}
				read++
				last = time.Now()
			}
		}()
		stream := func(n int, every time.Duration) {
			for range n {
				bus.Publish(event.MessagesChanged{})
				time.Sleep(every)
			}
		}
		for range 3 {
			synctest.Wait()
			read = 0
			stream(4, 10*time.Millisecond)
			if read != 4 {
				t.Errorf("of 4 pieces of news %d came at once", read)
			}
			time.Sleep(time.Second)
		}
		read = 0
		stream(200, 10*time.Millisecond) // two seconds
		synctest.Wait()
		if read < 10 || read > 20 {
			t.Errorf("of 200 pieces of news in two seconds %d batches came, want about one each %s", read, newsPace)
		}
		end := time.Now()
		time.Sleep(time.Second)
		if last.Sub(end) > newsPace || last.Before(end.Add(-newsPace)) {
			t.Errorf("the last news came %s after the stream, want within %s", last.Sub(end), newsPace)
		}
		bus.Publish(event.MessagesChanged{})
		synctest.Wait()
		time.Sleep(time.Second)
		at := time.Now()
		bus.Publish(event.MessagesChanged{})
		synctest.Wait()
		if !last.Equal(at) {
			t.Errorf("news after a quiet while came at %s, want at once, %s", last, at)
		}
		bus.Close()
	})
}
