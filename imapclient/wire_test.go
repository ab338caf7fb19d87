package imapclient

import (
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
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

// An upload may take as long as it moves, and its answer as long as the rest of it may be
// on its way.
func TestSlowUpload(t *testing.T) {
	for name, tt := range map[string]struct {
		piece  int           // that is read in every
		every  time.Duration // of this
		answer time.Duration // after the last byte
		many   int           // messages in one step
		ok     bool
	}{
		"a slow line":          {3 << 10, time.Second, time.Second, 1, true},
		"what lies on the way": {1 << 20, time.Second, 4 * time.Minute, 1, true},
		"one after the other":  {3 << 10, time.Second, 4 * time.Minute, 2, true},
		"no answer":            {1 << 20, time.Second, time.Hour, 1, false},
		"a dead line":          {1 << 10, time.Hour, time.Second, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				near, far := net.Pipe()
				c := &Client{opts: Options{}.withDefaults(), conn: near, raw: near, capsKnown: true, closed: make(chan struct{})}
				c.wire = newWire(near, c.opts.Timeouts.Command)
				raw := make([]byte, 3<<20)
				for i := range raw {
					raw[i] = 'x'
				}
				var server sync.WaitGroup
				defer server.Wait()
				defer far.Close()
				defer c.Close()
				server.Go(func() {
					buf := make([]byte, 1<<20)
					for i := range tt.many {
						for n := 0; !strings.HasSuffix(string(buf[:n]), "}\r\n"); { // the announcement
							m, err := far.Read(buf[n:])
							if err != nil {
								return
							}
							n += m
						}
						if i > 0 {
							time.Sleep(tt.answer)
						}
						fmt.Fprint(far, "+ go on\r\n")
						for left := len(raw); left > 0; {
							time.Sleep(tt.every)
							n, err := io.ReadFull(far, buf[:min(tt.piece, left)])
							if err != nil {
								return
							}
							left -= n
						}
					}
					if _, err := io.ReadFull(far, buf[:2]); err != nil {
						return
					}
					time.Sleep(tt.answer)
					fmt.Fprint(far, "P1 OK done\r\n")
				})
				_, err := c.Append(t.Context(), "Sent", slices.Repeat([]NewMessage{{Raw: raw}}, tt.many)...)
				if (err == nil) != tt.ok {
					t.Errorf("after the upload: %v", err)
				}
			})
		})
	}
}
