package smtpclient

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

const (
	helloPipelining = "S: 220 hi\nC: EHLO *\nS: 250-mx\nS: 250-PIPELINING\nS: 250-8BITMIME\nS: 250-SMTPUTF8\nS: 250-DSN\nS: 250 SIZE 1000\n"
	helloBare       = "S: 220 hi\nC: EHLO *\nS: 250 mx\n"
	helloFlight     = "S: 220 hi\nC: EHLO *\nS: 250-mx\nS: 250 PIPELINING\n"
	message         = "Subject: hi\n\nhello\n.\nbye\n"
	onTheWire       = "Subject: hi\r\n\r\nhello\r\n.\r\nbye\r\n"
)

func envelope(rcpts ...string) Envelope {
	return Envelope{From: "ada@a.test", To: to(rcpts...)}
}

// sendOver opens a client over script and gives it to act.
func sendOver(t *testing.T, opts Options, script string, act func(context.Context, *Client)) *scriptServer {
	t.Helper()
	return play(t, tls.Certificate{}, script, func(conn net.Conn) {
		c, err := New(t.Context(), conn, opts)
		if err != nil {
			t.Errorf("New: %v", err)
			return
		}
		defer c.Close()
		act(t.Context(), c)
	})
}

func TestSendDelivers(t *testing.T) {
	flight := "C: MAIL FROM:<ada@a.test>\nC: RCPT TO:<bob@b.test>\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\nBODY\n"
	tests := []struct {
		name    string
		script  string
		queueID string
		text    string
	}{
		{"sequential", helloBare + `C: MAIL FROM:<ada@a.test>
			S: 250 ok
			C: RCPT TO:<bob@b.test>
			S: 250 ok
			C: DATA
			S: 354 go
			BODY
			S: 250 2.0.0 Ok: queued as 4F2A`, "4F2A", "Ok: queued as 4F2A"},
		{"one flight", helloFlight + flight + "S: 250 OK id=1abc-2def", "1abc-2def", "OK id=1abc-2def"},
		{"replies merged in one segment", helloFlight + "C: MAIL *\nC: RCPT *\nC: DATA\n" +
			`R: "250 ok\r\n250 ok\r\n354 go\r\n"` + "\nBODY\nS: 250 ok", "", "ok"},
		{"multi-line verdict", helloFlight + flight + "S: 250-5 bytes\nS: 250 OK id=7", "7", "5 bytes\nOK id=7"},
		{"mixed verdict", helloFlight + flight + "S: 550-what\nS: 250 OK id=7", "7", "what\nOK id=7"},
		{"354 with bare LF", helloFlight + "C: MAIL *\nC: RCPT *\nC: DATA\nS: 250 ok\nS: 251 forwarded\nR: \"354\\n\"\nBODY\nS: 250 ok", "", "ok"},
		{"verdict after 9 m 50 s", helloFlight + flight + "WAIT 9m50s\nS: 250 ok", "", "ok"},
		{"long UTF-8 verdict", helloFlight + flight + "R: \"250 " + strings.Repeat("ü", 2000) + "\\x00\\r\\n\"", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := sendOver(t, plainOptions(), tt.script, func(ctx context.Context, c *Client) {
					result, err := c.Send(ctx, envelope("bob@b.test"), strings.NewReader(message), SendOptions{})
					if err != nil {
						t.Fatal(err)
					}
					if !result.Recipients[0].Accepted || result.Reply.Code != 250 || result.QueueID != tt.queueID {
						t.Errorf("result %+v", result)
					}
					if tt.text != "" && result.Reply.Text != tt.text {
						t.Errorf("text %q, want %q", result.Reply.Text, tt.text)
					}
					if !c.Alive() {
						t.Error("not alive after success")
					}
				})
				if len(s.bodies) != 1 || s.bodies[0] != onTheWire {
					t.Errorf("server got %q", s.bodies)
				}
			})
		})
	}
}

// No recipient gets the message; how the client is left is part of the case.
func TestSendFails(t *testing.T) {
	mail, rcpt := "C: MAIL *\n", "C: RCPT *\n"
	ready := helloFlight + mail + rcpt + "C: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\n"
	tests := []struct {
		name      string
		script    string
		phase     Phase
		code      int
		temporary bool
		unknown   bool
		alive     bool
	}{
		{"MAIL refused", helloBare + mail + "S: 550 5.7.1 no", PhaseMail, 550, false, false, true},
		{"MAIL too many", helloBare + mail + "S: 452 4.5.3 too many", PhaseMail, 452, true, false, true},
		{"MAIL refused, in a flight", helloFlight + mail + rcpt + "C: DATA\nS: 530 5.7.0 auth\nS: 503 no\nS: 503 no", PhaseMail, 530, false, false, true},
		{"MAIL refused but RCPT and DATA taken", helloFlight + mail + rcpt + "C: DATA\nS: 503 sender already given\nS: 250 ok\nS: 354 go\nPARTIAL", PhaseMail, 503, false, false, false},
		{"one 421 for the group", helloFlight + mail + rcpt + "C: DATA\nS: 421 4.4.2 rate\nCLOSE", PhaseMail, 421, true, false, false},
		{"421 at RCPT", helloFlight + mail + rcpt + "C: DATA\nS: 250 ok\nS: 421 4.4.2 rate\nCLOSE", PhaseRcpt, 421, true, false, false},
		{"greylisted", helloBare + mail + "S: 250 ok\n" + rcpt + "S: 451 4.7.1 greylisted", PhaseRcpt, 451, true, false, true},
		{"RCPT refused", helloBare + mail + "S: 250 ok\n" + rcpt + "S: 550 5.1.1 who", PhaseRcpt, 550, false, false, true},
		{"RCPT refused, DATA refused", helloFlight + mail + rcpt + "C: DATA\nS: 250 ok\nS: 550 5.1.1 who\nS: 554 none", PhaseRcpt, 550, false, false, true},
		{"RCPT refused, 354, dot refused", helloFlight + mail + rcpt + "C: DATA\nS: 250 ok\nS: 550 5.1.1 who\nS: 354 go\nC: .\nS: 554 none", PhaseRcpt, 550, false, false, true},
		{"RCPT refused, 354, dot taken", helloFlight + mail + rcpt + "C: DATA\nS: 250 ok\nS: 550 5.1.1 who\nS: 354 go\nC: .\nS: 250 ok", PhaseRcpt, 550, false, false, true},
		{"RCPT refused, three lines, DATA 250", helloFlight + mail + rcpt + "C: DATA\nS: 250 ok\nS: 550-a\nS: 550-b\nS: 550 5.1.1 c\nS: 250 ?", PhaseData, 0, true, false, false},
		{"DATA refused", helloFlight + mail + rcpt + "C: DATA\nS: 250 ok\nS: 250 ok\nS: 451 4.3.0 later", PhaseData, 451, true, false, true},
		{"DATA 250", helloFlight + mail + rcpt + "C: DATA\nS: 250 ok\nS: 250 ok\nS: 250 ?", PhaseData, 0, true, false, false},
		{"MAIL 354", helloBare + mail + "S: 354 ?", PhaseMail, 0, true, false, false},
		{"RCPT 354", helloBare + mail + "S: 250 ok\n" + rcpt + "S: 354 ?", PhaseRcpt, 0, true, false, false},
		{"no reply to MAIL", helloBare + mail + "WAIT 6m", PhaseMail, 0, true, false, false},
		{"no reply to DATA", helloBare + mail + "S: 250 ok\n" + rcpt + "S: 250 ok\nC: DATA\nWAIT 3m", PhaseData, 0, true, false, false},
		{"nonsense", helloBare + mail + "S: 25O ok", PhaseMail, 0, true, false, false},
		{"message refused", ready + "BODY\nS: 554 5.6.0 spam", PhaseCommit, 554, false, false, true},
		{"message refused for now", ready + "BODY\nS: 452 4.2.2 full", PhaseCommit, 452, true, false, true},
		{"closing instead of a verdict", ready + "BODY\nS: 421 4.3.0 bye\nCLOSE", PhaseCommit, 421, true, false, false},
		{"bare LF refused", ready + "BODY\nS: 550 5.5.2 bare LF", PhaseCommit, 550, false, false, true},
		{"lost after the dot", ready + "BODY\nCLOSE", PhaseCommit, 0, true, true, false},
		{"half a verdict", ready + "BODY\nR: \"250 2.0.0 O\"\nCLOSE", PhaseCommit, 0, true, true, false},
		{"no verdict", ready + "BODY\nWAIT 11m", PhaseCommit, 0, true, true, false},
		{"nonsense for a verdict", ready + "BODY\nS: 999 ok", PhaseCommit, 0, true, true, false},
		{"354 for a verdict", ready + "BODY\nS: 354 more", PhaseCommit, 0, true, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sendOver(t, plainOptions(), tt.script, func(ctx context.Context, c *Client) {
					result, err := c.Send(ctx, envelope("bob@b.test"), strings.NewReader(message), SendOptions{})
					e := asError(err)
					if e == nil || e.Phase != tt.phase || e.Code != tt.code || e.Temporary != tt.temporary || e.Unknown() != tt.unknown {
						t.Fatalf("error = %#v", err)
					}
					if result == nil || len(result.Recipients) != 1 {
						t.Errorf("result = %+v", result)
					}
					synctest.Wait()
					if c.Alive() != tt.alive {
						t.Errorf("alive = %v", !tt.alive)
					}
					if !strings.HasSuffix(e.Explain(), ".") {
						t.Errorf("explained as %q", e.Explain())
					}
				})
			})
		})
	}
}

func TestEmptyMessageAcceptedIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		script := helloFlight + "C: MAIL *\nC: RCPT *\nC: DATA\nS: 250 ok\nS: 550 5.1.1 who\nS: 354 go\nC: .\nS: 250 ok"
		sendOver(t, plainOptions(), script, func(ctx context.Context, c *Client) {
			_, err := c.Send(ctx, envelope("bob@b.test"), strings.NewReader(message), SendOptions{})
			if !errors.Is(err, ErrEmptyAccepted) {
				t.Errorf("error = %v", err)
			}
		})
	})
}

func TestPartialRefusal(t *testing.T) {
	sequential := helloBare + `C: MAIL *
		S: 250 ok
		C: RCPT TO:<a@b.test>
		S: 550 5.1.1 who
		C: RCPT TO:<b@b.test>
		S: 250 ok
		C: RCPT TO:<c@b.test>
		S: 452 4.5.3 too many
		C: RCPT TO:<d@b.test>
		S: 552 too many
		C: DATA
		S: 354 go
		BODY
		S: 250 ok
		C: RSET
		S: 250 ok
		C: MAIL *
		S: 250 ok
		C: RCPT TO:<c@b.test>
		S: 250 ok
		C: DATA
		S: 354 go
		BODY
		S: 250 ok
		C: MAIL *
		S: 421 bye
		CLOSE`
	pipelined := helloFlight + `C: MAIL *
		C: RCPT TO:<a@b.test>
		C: RCPT TO:<b@b.test>
		C: RCPT TO:<c@b.test>
		C: RCPT TO:<d@b.test>
		C: DATA
		S: 250 ok
		S: 550 5.1.1 who
		S: 250 ok
		S: 452 4.5.3 too many
		S: 552 too many
		S: 354 go
		BODY
		S: 250 ok
		C: RSET
		C: MAIL *
		C: RCPT TO:<c@b.test>
		C: DATA
		S: 250 ok
		S: 250 ok
		S: 250 ok
		S: 354 go
		BODY
		S: 250 ok
		C: MAIL *
		C: RCPT *
		C: DATA
		S: 421 bye
		CLOSE`
	for name, script := range map[string]string{"sequential": sequential, "pipelined": pipelined} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := sendOver(t, plainOptions(), script, func(ctx context.Context, c *Client) {
					env := envelope("a@b.test", "b@b.test", "c@b.test", "d@b.test")
					result, err := c.Send(ctx, env, strings.NewReader(message), SendOptions{})
					if err != nil {
						t.Fatal(err)
					}
					for i, want := range []RecipientResult{{}, {Accepted: true}, {Temporary: true}, {Temporary: true}} {
						got := result.Recipients[i]
						if got.Accepted != want.Accepted || got.Temporary != want.Temporary || got.Reply == nil {
							t.Errorf("recipient %d: %+v", i, got)
						}
					}
					// The refusals make RSET lead; a clean success does not.
					if _, err := c.Send(ctx, envelope("c@b.test"), strings.NewReader(message), SendOptions{}); err != nil {
						t.Fatal(err)
					}
					if _, err := c.Send(ctx, envelope("c@b.test"), strings.NewReader(message), SendOptions{}); err == nil {
						t.Error("421 went unnoticed")
					}
				})
				if len(s.bodies) != 2 {
					t.Errorf("%d messages", len(s.bodies))
				}
			})
		})
	}
}

// Where all are refused, the error is that of the recipient for whom there is most hope.
func TestAllRefused(t *testing.T) {
	for want, replies := range map[int][3]string{
		450: {"550 5.1.1 who", "450 4.2.0 later", "550 5.1.1 who"},
		550: {"550 5.1.1 who", "551 5.1.6 moved", "553 5.1.3 what"},
	} {
		script := helloBare + "C: MAIL *\nS: 250 ok\n"
		for i, r := range replies {
			script += fmt.Sprintf("C: RCPT TO:<%c@b.test>\nS: %s\n", 'a'+i, r)
		}
		synctest.Test(t, func(t *testing.T) {
			sendOver(t, plainOptions(), script, func(ctx context.Context, c *Client) {
				_, err := c.Send(ctx, envelope("a@b.test", "b@b.test", "c@b.test"), strings.NewReader(message), SendOptions{})
				var e *Error
				if !errors.As(err, &e) || e.Code != want || e.Temporary != (want == 450) {
					t.Errorf("%v, want %d", err, want)
				}
			})
		})
	}
}

func TestResetRefused(t *testing.T) {
	for name, script := range map[string]string{
		"sequential": helloBare + "C: MAIL *\nS: 550 no\nC: RSET\nS: 500 what",
		"pipelined":  helloFlight + "C: MAIL *\nC: RCPT *\nC: DATA\nS: 550 no\nS: 503 no\nS: 503 no\nC: RSET\nC: MAIL *\nC: RCPT *\nC: DATA\nS: 500 what\nPARTIAL",
	} {
		synctest.Test(t, func(t *testing.T) {
			sendOver(t, plainOptions(), script, func(ctx context.Context, c *Client) {
				c.Send(ctx, envelope("a@b.test"), strings.NewReader(message), SendOptions{})
				_, err := c.Send(ctx, envelope("a@b.test"), strings.NewReader(message), SendOptions{})
				if e := asError(err); e == nil || e.Command != "RSET" || !e.Temporary || c.Alive() {
					t.Errorf("%s: error = %v, alive %v", name, err, c.Alive())
				}
			})
		})
	}
}

func TestRecipientLimitAnnounced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		script := "S: 220 hi\nC: EHLO *\nS: 250-mx\nS: 250 LIMITS RCPTMAX=1\n" +
			"C: MAIL *\nS: 250 ok\nC: RCPT TO:<a@b.test>\nS: 250 ok\nC: DATA\nS: 354 go\nBODY\nS: 250 ok"
		sendOver(t, plainOptions(), script, func(ctx context.Context, c *Client) {
			result, err := c.Send(ctx, envelope("a@b.test", "b@b.test"), strings.NewReader(message), SendOptions{})
			if err != nil || !result.Recipients[0].Accepted || !result.Recipients[1].Temporary || result.Recipients[1].Accepted {
				t.Errorf("%+v, %v", result, err)
			}
		})
	})
}

// Thousands of recipients in one flight, answered while they are written: both
// sides would wait for ever if nobody read.
func TestLargeFlightDoesNotDeadlock(t *testing.T) {
	const n = 3000
	script := helloFlight + "C: MAIL *\nS: 250 ok\n" + strings.Repeat("C: RCPT *\nS: 250 2.1.5 ok\n", n) + "C: DATA\nS: 354 go\nBODY\nS: 250 ok"
	synctest.Test(t, func(t *testing.T) {
		sendOver(t, plainOptions(), script, func(ctx context.Context, c *Client) {
			rcpts := make([]string, n)
			for i := range rcpts {
				rcpts[i] = strings.Repeat("x", 1+i%60) + "@b.test"
			}
			if _, err := c.Send(ctx, envelope(rcpts...), strings.NewReader(message), SendOptions{}); err != nil {
				t.Error(err)
			}
		})
	})
}

// What happens between 354 and the end of the data never commits.
func TestAbortBeforeCommit(t *testing.T) {
	ready := helloFlight + "C: MAIL *\nC: RCPT *\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\n"
	broken := errors.New("disk full")
	big := strings.Repeat("0123456789\n", 20000)
	tests := []struct {
		name   string
		script string
		body   io.Reader
		opts   SendOptions
		code   int
		is     error
	}{
		{"BeforeCommit says no", ready + "PARTIAL", strings.NewReader(message), SendOptions{BeforeCommit: func([]RecipientResult) error { return broken }}, 0, broken},
		{"NUL", ready + "PARTIAL", strings.NewReader("a\x00b"), SendOptions{}, 0, ErrNUL},
		{"long line", ready + "PARTIAL", strings.NewReader(strings.Repeat("x", 999)), SendOptions{}, 0, ErrLineTooLong},
		{"body cannot be read", ready + "PARTIAL", iotest.ErrReader(broken), SendOptions{}, 0, broken},
		{"refused on the way", ready + "S: 552 5.3.4 too big\nPARTIAL", strings.NewReader(big), SendOptions{}, 552, nil},
		{"refused on the way and closed", ready + "S: 552 5.3.4 too big\nCLOSE", strings.NewReader(big), SendOptions{}, 552, nil},
		{"accepted on the way", ready + "S: 250 already\nPARTIAL", strings.NewReader(big), SendOptions{}, 0, ErrDesync},
		{"closed on the way", ready + "CLOSE", strings.NewReader(big), SendOptions{}, 0, nil},
		{"stalls on the way", ready + "WAIT 10m", strings.NewReader(big), SendOptions{}, 0, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sendOver(t, plainOptions(), tt.script, func(ctx context.Context, c *Client) {
					_, err := c.Send(ctx, envelope("bob@b.test"), tt.body, tt.opts)
					e := asError(err)
					if e == nil || e.Phase != PhaseBody || e.Code != tt.code || e.Unknown() {
						t.Fatalf("error = %#v", err)
					}
					if tt.is != nil && !errors.Is(err, tt.is) {
						t.Errorf("error = %v, want %v", err, tt.is)
					}
					if c.Alive() {
						t.Error("alive although the server waits for the rest")
					}
				})
			})
		})
	}
}

func TestCancelBeforeAndAfterCommit(t *testing.T) {
	ready := helloFlight + "C: MAIL *\nC: RCPT *\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\n"
	t.Run("before", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			sendOver(t, plainOptions(), ready+"PARTIAL", func(ctx context.Context, c *Client) {
				ctx, cancel := context.WithCancel(ctx)
				defer cancel()
				_, err := c.Send(ctx, envelope("bob@b.test"), strings.NewReader(message), SendOptions{
					BeforeCommit: func([]RecipientResult) error { cancel(); return nil },
				})
				if e := asError(err); e == nil || e.Unknown() || !errors.Is(err, context.Canceled) {
					t.Errorf("error = %#v", err)
				}
			})
		})
	})
	t.Run("after", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			sendOver(t, plainOptions(), ready+"BODY\nWAIT 5m", func(ctx context.Context, c *Client) {
				ctx, cancel := context.WithTimeout(ctx, time.Minute)
				defer cancel()
				_, err := c.Send(ctx, envelope("bob@b.test"), strings.NewReader(message), SendOptions{})
				if e := asError(err); e == nil || !e.Unknown() || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error = %#v", err)
				}
			})
		})
	})
	t.Run("at once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			sendOver(t, plainOptions(), helloFlight+"PARTIAL", func(ctx context.Context, c *Client) {
				ctx, cancel := context.WithCancel(ctx)
				cancel()
				if _, err := c.Send(ctx, envelope("bob@b.test"), strings.NewReader(message), SendOptions{}); !errors.Is(err, context.Canceled) {
					t.Errorf("error = %v", err)
				}
			})
		})
	})
}

// BeforeCommit runs when the server has all but the end.
func TestBeforeCommitComesLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ready := helloFlight + "C: MAIL *\nC: RCPT *\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\nC: Subject: hi\nC: \nC: hello\nC: ..\nC: bye\nC: .\nS: 250 ok"
		var rec recorder
		opts := plainOptions()
		opts.Trace = rec.trace
		sendOver(t, opts, ready, func(ctx context.Context, c *Client) {
			var sent, total int64
			called := 0
			env := envelope("bob@b.test")
			env.BodySize = int64(len(message))
			_, err := c.Send(ctx, env, strings.NewReader(message), SendOptions{
				BeforeCommit: func([]RecipientResult) error {
					called++
					if sent != int64(len(message)) || strings.Contains(rec.String(), "Client: .") {
						t.Errorf("sent %d, trace:\n%s", sent, &rec)
					}
					return nil
				},
				Progress: func(s, n int64) { sent, total = s, n },
			})
			if err != nil || called != 1 || total != int64(len(message)) {
				t.Errorf("%v, called %d times, total %d", err, called, total)
			}
		})
		if want := "Client: … 31 bytes\nClient: .\nServer: 250 ok"; !strings.Contains(rec.String(), want) {
			t.Errorf("trace:\n%s", &rec)
		}
	})
}
