package smtpclient

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"postea/internal/dial"
)

var (
	offersAll  = []string{"PIPELINING", "CHUNKING", "8BITMIME", "SMTPUTF8", "DSN", "SIZE 100000000", "AUTH PLAIN"}
	offersData = []string{"PIPELINING", "8BITMIME", "SIZE 100000000", "AUTH PLAIN"}
)

// tcpTrip is the round trip of TCP's own handshake, which a pipe has not.
const tcpTrip = 1

func turnOptions(t *testing.T, s *turnServer, mode dial.TLSMode) Options {
	t.Helper()
	opts, cert := tlsOptions(t, mode)
	s.cert = cert
	s.implicit = mode == dial.ModeImplicit
	if mode == dial.ModeStartTLS {
		s.offers = append([]string{"STARTTLS"}, s.offers...)
	}
	opts.Auth = Auth{Username: "ada", Password: secret("s3cret")}
	return opts
}

// learnedFrom leads a conversation with the server and returns what it taught.
func learnedFrom(t *testing.T, s *turnServer, opts Options) Learned {
	t.Helper()
	var l Learned
	first := *s
	withTurns(t, &first, opts, func(c *Client) {
		if err := c.Learn(t.Context()); err != nil {
			t.Error(err)
		}
		l = c.Learned()
	})
	return l
}

func send(t *testing.T, c *Client, rcpts int) *Result {
	t.Helper()
	var addresses []string
	for i := range rcpts {
		addresses = append(addresses, fmt.Sprintf("u%d@b.test", i))
	}
	result, err := c.Send(t.Context(), envelope(addresses...), strings.NewReader(message), SendOptions{})
	if err != nil {
		t.Error(err)
	}
	return result
}

// The number of round trips of a message is the same for any number of
// recipients, but where the server cannot do better than one after the other.
func TestRoundTrips(t *testing.T) {
	tests := []struct {
		name    string
		offers  []string
		mode    dial.TLSMode
		learned bool
		cold    int // from SYN to the first acceptance
		warm    int // for each message after it
	}{
		{"465, CHUNKING, known", offersAll, dial.ModeImplicit, true, 6, 1},
		{"587, CHUNKING, known", offersAll, dial.ModeStartTLS, true, 8, 1},
		{"465, PIPELINING", offersData, dial.ModeImplicit, true, 7, 2},
		{"587, PIPELINING", offersData, dial.ModeStartTLS, true, 9, 2},
		{"465, CHUNKING, never seen", offersAll, dial.ModeImplicit, false, 7, 2},
		{"587, CHUNKING, never seen", offersAll, dial.ModeStartTLS, false, 9, 2},
		{"465, neither", []string{"AUTH PLAIN"}, dial.ModeImplicit, true, 8, 3},
	}
	for _, tt := range tests {
		for _, rcpts := range []int{1, 200} {
			t.Run(fmt.Sprintf("%s, %d recipients", tt.name, rcpts), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := &turnServer{offers: tt.offers}
					opts := turnOptions(t, s, tt.mode)
					if tt.learned {
						opts.Learned = learnedFrom(t, s, opts)
					}
					withTurns(t, s, opts, func(c *Client) {
						cold, warm := tt.cold, tt.warm
						if !slices.Contains(tt.offers, "PIPELINING") { // every command waits, and there is one for each recipient
							cold, warm = cold+rcpts, warm+rcpts
						}
						send(t, c, rcpts)
						if got := s.turn.turns + tcpTrip; got != cold {
							t.Errorf("cold: %d round trips, want %d", got, cold)
						}
						for range 3 {
							before := s.turn.turns
							send(t, c, rcpts)
							if got := s.turn.turns - before; got != warm {
								t.Errorf("warm: %d round trips, want %d", got, warm)
							}
						}
					})
					if len(s.messages) != 4 || len(s.messages[3].rcpts) != rcpts || s.messages[3].body != onTheWire {
						t.Errorf("%d messages", len(s.messages))
					}
				})
			})
		}
	}
}

// A server never seen costs seven round trips, then the probe on the idle
// connection, and from then on one for each message.
func TestProbeOnTheIdleConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &turnServer{offers: offersAll}
		opts := turnOptions(t, s, dial.ModeImplicit)
		withTurns(t, s, opts, func(c *Client) {
			send(t, c, 1)
			if got := s.turn.turns + tcpTrip; got != 7 {
				t.Errorf("cold: %d round trips", got)
			}
			if err := c.Learn(t.Context()); err != nil || c.Learned().Discards != Yes {
				t.Fatalf("learned %+v, %v", c.Learned(), err)
			}
			if got := s.turn.turns + tcpTrip; got != 9 {
				t.Errorf("with the probe: %d round trips", got)
			}
			if err := c.Learn(t.Context()); err != nil {
				t.Error(err)
			}
			before := s.turn.turns
			send(t, c, 5)
			if got := s.turn.turns - before; got != 1 {
				t.Errorf("warm: %d round trips", got)
			}
		})
		if len(s.messages) != 2 || len(s.run) != 0 {
			t.Errorf("%d messages, commands out of bodies: %q", len(s.messages), s.run)
		}
	})
}

// A queue costs a round trip for each message and next to nothing beside.
func TestRoundTripsOfAQueue(t *testing.T) {
	const n = 1000
	synctest.Test(t, func(t *testing.T) {
		s := &turnServer{offers: offersAll}
		opts := turnOptions(t, s, dial.ModeImplicit)
		opts.Learned = learnedFrom(t, s, opts)
		withTurns(t, s, opts, func(c *Client) {
			for range n {
				send(t, c, 1)
			}
		})
		if got := s.turn.turns + tcpTrip; float64(got) > 1.02*n || len(s.messages) != n {
			t.Errorf("%d round trips for %d messages", got, len(s.messages))
		}
	})
}

// After a refusal RSET leads, and the message waits for its answer.
func TestResetLeadsAfterARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &turnServer{offers: offersAll, keepsTransaction: true, refuse: map[string]int{"gone@b.test": 550}}
		opts := turnOptions(t, s, dial.ModeImplicit)
		opts.Learned = learnedFrom(t, s, opts)
		withTurns(t, s, opts, func(c *Client) {
			_, err := c.Send(t.Context(), envelope("gone@b.test"), strings.NewReader(message), SendOptions{})
			if e := asError(err); e == nil || e.Phase != PhaseRcpt || e.Code != 550 || !c.Alive() {
				t.Fatalf("error = %v", err)
			}
			before := s.turn.turns
			send(t, c, 2)
			if got := s.turn.turns - before; got != 2 {
				t.Errorf("%d round trips", got)
			}
			before = s.turn.turns
			send(t, c, 1)
			if got := s.turn.turns - before; got != 1 {
				t.Errorf("%d round trips after success", got)
			}
		})
		if len(s.messages) != 2 || s.messages[0].from != "ada@a.test" {
			t.Errorf("messages %v", s.messages)
		}
	})
}

// A line that has been silent for long gets two steps, so that a dead one does
// not leave the outcome unknown.
func TestTwoStepsAfterLongSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &turnServer{offers: offersAll}
		opts := turnOptions(t, s, dial.ModeImplicit)
		opts.Learned = learnedFrom(t, s, opts)
		withTurns(t, s, opts, func(c *Client) {
			time.Sleep(idleLimit + time.Second)
			before := s.turn.turns
			send(t, c, 3)
			if got := s.turn.turns - before; got != 2 {
				t.Errorf("%d round trips", got)
			}
			time.Sleep(idleLimit - time.Second)
			if err := c.Noop(t.Context()); err != nil {
				t.Error(err)
			}
			time.Sleep(idleLimit - time.Second)
			before = s.turn.turns
			send(t, c, 3)
			if got := s.turn.turns - before; got != 1 {
				t.Errorf("%d round trips behind a sign of life", got)
			}
		})
	})
}

// Everything but the end goes ahead; the commit is one round trip for any size.
func TestPrepare(t *testing.T) {
	big := strings.Repeat(strings.Repeat("x", 76)+"\r\n", 50_000)
	synctest.Test(t, func(t *testing.T) {
		s := &turnServer{offers: offersAll, refuse: map[string]int{"gone@b.test": 550}}
		opts := turnOptions(t, s, dial.ModeImplicit)
		opts.Learned = learnedFrom(t, s, opts)
		withTurns(t, s, opts, func(c *Client) {
			env := envelope("bob@b.test", "gone@b.test")
			p, result, err := c.Prepare(t.Context(), env, strings.NewReader(big), SendOptions{})
			if err != nil || !result.Recipients[0].Accepted || result.Recipients[1].Accepted || len(s.messages) != 0 {
				t.Fatalf("%+v, %v, %d messages", result, err, len(s.messages))
			}
			if err := p.Discard(t.Context()); err != nil || !c.Alive() {
				t.Errorf("Discard: %v", err)
			}
			if _, err := p.Commit(t.Context()); err == nil {
				t.Error("committed after Discard")
			}
			p, _, err = c.Prepare(t.Context(), env, strings.NewReader(big), SendOptions{})
			if err != nil {
				t.Fatal(err)
			}
			before := s.turn.turns
			if result, err = p.Commit(t.Context()); err != nil || result.QueueID != "1" {
				t.Errorf("%+v, %v", result, err)
			}
			if got := s.turn.turns - before; got != 1 {
				t.Errorf("the commit took %d round trips", got)
			}
			if err := p.Discard(t.Context()); err != nil {
				t.Error(err)
			}
		})
		if len(s.messages) != 1 || s.messages[0].body != big {
			t.Errorf("%d messages", len(s.messages))
		}
	})
}

// Without CHUNKING the only way back is to hang up.
func TestPrepareByData(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &turnServer{offers: offersData}
		opts := turnOptions(t, s, dial.ModeImplicit)
		withTurns(t, s, opts, func(c *Client) {
			p, _, err := c.Prepare(t.Context(), envelope("bob@b.test"), strings.NewReader(message), SendOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Commit(t.Context()); err != nil {
				t.Error(err)
			}
			if p, _, err = c.Prepare(t.Context(), envelope("bob@b.test"), strings.NewReader(message), SendOptions{}); err != nil {
				t.Fatal(err)
			}
			if err := p.Discard(t.Context()); err != nil || c.Alive() {
				t.Errorf("Discard: %v, alive %v", err, c.Alive())
			}
		})
		if len(s.messages) != 1 {
			t.Errorf("%d messages", len(s.messages))
		}
	})
}
