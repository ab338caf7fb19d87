package smtpclient

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestIdleConnection(t *testing.T) {
	tests := []struct {
		name   string
		script string
		code   int
		alive  bool
	}{
		{"FIN while idle", "WAIT 20s\nCLOSE", 0, false},
		{"421 while idle", "WAIT 20s\nS: 421 4.4.2 idle too long\nWAIT 1h", 421, false},
		{"unasked 250", "WAIT 20s\nS: 250 evil\nWAIT 1h", 0, false},
		{"flood", "WAIT 20s\nR: \"" + strings.Repeat(`250 x\r\n`, 100) + "\"\nWAIT 1h", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sendOver(t, plainOptions(), helloFlight+"C: NOOP\nS: 250 ok\n"+tt.script, func(ctx context.Context, c *Client) {
					if err := c.Noop(ctx); err != nil || !c.Alive() {
						t.Fatalf("alive %v, %v", c.Alive(), err)
					}
					time.Sleep(time.Minute)
					if c.Alive() != tt.alive {
						t.Errorf("alive = %v", !tt.alive)
					}
					_, err := c.Send(ctx, envelope("bob@b.test"), strings.NewReader(message), SendOptions{})
					if e := asError(err); e == nil || e.Code != tt.code || !e.Temporary || e.Unknown() {
						t.Errorf("error = %#v", err)
					}
					if err := c.Noop(ctx); !errors.Is(err, ErrClosed) {
						t.Errorf("NOOP: %v", err)
					}
					if err := c.Quit(ctx); err == nil {
						t.Error("Quit on a closed connection said nothing")
					}
				})
			})
		})
	}
}

func TestQuitCannotFail(t *testing.T) {
	for name, end := range map[string]string{
		"221": "S: 221 bye", "dropped": "CLOSE", "refused": "S: 500 what", "silent": "WAIT 1h", "421": "S: 421 now",
	} {
		synctest.Test(t, func(t *testing.T) {
			sendOver(t, plainOptions(), helloBare+"C: QUIT\n"+end, func(ctx context.Context, c *Client) {
				start := time.Now()
				if err := c.Quit(ctx); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if waited := time.Since(start); waited > quitTimeout || c.Alive() {
					t.Errorf("%s: took %v, alive %v", name, waited, c.Alive())
				}
			})
		})
	}
}

func TestNoopRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sendOver(t, plainOptions(), helloBare+"C: NOOP\nS: 500 what", func(ctx context.Context, c *Client) {
			if e := asError(c.Noop(ctx)); e == nil || e.Code != 500 {
				t.Errorf("error = %v", e)
			}
		})
	})
}
