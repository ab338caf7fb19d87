package smtpclient

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"postea/internal/dial"
)

func queueOf(n int, rcpt func(i int) string, opts SendOptions) iter.Seq[Message] {
	return func(yield func(Message) bool) {
		for i := range n {
			env := envelope(rcpt(i))
			env.BodySize = int64(len(message))
			if !yield(Message{Envelope: env, Body: strings.NewReader(message), Options: opts}) {
				return
			}
		}
	}
}

func bob(int) string { return "bob@b.test" }

// groupTest runs act on a client that may send groups.
func groupTest(t *testing.T, s *turnServer, act func(t *testing.T, c *Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		opts := turnOptions(t, s, dial.ModeImplicit)
		opts.Learned = learnedFrom(t, s, opts)
		opts.Groups = true
		withTurns(t, s, opts, func(c *Client) { act(t, c) })
	})
}

func TestGroup(t *testing.T) {
	const n = 1000
	s := &turnServer{offers: offersAll, keepsTransaction: true, refuse: map[string]int{"gone@b.test": 550}}
	groupTest(t, s, func(t *testing.T, c *Client) {
		before, i, asked := s.turn.turns, 0, 0
		opts := SendOptions{BeforeCommit: func(all []RecipientResult) error {
			if !all[0].MayHave() {
				t.Error("a message on its way, and nobody at risk")
			}
			asked++
			return nil
		}}
		for result, err := range c.SendGroup(t.Context(), queueOf(n, func(i int) string {
			if i%100 == 7 {
				return "gone@b.test"
			}
			return "bob@b.test"
		}, opts)) {
			if e := asError(err); (e != nil) != (i%100 == 7) || e != nil && (e.Code != 550 || e.Phase != PhaseRcpt) || result.Recipients[0].Unanswered {
				t.Errorf("message %d: %v", i, err)
			}
			i++
		}
		if trips := s.turn.turns - before; trips > n/50 || i != n || asked != n {
			t.Errorf("%d round trips, %d outcomes", trips, i)
		}
	})
	if len(s.messages) != n-n/100 || s.messages[0].from != "ada@a.test" {
		t.Errorf("%d messages arrived", len(s.messages))
	}
}

// Without the option it is Send in a loop.
func TestGroupIsOffByDefault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &turnServer{offers: offersAll}
		opts := turnOptions(t, s, dial.ModeImplicit)
		opts.Learned = learnedFrom(t, s, opts)
		withTurns(t, s, opts, func(c *Client) {
			before, n := s.turn.turns, 0
			for _, err := range c.SendGroup(t.Context(), queueOf(10, bob, SendOptions{})) {
				if err != nil {
					t.Error(err)
				}
				if n++; n == 8 {
					break
				}
			}
			if got := s.turn.turns - before; got != 8 || !c.Alive() {
				t.Errorf("%d round trips, alive %v", got, c.Alive())
			}
		})
	})
}

// s21: a server that dies of a second MAIL behind BDAT LAST. Whether it stored
// the first message is certain if it said so, else neither message is.
func TestScriptS21Group(t *testing.T) {
	for name, tt := range map[string]struct {
		first string
		want  string
	}{
		"s21 first message stored":              {"S: 250 ok\nS: 250 ok\nS: 250 ok\nCLOSE", "[false true]"},
		"s21 first message stored, or not":      {"CLOSE", "[true true]"},
		"s21 first message accepted in part":    {"S: 250 ok\nS: 250 ok\nCLOSE", "[true true]"},
		"s21 first message refused, then death": {"S: 250 ok\nS: 250 ok\nS: 554 5.6.0 no\nCLOSE", "[false true]"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts := plainOptions()
				oneFlight(&opts)
				opts.Groups = true
				script := helloChunks + flight + "CHUNK 30 LAST\nC: RSET\n" + flight + "CHUNK 30 LAST\n" + tt.first
				sendOver(t, opts, script, func(ctx context.Context, c *Client) {
					var unknown []bool
					for _, err := range c.SendGroup(ctx, queueOf(2, bob, SendOptions{})) {
						e := asError(err)
						unknown = append(unknown, e != nil && e.Unknown())
					}
					if fmt.Sprint(unknown) != tt.want || c.Alive() {
						t.Errorf("unknown: %v, want %s", unknown, tt.want)
					}
				})
			})
		})
	}
}

// A line that is lost leaves everything on the way in doubt, and nothing else.
func TestGroupLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opts := plainOptions()
		oneFlight(&opts)
		opts.Groups = true
		script := helloChunks + flight + "CHUNK 30 LAST\nC: RSET\n" + flight + "CHUNK 30 LAST\nC: RSET\n" + flight + "CHUNK 30 LAST\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 250 reset\nS: 250 ok\nCLOSE"
		sendOver(t, opts, script, func(ctx context.Context, c *Client) {
			var outcomes []string
			for result, err := range c.SendGroup(ctx, queueOf(3, bob, SendOptions{})) {
				e := asError(err)
				outcomes = append(outcomes, fmt.Sprint(e == nil, e != nil && e.Unknown(), result.Recipients[0].MayHave()))
			}
			if want := []string{"true false true", "false true true", "false true true"}; fmt.Sprint(outcomes) != fmt.Sprint(want) {
				t.Errorf("outcomes %q", outcomes)
			}
		})
	})
}

func TestGroupSkipsWhatCannotBeSent(t *testing.T) {
	broken := errors.New("disk full")
	big := strings.Repeat("0123456789\r\n", groupMessage/10)
	s := &turnServer{offers: offersAll}
	groupTest(t, s, func(t *testing.T, c *Client) {
		messages := func(yield func(Message) bool) {
			env := envelope("bob@b.test")
			_ = yield(Message{Envelope: env, Body: strings.NewReader(message)}) &&
				yield(Message{Envelope: env, Body: iotest.ErrReader(broken)}) &&
				yield(Message{Envelope: envelope("<evil>"), Body: strings.NewReader(message)}) &&
				yield(Message{Envelope: env, Body: strings.NewReader("a\x00b")}) &&
				yield(Message{Envelope: env, Body: strings.NewReader(message), Options: SendOptions{BeforeCommit: func([]RecipientResult) error { return broken }}}) &&
				yield(Message{Envelope: env, Body: strings.NewReader(big)}) &&
				yield(Message{Envelope: env, Body: strings.NewReader(message)})
		}
		var got []error
		for _, err := range c.SendGroup(t.Context(), messages) {
			got = append(got, err)
		}
		want := []error{nil, broken, ErrAddress, ErrNUL, broken, nil, nil}
		if len(got) != len(want) {
			t.Fatalf("outcomes %v", got)
		}
		for i := range want {
			if !errors.Is(got[i], want[i]) {
				t.Errorf("message %d: %v, want %v", i, got[i], want[i])
			}
		}
	})
	if len(s.messages) != 3 || s.messages[1].body != big {
		t.Errorf("%d messages arrived", len(s.messages))
	}
}

// Breaking off while messages are on the way drops the connection.
func TestGroupBrokenOff(t *testing.T) {
	s := &turnServer{offers: offersAll}
	groupTest(t, s, func(t *testing.T, c *Client) {
		for range c.SendGroup(t.Context(), queueOf(500, bob, SendOptions{})) {
			break
		}
		if c.Alive() {
			t.Error("still alive")
		}
	})
}
