package smtpclient

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"iter"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// brokenLine is a connection on which one write fails, though what it was to
// carry may be on its way.
type brokenLine struct {
	net.Conn
	at string // how the write begins
}

var errBroken = errors.New("no route to host")

func (b *brokenLine) Write(p []byte) (int, error) {
	if b.at != "" && bytes.HasPrefix(p, []byte(b.at)) {
		return 0, errBroken
	}
	return b.Conn.Write(p)
}

func (b *brokenLine) NetConn() net.Conn { return b.Conn }

// A write that fails: with the end of the message in it the outcome is unknown,
// unless the server still says no; with less, nothing was sent.
func TestWritesThatFail(t *testing.T) {
	small := granted + "TAKE 31\n"
	twoSteps := helloChunks + flight + "CHUNK 30\nS: 250 ok\nS: 250 ok\nS: 250 ok\n"
	tests := []struct {
		name, script, at string
		opts             SendOptions
		idle             bool // so that the message goes in two steps
		want             outcome
	}{
		{"the dot", small, ".\r\n", SendOptions{}, false, outcome{phase: PhaseCommit, temporary: true, unknown: true}},
		{"the dot, and the server says no", small + "WAIT 1s\nS: 451 4.3.0 later", ".\r\n", SendOptions{}, false, outcome{phase: PhaseCommit, code: 451, temporary: true}},
		{"the dot, and the server says 421", small + "WAIT 1s\nS: 421 4.3.0 bye", ".\r\n", SendOptions{}, false, outcome{phase: PhaseCommit, code: 421, temporary: true}},
		{"BDAT 0 LAST", twoSteps, "BDAT 0", SendOptions{}, true, outcome{phase: PhaseCommit, temporary: true, unknown: true}},
		{"BDAT 0 LAST, and the server says no", twoSteps + "WAIT 1s\nS: 554 5.6.0 no", "BDAT 0", SendOptions{}, true, outcome{phase: PhaseCommit, code: 554}},
		{"the only flight", helloChunks, "MAIL", SendOptions{}, false, outcome{phase: PhaseCommit, temporary: true, unknown: true}},
		{"the flight that ends in DATA", helloFlight, "MAIL", SendOptions{}, false, outcome{phase: PhaseMail, temporary: true}},
		{"MAIL and RCPT alone", helloFlight, "MAIL", SendOptions{AllOrNothing: true}, false, outcome{phase: PhaseMail, temporary: true}},
		{"one command", helloBare, "MAIL", SendOptions{}, false, outcome{phase: PhaseMail, temporary: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts := plainOptions()
				oneFlight(&opts)
				play(t, tls.Certificate{}, tt.script, func(conn net.Conn) {
					c, err := New(t.Context(), &brokenLine{conn, tt.at}, opts)
					if err != nil {
						t.Fatal(err)
					}
					defer c.Close()
					if tt.idle {
						time.Sleep(idleLimit + time.Second)
					}
					_, err = c.Send(t.Context(), envelope("bob@b.test"), strings.NewReader(message), tt.opts)
					tt.want.verify(t, "Send", err)
					if c.Alive() {
						t.Error("alive")
					}
				})
			})
		})
	}
}

// A context that ends while the message is on its way: nothing was sent.
func TestCancelOnTheWay(t *testing.T) {
	large := strings.NewReader(fourMiB)
	for name, script := range map[string]string{"DATA": granted + "PARTIAL", "chunks": helloChunks + flight + "PARTIAL"} {
		for _, how := range []string{"between two writes", "while the body is read"} {
			t.Run(name+", "+how, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					opts := plainOptions()
					oneFlight(&opts)
					sendOver(t, opts, script, func(ctx context.Context, c *Client) {
						ctx, cancel := context.WithCancel(ctx)
						defer cancel()
						large.Reset(fourMiB)
						var body io.Reader = large
						send := SendOptions{Progress: func(sent, _ int64) { cancel() }}
						if how == "while the body is read" {
							send.Progress = nil
							body = io.MultiReader(strings.NewReader(fourMiB[:len(fourMiB)/2]), endsWith{ctx, cancel})
						}
						_, err := c.Send(ctx, envelope("bob@b.test"), body, send)
						if e := asError(err); e == nil || e.Unknown() || e.Phase != PhaseBody || !errors.Is(err, context.Canceled) || c.Alive() {
							t.Errorf("error = %v, alive %v", err, c.Alive())
						}
					})
				})
			})
		}
	}
}

// endsWith is a body that ends when its context does, as one from a network.
type endsWith struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (e endsWith) Read([]byte) (int, error) {
	e.cancel()
	return 0, e.ctx.Err()
}

// Replies to the envelope and to chunks that come while the message is written,
// or only behind its end.
func TestRepliesOutOfStep(t *testing.T) {
	mib := "BDAT 1048576"
	half := fourMiB[:3<<19]
	last := "CHUNK 524288 LAST\n"
	scenarios := []scenario{
		{name: "nonsense for RCPT during the upload", slow: true, body: fourMiB, script: helloChunks + flight + "C: " + mib + "\nTAKE 1048576\nS: 250 ok\nS: 354 what\nPARTIAL",
			send: outcome{phase: PhaseRcpt, temporary: true}},
		{name: "421 before the last chunk", body: half, script: helloChunks + flight + "C: " + mib + "\nTAKE 1048576\nWAIT 1m\nS: 421 4.3.2 bye\nPARTIAL",
			send: outcome{phase: PhaseMail, code: 421, temporary: true}},
		{name: "closed before the last chunk", body: half, script: helloChunks + flight + "C: " + mib + "\nTAKE 1048576\nWAIT 1m\nS: 250 ok\nCLOSE",
			send: outcome{phase: PhaseRcpt, temporary: true}},
		{name: "chunk refused behind the end", body: half, script: helloChunks + flight + "CHUNK 1048576\nS: 250 ok\nS: 250 ok\n" + last + "S: 552 5.3.4 big\nS: 503 no chunks", bodies: 1,
			send: outcome{phase: PhaseBody, code: 552, alive: true}},
		{name: "chunk refused, yet the message taken", body: half, script: helloChunks + flight + "CHUNK 1048576\nS: 250 ok\nS: 250 ok\n" + last + "S: 552 5.3.4 big\nS: 250 ok", bodies: 1,
			send: outcome{phase: PhaseCommit, temporary: true, unknown: true}},
		{name: "sender refused, yet the message taken", script: one + "S: 550 5.7.1 no\nS: 250 ok\nS: 250 ok", bodies: 1,
			send: outcome{phase: PhaseCommit, unknown: true}},
		{name: "the probe before a large message kills the line: nothing was sent", body: fourMiB, opts: func(o *Options) { o.Learned = Learned{} },
			script: helloChunks + "C: MAIL *\nC: BDAT 6 LAST\nC: XTST\nCLOSE", send: outcome{phase: PhaseIdle, temporary: true}},
	}
	for _, sc := range scenarios {
		sc.open = fine
		if sc.opts == nil {
			sc.opts = oneFlight
		}
		t.Run(sc.name, sc.run)
	}
}

// Nobody left, and a message in between that cannot follow, in a group.
func TestGroupEnds(t *testing.T) {
	t.Run("MAILMAX", func(t *testing.T) {
		s := &turnServer{offers: append([]string{"LIMITS MAILMAX=4"}, offersAll...)}
		groupTest(t, s, func(t *testing.T, c *Client) {
			accepted, failed := groupOutcomes(c.SendGroup(t.Context(), queueOf(6, bob, SendOptions{})))
			if accepted != 4 || len(failed) != 1 || failed[0].Unknown() || !errors.Is(failed[0], ErrClosed) {
				t.Errorf("%d accepted, then %v", accepted, failed)
			}
		})
		if len(s.messages) != 4 {
			t.Errorf("%d messages", len(s.messages))
		}
	})
	t.Run("context ended before a commit", func(t *testing.T) {
		s := &turnServer{offers: offersAll}
		groupTest(t, s, func(t *testing.T, c *Client) {
			ctx, cancel := context.WithCancel(t.Context())
			n := 0
			opts := SendOptions{BeforeCommit: func([]RecipientResult) error {
				if n++; n == 3 {
					cancel()
				}
				return nil
			}}
			accepted, failed := groupOutcomes(c.SendGroup(ctx, queueOf(5, bob, opts)))
			if accepted != 0 || len(failed) != 2 || !failed[0].Unknown() || !failed[1].Unknown() {
				t.Errorf("%d accepted, then %v", accepted, failed)
			}
		})
	})
	t.Run("caller stops listening to what is in doubt", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			opts := plainOptions()
			oneFlight(&opts)
			opts.Groups = true
			script := helloChunks + flight + "CHUNK 30 LAST\nC: RSET\n" + flight + "CHUNK 30 LAST\nC: RSET\n" + flight + "CHUNK 30 LAST\nCLOSE"
			sendOver(t, opts, script, func(ctx context.Context, c *Client) {
				told := 0
				for _, err := range c.SendGroup(ctx, queueOf(3, bob, SendOptions{})) {
					if e := asError(err); e == nil || !e.Unknown() {
						t.Errorf("error = %v", err)
					}
					if told++; told == 2 {
						break
					}
				}
			})
		})
	})
}

func groupOutcomes(outcomes iter.Seq2[*Result, error]) (accepted int, failed []*Error) {
	for _, err := range outcomes {
		if err == nil {
			accepted++
			continue
		}
		failed = append(failed, asError(err))
	}
	return accepted, failed
}

// A server that hangs up at a recipient leaves a message in one flight in doubt; sent
// again it goes in two steps, so that there is none, and the recipient is known.
func TestDoubtIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opts := plainOptions()
		oneFlight(&opts)
		to := envelope("bob@b.test", "drop@b.test", "eve@b.test")
		var learned Learned
		sendOver(t, opts, helloChunks+"C: MAIL *\nC: RCPT *\nC: RCPT *\nC: RCPT *\nCHUNK 30 LAST\nS: 250 ok\nS: 250 ok\nS: 550 go away\nCLOSE", func(ctx context.Context, c *Client) {
			_, err := c.Send(ctx, to, strings.NewReader(message), SendOptions{})
			outcome{phase: PhaseCommit, temporary: true, unknown: true}.verify(t, "the first time", err)
			learned = c.Learned()
		})
		opts.Learned = learned
		sendOver(t, opts, helloChunks+"C: MAIL *\nC: RCPT *\nC: RCPT *\nC: RCPT *\nCHUNK 30\nS: 250 ok\nS: 250 ok\nS: 550 go away\nCLOSE", func(ctx context.Context, c *Client) {
			result, err := c.Send(ctx, to, strings.NewReader(message), SendOptions{})
			outcome{phase: PhaseRcpt, temporary: true}.verify(t, "again", err)
			if r := result.Recipients[1]; r.Reply == nil || r.Reply.Code != 550 {
				t.Errorf("%+v", result.Recipients)
			}
		})
		sendOver(t, opts, helloChunks+"C: MAIL *\nC: RCPT *\nC: RCPT *\nCHUNK 30\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 250 ok\nC: BDAT 0 LAST\nS: 250 ok", func(ctx context.Context, c *Client) {
			_, err := c.Send(ctx, envelope("bob@b.test", "eve@b.test"), strings.NewReader(message), SendOptions{})
			if err != nil || c.Learned().InDoubt {
				t.Error(err, c.Learned())
			}
		})
	})
}
