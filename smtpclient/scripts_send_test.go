package smtpclient

import (
	"errors"
	"strings"
	"testing"
	"time"
)

const (
	flight  = "C: MAIL *\nC: RCPT TO:<bob@b.test>\n"
	byData  = helloFlight + flight + "C: DATA\n"
	granted = byData + "S: 250 ok\nS: 250 ok\nS: 354 go\n"
	one     = helloChunks + flight + "CHUNK 30 LAST\n"
)

func three() Envelope { return envelope("a@b.test", "b@b.test", "c@b.test") }

func repliesAre(want ...int) func(*testing.T, *Client, *Result, error) {
	return func(t *testing.T, _ *Client, result *Result, _ error) {
		t.Helper()
		for i, code := range want {
			got := result.Recipients[i]
			if (got.Reply == nil) != (code == 0) || got.Reply != nil && got.Reply.Code != code || got.Accepted != (code == 250) || got.Unanswered {
				t.Errorf("recipient %d: %+v", i, got)
			}
		}
	}
}

// resetLeads sends once more and expects success.
func resetLeads(t *testing.T, c *Client, _ *Result, _ error) {
	t.Helper()
	if _, err := c.Send(t.Context(), envelope("bob@b.test"), strings.NewReader(message), SendOptions{}); err != nil {
		t.Error(err)
	}
}

// Scripts s15 to s26: a message and its verdict.
func TestScriptsSending(t *testing.T) {
	scenarios := []scenario{
		{name: "s15 group answered in one segment", send: fine, bodies: 1,
			script: byData + `R: "250 ok\r\n250 ok\r\n354 go\r\n"` + "\nBODY\nS: 250 ok"},
		{name: "s15 one byte in each segment", send: fine, bodies: 1,
			script: byData + bytewise("250-2.1.0 a\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go\r\n") + "BODY\nS: 250 ok"},
		{name: "s15 replies merged with those to the next flight", opts: oneFlight, send: outcome{ok: true}, bodies: 1,
			script: one + `R: "250 ok\r\n250 ok\r\n250 ok\r\n250 what\r\n"` + "\nWAIT 1s",
			check: func(t *testing.T, c *Client, _ *Result, _ error) {
				_, err := c.Send(t.Context(), envelope("bob@b.test"), strings.NewReader(message), SendOptions{})
				if !errors.Is(err, ErrDesync) || asError(err).Unknown() || !c.Learned().AvoidChunking {
					t.Errorf("error = %v, learned %+v", err, c.Learned())
				}
			}},
		{name: "s16 one 421 for the group", script: byData + "S: 421 4.4.2 rate\nCLOSE",
			send: outcome{phase: PhaseMail, code: 421, temporary: true}},
		{name: "s16 one 421 for one flight", opts: oneFlight, bodies: 1, script: one + "S: 421 4.4.2 rate\nCLOSE",
			send: outcome{phase: PhaseMail, code: 421, temporary: true}, check: repliesAre(0)},
		{name: "s17 two of three refused", opts: oneFlight, env: three(), send: fine, bodies: 1, check: repliesAre(550, 250, 451),
			script: helloChunks + "C: MAIL *\nC: RCPT *\nC: RCPT *\nC: RCPT *\nCHUNK 30 LAST\nS: 250 ok\nS: 550 5.1.1 no\nS: 250 ok\nS: 451 4.7.1 later\nS: 250 ok"},
		{name: "s18 all refused, then RSET leads", opts: oneFlight, send: outcome{phase: PhaseRcpt, code: 550, alive: true}, bodies: 2, check: resetLeads,
			script: one + "S: 250 ok\nS: 550 5.1.1 no\nS: 503-a\nS: 503-b\nS: 503 c\nC: RSET\n" + flight + "CHUNK 30\nS: 250 reset\nS: 250 ok\nS: 250 ok\nS: 250 ok\nCHUNK 0 LAST\nS: 250 ok"},
		{name: "s18 accepted under the sender before", opts: oneFlight, bodies: 1,
			script: one + "S: 503 sender already given\nS: 250 ok\nS: 250 ok",
			send:   outcome{phase: PhaseCommit, unknown: true},
			check: func(t *testing.T, c *Client, _ *Result, err error) {
				if !errors.Is(err, ErrWrongEnvelope) || !c.Learned().AvoidChunking {
					t.Errorf("error = %v, learned %+v", err, c.Learned())
				}
			}},
		{name: "s18 all refused, yet the chunk is taken", opts: oneFlight, bodies: 1,
			script: one + "S: 250 ok\nS: 550 5.1.1 no\nS: 250 ok", send: outcome{phase: PhaseCommit, temporary: true, unknown: true}},
		{name: "s19 354 although all are refused, dot refused", script: byData + "S: 250 ok\nS: 550 5.1.1 no\nS: 354 go\nC: .\nS: 554 none",
			send: outcome{phase: PhaseRcpt, code: 550, alive: true}},
		{name: "s19 354 although all are refused, dot taken", script: byData + "S: 250 ok\nS: 550 5.1.1 no\nS: 354 go\nC: .\nS: 250 ok",
			send: outcome{phase: PhaseRcpt, code: 550, alive: true}, check: func(t *testing.T, _ *Client, _ *Result, err error) {
				if !errors.Is(err, ErrEmptyAccepted) {
					t.Errorf("error = %v", err)
				}
			}},
		{name: "s21 the server dies of a second flight, first message safe", opts: oneFlight, send: fine, bodies: 2,
			script: one + "S: 250 ok\nS: 250 ok\nS: 250 ok\n" + flight + "CHUNK 30 LAST\nCLOSE",
			check: func(t *testing.T, c *Client, _ *Result, _ error) {
				result, err := c.Send(t.Context(), envelope("bob@b.test"), strings.NewReader(message), SendOptions{})
				outcome{phase: PhaseCommit, temporary: true, unknown: true}.verify(t, "second", err)
				if r := result.Recipients[0]; !r.Unanswered || !r.MayHave() || r.Accepted {
					t.Errorf("recipient %+v", r)
				}
			}},
		{name: "s23 MAIL 452", opts: oneFlight, bodies: 1, script: one + "S: 452 4.5.3 too many\nS: 503 no\nS: 503 no",
			send: outcome{phase: PhaseMail, code: 452, temporary: true, alive: true}},
		{name: "s24 verdict after 9 m 50 s", opts: oneFlight, send: fine, bodies: 1, script: one + "WAIT 9m50s\nS: 250 ok\nS: 250 ok\nS: 250 ok"},
		{name: "s24 no verdict ever", opts: oneFlight, bodies: 1, script: one + "S: 250 ok\nS: 250 ok\nWAIT 11m",
			send: outcome{phase: PhaseCommit, temporary: true, unknown: true}, check: func(t *testing.T, c *Client, _ *Result, _ error) {
				if !c.Learned().AvoidChunking {
					t.Errorf("learned %+v", c.Learned())
				}
			}},
		{name: "s24 lost right after the dot", script: granted + "BODY\nCLOSE", bodies: 1,
			send: outcome{phase: PhaseCommit, temporary: true, unknown: true}, check: repliesAre(250)},
		{name: "s24 lost right after the chunk", opts: oneFlight, script: one + "CLOSE", bodies: 1,
			send: outcome{phase: PhaseCommit, temporary: true, unknown: true}},
		{name: "s24 lost after the chunk, but all were refused", opts: oneFlight, script: one + "S: 250 ok\nS: 550 5.1.1 no\nCLOSE", bodies: 1,
			send: outcome{phase: PhaseRcpt, code: 550}},
		{name: "s24 lost after the chunk, but the sender was refused", opts: oneFlight, script: one + "S: 451 4.3.0 later\nCLOSE", bodies: 1,
			send: outcome{phase: PhaseMail, code: 451, temporary: true}},
		{name: "s24 lost after the chunk, sender refused, recipient taken", opts: oneFlight, script: one + "S: 503 given\nS: 250 ok\nCLOSE", bodies: 1,
			send: outcome{phase: PhaseCommit, temporary: true, unknown: true}},
		{name: "s24 nonsense after the chunk", opts: oneFlight, script: one + "S: 250 ok\nS: 354 ?\nCLOSE", bodies: 1,
			send: outcome{phase: PhaseCommit, temporary: true, unknown: true}},
		{name: "s25 verdict of two lines", opts: oneFlight, send: fine, bodies: 1,
			script: one + "S: 250 ok\nS: 250 ok\nS: 250-30 bytes\nS: 250 OK id=1abc", check: func(t *testing.T, _ *Client, result *Result, _ error) {
				if result.QueueID != "1abc" || result.Reply.Text != "30 bytes\nOK id=1abc" {
					t.Errorf("%+v", result)
				}
			}},
		{name: "s26 354 with bare LF and without text", send: fine, bodies: 1, script: byData + "S: 250 ok\nS: 250 ok\nR: \"354\\n\"\nBODY\nS: 250 ok"},
		{name: "s26 354 with text only", bodies: 0, script: byData + "S: 250 ok\nS: 250 ok\nS: go ahead", send: outcome{phase: PhaseData, temporary: true}},
		{name: "s32 nothing follows DATA", send: fine, bodies: 1, script: byData + "SILENT 1s\nS: 250 ok\nS: 250 ok\nSILENT 1s\nS: 354 go\nBODY\nS: 250 ok"},
		{name: "s36 greylisted, taken five minutes later", script: byData + "S: 250 ok\nS: 451 4.7.1 greylisted\nS: 554 none\nWAIT 5m\nC: RSET\n" + flight + "C: DATA\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\nBODY\nS: 250 ok", bodies: 1,
			send: outcome{phase: PhaseRcpt, code: 451, temporary: true, alive: true}, check: func(t *testing.T, c *Client, result *Result, err error) {
				if !result.Recipients[0].Temporary || result.Limited() {
					t.Errorf("%+v", result.Recipients[0])
				}
				time.Sleep(5 * time.Minute)
				resetLeads(t, c, result, err)
			}},
		{name: "s37 QUIT answered by a reset connection", script: helloBare + "C: QUIT\nCLOSE", check: func(t *testing.T, c *Client, _ *Result, _ error) {
			if err := c.Quit(t.Context()); err != nil {
				t.Error(err)
			}
		}},
	}
	for _, sc := range scenarios {
		sc.open = fine
		t.Run(sc.name, sc.run)
	}
}

func bytewise(text string) string {
	var b strings.Builder
	for i := range len(text) {
		b.WriteString("R: " + quoted(text[i:i+1]) + "\n")
	}
	return b.String()
}
