package smtpclient

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// TestLostFlights: a server, or what stands before it, that cannot take several commands
// at once gets them one by one once that has failed twice in a row.
func TestLostFlights(t *testing.T) {
	learned := Learned{}
	send := func(script string) error {
		opts := plainOptions()
		opts.Learned = learned
		var err error
		sendOver(t, opts, helloPipelining+script, func(ctx context.Context, c *Client) {
			_, err = c.Send(ctx, envelope("bob@b.test"), strings.NewReader(message), SendOptions{})
			learned = c.Learned()
		})
		return err
	}
	const (
		flight = "C: MAIL *\nC: RCPT *\nC: DATA\n"
		taken  = flight + "S: 250 ok\nS: 250 ok\nS: 354 go\nBODY\nS: 250 ok"
		lost   = flight + "S: 250 ok\nCLOSE"
		single = "C: MAIL *\nS: 250 ok\nC: RCPT *\nS: 250 ok\nC: DATA\nS: 354 go\nBODY\nS: 250 ok"
	)
	for i, step := range []struct {
		script string
		ok     bool
		avoid  bool
	}{
		{lost, false, false}, {taken, true, false}, // an accident
		{lost, false, false}, {lost, false, true}, {single, true, true}, {single, true, true},
	} {
		if err := send(step.script); (err == nil) != step.ok || learned.AvoidPipelining != step.avoid {
			t.Errorf("step %d: %v, learned %+v", i, err, learned)
		}
	}
}

// TestReportsRefused: a server that offers DSN and does not take its parameters gets the
// message without them.
func TestReportsRefused(t *testing.T) {
	for name, refused := range map[string]string{
		"at MAIL": "C: MAIL FROM:<ada@a.test> RET=HDRS *\nC: RCPT *\nC: DATA\nS: 555 5.5.4 unsupported\nS: 503 no sender\nS: 503 no sender",
		"at RCPT": "C: MAIL FROM:<ada@a.test> RET=HDRS *\nC: RCPT TO:<bob@b.test> NOTIFY=*\nC: DATA\nS: 250 ok\nS: 501 5.5.4 bad parameter\nS: 503 nobody",
	} {
		t.Run(name, func(t *testing.T) {
			env := envelope("bob@b.test")
			env.DSN = DSN{EnvID: "o1", Return: "HDRS"}
			env.To[0].Notify = []string{"FAILURE"}
			learned := Learned{}
			send := func(script string) (err error) {
				opts := plainOptions()
				opts.Learned = learned
				sendOver(t, opts, helloPipelining+script, func(ctx context.Context, c *Client) {
					_, err = c.Send(ctx, env, strings.NewReader(message), SendOptions{})
					learned = c.Learned()
				})
				return err
			}
			if e := asError(send(refused)); e == nil || !learned.AvoidDSN {
				t.Fatalf("%v, learned %+v", e, learned)
			}
			if err := send("C: MAIL FROM:<ada@a.test>\nC: RCPT TO:<bob@b.test>\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go\nBODY\nS: 250 ok"); err != nil {
				t.Error(err)
			}
		})
	}
}

// A refusal of the recipient says nothing about reports, and nothing about pipelining.
func TestRefusalOfWhoWantsReports(t *testing.T) {
	env := envelope("bob@b.test")
	env.DSN, env.To[0].Notify = DSN{EnvID: "o1", Return: "HDRS"}, []string{"FAILURE"}
	script := helloPipelining + "C: MAIL *\nC: RCPT *\nC: DATA\nS: 250 ok\nS: 550 5.1.1 who\nS: 503 nobody"
	sendOver(t, plainOptions(), script, func(ctx context.Context, c *Client) {
		_, err := c.Send(ctx, env, strings.NewReader(message), SendOptions{})
		if e := asError(err); e == nil || e.Code != 550 || e.Temporary || c.Learned().AvoidDSN || c.Learned().LostFlights > 0 {
			t.Errorf("%v, learned %+v", err, c.Learned())
		}
	})
}

// TestLimitShown: how many recipients a server took before it wanted no more holds for
// the transactions that follow on the connection.
func TestLimitShown(t *testing.T) {
	const limit, all = 20, 50
	var rcpts []string
	for i := range all {
		rcpts = append(rcpts, fmt.Sprintf("r%d@b.test", i))
	}
	script := helloPipelining + "C: MAIL *\n" + strings.Repeat("C: RCPT *\n", all) + "C: DATA\nS: 250 ok\n" +
		strings.Repeat("S: 250 ok\n", limit) + strings.Repeat("S: 452 4.5.3 too many\n", all-limit) + "S: 354 go\nBODY\nS: 250 ok\nC: RSET\nS: 250 ok\n" +
		"C: MAIL *\n" + strings.Repeat("C: RCPT *\n", limit) + "C: DATA\nS: 250 ok\n" + strings.Repeat("S: 250 ok\n", limit) + "S: 354 go\nBODY\nS: 250 ok"
	sendOver(t, plainOptions(), script, func(ctx context.Context, c *Client) {
		first, err := c.Send(ctx, envelope(rcpts...), strings.NewReader(message), SendOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var left []string
		for i, r := range first.Recipients {
			if !r.Accepted {
				left = append(left, rcpts[i])
			}
		}
		second, err := c.Send(ctx, envelope(left...), strings.NewReader(message), SendOptions{})
		if err != nil {
			t.Fatal(err)
		}
		taken := 0
		for _, r := range second.Recipients {
			if r.Accepted {
				taken++
			}
		}
		if len(left) != all-limit || taken != limit {
			t.Errorf("%d were left, of which %d were taken", len(left), taken)
		}
	})
}

// A server that refuses all of a message because of those beyond its limit, or hangs up at
// them, gets as many as it has taken the next time, also on another connection; with all of
// them again it would take none, every time.
func TestLimitThatRefusesAll(t *testing.T) {
	const limit, all, patience = 10, 50, 20
	var rcpts []string
	for i := range all {
		rcpts = append(rcpts, fmt.Sprintf("r%d@b.test", i))
	}
	named := helloPipelining + "C: MAIL *\n" + strings.Repeat("C: RCPT *\n", all) + "C: DATA\nS: 250 ok\n" + strings.Repeat("S: 250 ok\n", limit)
	for answers, want := range map[string]outcome{
		strings.Repeat("S: 552 too many recipients\n", all-limit) + "S: 554 Too many recipients":                                     {phase: PhaseData, code: 554, temporary: true},
		strings.Repeat("S: 450 4.7.1 Error: too many recipients from 192.0.2.1\n", patience) + "S: 421 4.7.0 Error: too many errors": {phase: PhaseRcpt, code: 421, temporary: true},
	} {
		opts := plainOptions()
		sendOver(t, opts, named+answers, func(ctx context.Context, c *Client) {
			_, err := c.Send(ctx, envelope(rcpts...), strings.NewReader(message), SendOptions{})
			want.verify(t, "all of them", err)
			opts.Learned = c.Learned()
		})
		taken := helloPipelining + "C: MAIL *\n" + strings.Repeat("C: RCPT *\n", limit) + "C: DATA\nS: 250 ok\n" + strings.Repeat("S: 250 ok\n", limit) + "S: 354 go\nBODY\nS: 250 ok"
		sendOver(t, opts, taken, func(ctx context.Context, c *Client) {
			result, err := c.Send(ctx, envelope(rcpts...), strings.NewReader(message), SendOptions{})
			if err != nil || !result.Limited() {
				t.Error(err, result)
			}
		})
	}
}
