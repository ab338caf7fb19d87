package imapclient

import (
	"fmt"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// It is told how long an answer took to begin, and how fast it came then.
func TestLagAndFlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer near.Close()
		defer far.Close()
		w := newWire(near, time.Minute)
		w.begin()
		go func() {
			time.Sleep(700 * time.Millisecond)
			const size = 100 << 10
			fmt.Fprintf(far, "* 1 FETCH (BODY[] {%d}\r\n", size)
			piece := make([]byte, 1<<10)
			for range size / len(piece) {
				time.Sleep(100 * time.Millisecond)
				far.Write(piece)
			}
			fmt.Fprint(far, ")\r\n")
		}()
		if _, _, err := w.response(usual); err != nil {
			t.Fatal(err)
		}
		if w.lag() != 700*time.Millisecond || w.rate() < 10<<10 || w.rate() > 11<<10 {
			t.Errorf("the answer began after %v, and came by %d bytes a second", w.lag(), w.rate())
		}
		w.begin()
		if w.lag() != 0 || w.rate() < 10<<10 {
			t.Errorf("before the next answer: %v, %d", w.lag(), w.rate())
		}
	})
}
